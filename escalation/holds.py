"""Legal hold: a case that an authority asks to keep is touched by no clock and by no erasing until it is released.

A hold is what the case's stream in the trail says last: nobody can set or lift one without leaving an entry.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from escalation import trail
from escalation.errors import NoSuchCase, WrongState
from escalation.tables import cases
from escalation.tables import trail as trail_table
from store.database import Transaction

ADDED = "hold.added"
RELEASED = "hold.released"
LONGEST_NAME = 32  # the trail's actor has 40 letters


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Who asked that a case be kept, and since when; the reason is in the trail's entry."""

    case_id: str
    by: str
    at: datetime
    detail: str  # JSON of the trail's entry: the case and the reason, words of the operator


async def add(unit: Transaction, case_id: str, *, reason: str, by: str, now: datetime) -> None:
    """Keep a case from now on; a second reason on a held case is one more entry. Raises NoSuchCase."""
    await _note(unit, case_id, ADDED, reason=reason, by=by, now=now)


async def release(unit: Transaction, case_id: str, *, reason: str, by: str, now: datetime) -> None:
    """Let the clocks run again. Raises NoSuchCase, or WrongState where there is nothing to release."""
    if case_id not in await held(unit):
        raise WrongState("The case is not held.")
    await _note(unit, case_id, RELEASED, reason=reason, by=by, now=now)


async def held(unit: Transaction) -> dict[str, Hold]:
    """Return every hold in force, by case."""
    rows = await unit.execute(
        select(trail_table)
        .where(trail_table.c.action.in_((ADDED, RELEASED)))
        .order_by(trail_table.c.stream, trail_table.c.number)
    )
    last = {row.stream.removeprefix("case:"): row for row in rows}
    return {
        case_id: Hold(case_id=case_id, by=row.actor.removeprefix("console:"), at=row.at, detail=row.detail)
        for case_id, row in last.items()
        if row.action == ADDED
    }


async def is_held(unit: Transaction, case_id: str) -> bool:
    """Tell whether a case is kept by a hold."""
    newest = (
        select(trail_table.c.action)
        .where(trail_table.c.stream == trail.case_stream(case_id), trail_table.c.action.in_((ADDED, RELEASED)))
        .order_by(trail_table.c.number.desc())
        .limit(1)
    )
    return (await unit.execute(newest)).scalar_one_or_none() == ADDED


async def _note(unit: Transaction, case_id: str, action: str, *, reason: str, by: str, now: datetime) -> None:
    if (await unit.execute(select(cases.c.id).where(cases.c.id == case_id))).first() is None:
        raise NoSuchCase
    await trail.record(
        unit,
        stream=trail.case_stream(case_id),
        actor=f"console:{by[:LONGEST_NAME]}",
        action=action,
        at=now,
        detail={"case": case_id, "reason": reason},
    )
