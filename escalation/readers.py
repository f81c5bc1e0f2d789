"""Who of the staff has opened a case, as its trail tells."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from escalation.cases import CHILD
from escalation.tables import trail as trail_table
from escalation.trail import SYSTEM, case_stream
from store.database import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """One person who opened the case, and when for the first time."""

    staff_id: str
    since: datetime


async def readers_of(unit: Transaction, case_id: str) -> tuple[Reader, ...]:
    """Return everybody of the staff who has opened or handled a case, the first one first."""
    first = func.min(trail_table.c.at).label("since")
    mine = (trail_table.c.stream == case_stream(case_id)) & trail_table.c.actor.not_in((SYSTEM, CHILD))
    rows = await unit.execute(
        select(trail_table.c.actor, first).where(mine).group_by(trail_table.c.actor).order_by(first)
    )
    return tuple(Reader(staff_id=row.actor, since=row.since) for row in rows)
