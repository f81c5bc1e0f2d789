"""Grants: which is in force, asked at every look at a case, and when their reasons go. Knows the table alone."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select, update

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


async def forget(unit: Transaction, case_id: str) -> None:
    """Erase why the glass of a case was broken; that it was broken stays, without words."""
    await unit.execute(update(break_glass).where(break_glass.c.case_id == case_id).values(reason_sealed=None))


def kept_of(case_id: Any) -> Any:
    """Return the condition that a reason is kept."""
    return exists().where(break_glass.c.case_id == case_id, break_glass.c.reason_sealed.is_not(None))
