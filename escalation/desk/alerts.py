"""What a supervisor must know of the cases in sight: alerts not yet seen. They carry ids and kinds, never words."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from escalation import queue
from escalation.errors import NoSuchCase
from escalation.permissions import Staff, may, require
from escalation.tables import alert
from store.database import Transaction
from store.vault import Vault

_AT_MOST = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One thing that happened to a case and wants eyes."""

    case_id: str
    number: int
    kind: str
    at: datetime
    seen: bool


async def unseen(unit: Transaction, staff: Staff, case_ids: frozenset[str]) -> tuple[Alert, ...]:
    """Return the alerts on these cases that nobody has seen, the newest first; only a supervisor has any."""
    if not may(staff, "case.take_over"):
        return ()
    statement = select(alert).where(alert.c.seen_at.is_(None)).order_by(alert.c.at.desc())
    rows = (await unit.execute(statement)).all()
    return tuple(
        Alert(case_id=row.case_id, number=row.number, kind=row.kind, at=row.at, seen=False)
        for row in rows
        if row.case_id in case_ids
    )[:_AT_MOST]


async def of_case(unit: Transaction, case_id: str) -> tuple[Alert, ...]:
    """Return everything that was ever raised on one case, oldest first; ask `queue.visible` before."""
    rows = (await unit.execute(select(alert).where(alert.c.case_id == case_id).order_by(alert.c.number))).all()
    return tuple(
        Alert(case_id=row.case_id, number=row.number, kind=row.kind, at=row.at, seen=row.seen_at is not None)
        for row in rows
    )


async def mark_seen(unit: Transaction, vault: Vault, staff: Staff, case_id: str, number: int, now: datetime) -> None:
    """Note that the supervisor has seen an alert; raises NotAllowed or NoSuchCase."""
    require(staff, "case.take_over")
    await queue.visible(unit, vault, staff, case_id)
    mine = (alert.c.case_id == case_id) & (alert.c.number == number)
    if (await unit.execute(update(alert).where(mine, alert.c.seen_at.is_(None)).values(seen_at=now))).rowcount == 0:
        if (await unit.execute(select(alert.c.number).where(mine))).one_or_none() is None:
            raise NoSuchCase
        return
    await queue.note(unit, staff, case_id, "alert.seen", now, number=number)
