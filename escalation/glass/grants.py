"""Grants in force: asked at every look at a case, so this knows the table and nothing else."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from escalation.glass.tables import break_glass
from store.database import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One case opened to one person beyond their reach, until a moment."""

    id: str
    until: datetime


async def in_force(unit: Transaction, staff_id: str, case_id: str, now: datetime) -> Grant | None:
    """Return the grant by which this person may read the case now, or None."""
    mine = (break_glass.c.staff_id == staff_id) & (break_glass.c.case_id == case_id) & (break_glass.c.until > now)
    statement = select(break_glass).where(mine).order_by(break_glass.c.until.desc()).limit(1)
    row = (await unit.execute(statement)).one_or_none()
    return None if row is None else Grant(id=row.id, until=row.until)
