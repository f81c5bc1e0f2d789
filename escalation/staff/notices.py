"""What the owner of an account must be told on their next page: somebody used or changed what protects it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import insert, select, update

from escalation.staff.tables import staff_notice
from store.database import Transaction
from store.ids import new_id

Kind = Literal[
    "recovery_used",
    "recovery_made",
    "password_changed",
    "pin_changed",
    "authenticator_changed",
    "reset_link_made",
    "session_ended",
    "token_made",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One thing that happened to an account."""

    kind: str
    at: datetime


async def add(unit: Transaction, staff_id: str, kind: Kind, now: datetime) -> None:
    """Tell the owner of an account."""
    await unit.execute(insert(staff_notice).values(id=new_id(), staff_id=staff_id, kind=kind, at=now))


async def unseen(unit: Transaction, staff_id: str) -> tuple[Notice, ...]:
    """Return what the owner has not put away yet, the oldest first."""
    mine = (staff_notice.c.staff_id == staff_id) & staff_notice.c.seen_at.is_(None)
    rows = await unit.execute(select(staff_notice).where(mine).order_by(staff_notice.c.at))
    return tuple(Notice(kind=row.kind, at=row.at) for row in rows)


async def put_away(unit: Transaction, staff_id: str, *, until: datetime, now: datetime) -> None:
    """Note that the owner has seen what was there `until` then; what came later stays."""
    mine = (staff_notice.c.staff_id == staff_id) & staff_notice.c.seen_at.is_(None) & (staff_notice.c.at <= until)
    await unit.execute(update(staff_notice).where(mine).values(seen_at=now))
