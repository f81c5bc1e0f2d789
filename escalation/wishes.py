"""What a child may ask of the hotline: somebody else to talk with."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from escalation import queue, restrictions, trail
from escalation.cases import CHILD, raise_alert
from escalation.tables import cases
from escalation.tables import trail as trail_table
from store.database import Transaction
from store.vault import Vault

CLAIMED = "case.claimed"


async def another_counsellor(unit: Transaction, vault: Vault, conversation_id: str, role: str, now: datetime) -> bool:
    """Keep the person from the counsellor it talked with last; a case that is held goes back to the front at once.

    Returns False where nobody has talked with this person yet. The supervisor is told that the child asked.
    """
    row = await newest_case(unit, conversation_id, role)
    staff_id = await _last_counsellor(unit, conversation_id, role)
    if row is None or staff_id is None:
        return False
    fresh = await restrictions.restrict(
        unit,
        conversation_id=conversation_id,
        role=role,
        staff_id=staff_id,
        why="child_asked",
        case_id=row.id,
        now=now,
    )
    if row.state == "claimed" and row.owner_id == staff_id:
        await queue.to_front(unit, vault, row, now, why="child_asked")
    if fresh:
        await raise_alert(unit, row.id, "other_asked", now)
        await trail.record(
            unit,
            stream=trail.case_stream(row.id),
            actor=CHILD,
            action="child.other_asked",
            at=now,
            detail={"case": row.id, "staff": staff_id},
        )
    return True


async def counsellors_of(unit: Transaction, conversation_id: str, role: str) -> frozenset[str]:
    """Return everybody who ever claimed a case of this person, by the trail, which nobody can change."""
    return frozenset(await _claimers(unit, conversation_id, role))


async def newest_case(unit: Transaction, conversation_id: str, role: str) -> Any | None:
    """Lock and return the newest case row of this person, or None."""
    mine = (cases.c.conversation_id == conversation_id) & (cases.c.role == role)
    statement = select(cases).where(mine).order_by(cases.c.opened_at.desc()).limit(1).with_for_update()
    return (await unit.execute(statement)).one_or_none()


async def _last_counsellor(unit: Transaction, conversation_id: str, role: str) -> str | None:
    return next(iter(await _claimers(unit, conversation_id, role)), None)


async def _claimers(unit: Transaction, conversation_id: str, role: str) -> list[str]:
    """Return who claimed a case of this person, the last one first."""
    mine = select(cases.c.id).where(cases.c.conversation_id == conversation_id, cases.c.role == role)
    streams = [trail.case_stream(case_id) for case_id in (await unit.execute(mine)).scalars()]
    claims = select(trail_table.c.actor).where(trail_table.c.stream.in_(streams), trail_table.c.action == CLAIMED)
    return list((await unit.execute(claims.order_by(trail_table.c.at.desc(), trail_table.c.number.desc()))).scalars())
