"""A follow-up: proposed by the counsellor who ends a talk, agreed to by the person alone, sent once.

Its row says when 111 asks the person how it is, and what came of it. No member of staff can set or move the time.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any, Literal

from sqlalchemy import insert, select, update

from escalation import queue, trail
from escalation.cases import CHILD
from escalation.permissions import Staff, may
from escalation.tables import cases, follow_up
from store.database import Transaction
from store.signals import QUEUE, case_topic
from store.vault import Vault

State = Literal["proposed", "agreed", "held", "sent", "refused", "taken_back"]
Event = Literal["agree", "refuse", "move", "hold", "send", "take_back"]

# The whole life of a follow-up; what is not in the table changes nothing.
TRANSITIONS: dict[tuple[State, Event], State] = {
    ("proposed", "agree"): "agreed",
    ("proposed", "refuse"): "refused",
    ("proposed", "take_back"): "taken_back",
    ("agreed", "move"): "agreed",
    ("agreed", "hold"): "held",
    ("agreed", "send"): "sent",
    ("agreed", "take_back"): "taken_back",
    ("held", "send"): "sent",
    ("held", "take_back"): "taken_back",
}
OPEN: tuple[State, ...] = ("proposed", "agreed", "held")
_BY_CLOCK = ("move", "hold", "send")  # nobody does these: the time has come
_HANOI = timezone(timedelta(hours=7))


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """One follow-up as the desk shows it; no words of the person."""

    case_id: str
    state: State
    proposed_at: datetime
    due_at: datetime | None  # once agreed
    changed_at: datetime


async def propose(unit: Transaction, staff: Staff, row: Any, now: datetime) -> None:
    """Offer the person of a case row, whose talk ends now, that 111 asks how it is later on."""
    await unit.execute(
        insert(follow_up).values(
            case_id=row.id,
            conversation_id=row.conversation_id,
            role=row.role,
            state="proposed",
            proposed_by=staff.id,
            proposed_at=now,
            changed_at=now,
        )
    )
    await queue.note(unit, staff, row.id, "case.follow_up_proposed", now)


async def step(unit: Transaction, case_id: str, event: Event, *, due_at: datetime | None = None, now: datetime) -> bool:
    """Take the step in the row and the trail; returns False where the table has none, or the row is gone.

    A turn of a child must never fail on it, so that is no error.
    """
    row = (await unit.execute(select(follow_up).where(follow_up.c.case_id == case_id).with_for_update())).one_or_none()
    after = None if row is None else TRANSITIONS.get((row.state, event))
    if row is None or after is None:
        return False
    changed = {"state": after, "due_at": due_at or row.due_at, "changed_at": now}
    await unit.execute(update(follow_up).where(follow_up.c.case_id == case_id).values(**changed))
    detail = {"case": case_id} | ({"due_at": due_at.isoformat()} if due_at is not None else {})
    await trail.record(
        unit,
        stream=trail.case_stream(case_id),
        actor=trail.SYSTEM if event in _BY_CLOCK else CHILD,
        action=f"follow_up.{event}",
        at=now,
        detail=detail,
    )
    unit.signal(QUEUE, case_topic(case_id))
    return True


async def take_back_all(unit: Transaction, conversation_id: str, role: str, now: datetime) -> None:
    """End every follow-up of one person that has not been sent."""
    mine = (follow_up.c.conversation_id == conversation_id) & (follow_up.c.role == role)
    found = await unit.execute(select(follow_up.c.case_id).where(mine, follow_up.c.state.in_(OPEN)))
    for case_id in found.scalars().all():
        await step(unit, case_id, "take_back", now=now)


async def of_case(unit: Transaction, case_id: str) -> FollowUp | None:
    """Return the follow-up of a case, if one was proposed."""
    row = (await unit.execute(select(follow_up).where(follow_up.c.case_id == case_id))).one_or_none()
    return None if row is None else _shown(row)


async def of_day(unit: Transaction, vault: Vault, staff: Staff, now: datetime) -> tuple[FollowUp, ...]:
    """Return what a supervisor may know of this day in Việt Nam: what is due until its end, what came of it."""
    if not may(staff, "case.take_over"):
        return ()
    begin = now.astimezone(_HANOI).replace(hour=0, minute=0, second=0, microsecond=0)
    until = begin + timedelta(days=1)
    ahead = (follow_up.c.state == "agreed") & (follow_up.c.due_at < until)
    done = follow_up.c.state.in_(("held", "sent")) & (follow_up.c.changed_at >= begin)
    rows = (await unit.execute(select(follow_up).where(ahead | done).order_by(follow_up.c.due_at))).all()
    return tuple([_shown(row) for row in rows if await _sees(unit, vault, staff, row.case_id)])


async def _sees(unit: Transaction, vault: Vault, staff: Staff, case_id: str) -> bool:
    case = (await unit.execute(select(cases).where(cases.c.id == case_id))).one()
    return await queue.shows(unit, vault, staff, case)


def _shown(row: Any) -> FollowUp:
    return FollowUp(
        case_id=row.case_id,
        state=row.state,
        proposed_at=row.proposed_at,
        due_at=row.due_at,
        changed_at=row.changed_at,
    )
