"""What happens to cases, for a system beside the desk: written in the transaction of what it tells, sent afterwards.

The rows lie in the outbox of the alerts (`escalation.shift.outward`) and go the same way. A row tells ids, words of
ours and times as they were at that moment: no word of anybody, no name, no area. Nothing is written until the
operator has named an address once (`begin`).
"""

import json
from datetime import datetime
from typing import Any, Literal, get_args

from sqlalchemy import ColumnElement, func, insert, or_, select

from escalation.priority import TARGETS
from escalation.shift.tables import notice
from escalation.tables import cases
from store import marks
from store.database import Transaction
from store.signals import QUEUE

CaseWay = Literal["case"]
CASE: CaseWay = "case"
EventKind = Literal["opened", "raised", "claimed", "handed_over", "returned", "closed", "withdrawn", "breached"]
KINDS: tuple[EventKind, ...] = get_args(EventKind)
_MARK = "case_events"
_ENDED = ("closed", "withdrawn")


async def begin(unit: Transaction) -> None:
    """Write down from now on what happens to cases: there is somebody to be told."""
    await marks.raise_to(unit, _MARK, 1)


async def announce(unit: Transaction, case_id: str, kind: EventKind, now: datetime) -> None:
    """Write down what has just happened to a case; its row is held, so its events have one order."""
    if not await marks.value_of(unit, _MARK):
        return
    row = (await unit.execute(select(cases).where(cases.c.id == case_id))).one()
    mine = (notice.c.case_id == case_id) & (notice.c.way == CASE)
    last = (await unit.execute(select(func.max(notice.c.number)).where(mine))).scalar_one()
    await unit.execute(
        insert(notice).values(
            case_id=case_id,
            number=(last or 0) + 1,
            way=CASE,
            kind=kind,
            at=now,
            facts=json.dumps(_facts(row)),
            status="pending",
            attempts=0,
            next_attempt_at=now,
        )
    )
    unit.signal(QUEUE)


def told() -> ColumnElement[bool]:
    """Return the condition that a row may go when its term is over; the numbers of an open case go on rising."""
    return or_(notice.c.way != CASE, notice.c.case_id.in_(select(cases.c.id).where(cases.c.state.in_(_ENDED))))


def _facts(row: Any) -> dict[str, Any]:
    return {
        "state": row.state,
        "urgency": row.urgency,
        "harms": row.harms.split(),
        "band": row.band,
        "basis": row.basis,
        "owner": row.owner_id if row.state == "claimed" else None,
        "opened_at": _time(row.opened_at),
        "waiting_since": _time(row.waiting_since),
        "target_at": _time(row.waiting_since + TARGETS[row.urgency]),
        "claimed_at": _time(row.claimed_at),
        "first_reply_at": _time(row.first_reply_at),
        "closed_at": _time(row.closed_at),
    }


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
