"""Who may not meet a person again, because that person asked for somebody else.

A restriction names the person (a conversation and a role) and not the case, so that it holds for every later case too.
It hides the case from that member of staff in the queue, on its page, in alerts and in the API, whatever their role.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import select

from escalation.permissions import Staff
from escalation.tables import cases, restriction
from store.database import Transaction

Why = Literal["child_asked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Restriction:
    """One member of staff whom a person shall not be given to, and why."""

    staff_id: str
    why: Why
    at: datetime


async def restrict(
    unit: Transaction, *, conversation_id: str, role: str, staff_id: str, why: Why, case_id: str, now: datetime
) -> bool:
    """Keep a person from a member of staff; returns False where that was so already."""
    mine = _of(conversation_id, role) & (restriction.c.staff_id == staff_id)
    if (await unit.execute(select(restriction.c.staff_id).where(mine))).one_or_none() is not None:
        return False
    await unit.execute(
        restriction.insert().values(
            conversation_id=conversation_id, role=role, staff_id=staff_id, why=why, case_id=case_id, at=now
        )
    )
    return True


async def forbids(unit: Transaction, staff: Staff, row: Any) -> bool:
    """Tell whether the person of this case row shall not meet this member of staff."""
    mine = _of(row.conversation_id, row.role) & (restriction.c.staff_id == staff.id)
    return (await unit.execute(select(restriction.c.staff_id).where(mine))).one_or_none() is not None


async def declined(unit: Transaction, staff: Staff, row: Any) -> bool:
    """Tell whether the person of this case row itself asked not to meet this member of staff: nothing opens that."""
    mine = _of(row.conversation_id, row.role) & (restriction.c.staff_id == staff.id)
    asked = mine & (restriction.c.why == "child_asked")
    return (await unit.execute(select(restriction.c.staff_id).where(asked))).one_or_none() is not None


async def hidden_from(unit: Transaction, staff: Staff) -> frozenset[str]:
    """Return the cases that this member of staff shall not see."""
    same = (cases.c.conversation_id == restriction.c.conversation_id) & (cases.c.role == restriction.c.role)
    statement = select(cases.c.id).join(restriction, same).where(restriction.c.staff_id == staff.id)
    return frozenset((await unit.execute(statement)).scalars())


async def of_case(unit: Transaction, case_id: str) -> tuple[Restriction, ...]:
    """Return whom the person of a case shall not meet, oldest first; ask `queue.visible` before."""
    same = (cases.c.conversation_id == restriction.c.conversation_id) & (cases.c.role == restriction.c.role)
    statement = select(restriction).join(cases, same).where(cases.c.id == case_id).order_by(restriction.c.at)
    rows = (await unit.execute(statement)).all()
    return tuple(Restriction(staff_id=row.staff_id, why=row.why, at=row.at) for row in rows)


def _of(conversation_id: str, role: str) -> Any:
    return (restriction.c.conversation_id == conversation_id) & (restriction.c.role == role)
