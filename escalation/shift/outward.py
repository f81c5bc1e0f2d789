"""Alerts that leave the house: ids and kinds to the operator's webhook and mail, at least once, by their own outbox.

Whoever raises an alert knows nothing of this: every alert of the last hour that no row tells of gets one for each way.
A row is claimed by moving its next attempt, so a process that dies while sending leaves it to the next one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol

import structlog
from sqlalchemy import exists, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from escalation.shift.tables import notice
from escalation.tables import alert
from store.clock import Clock
from store.database import Database, Transaction

log = structlog.get_logger("alerts")
Way = Literal["webhook", "mail"]
# Promises to children that are broken, or about to be. The rest of the alerts is for the desk alone.
KINDS = (
    "late_first_reply",
    "silence",
    "lease_lost",
    "raised",
    "child_danger",
    "undelivered",
    "unsigned",
    "legal_overdue",
)
FRESH = timedelta(hours=1)
_WAITS = (5, 30, 120, 600, 1800, 7200)  # seconds between attempts
MAX_ATTEMPTS = len(_WAITS) + 1


class Undelivered(Exception):  # noqa: N818
    """The other side did not take an alert; the text names the kind of failure only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One alert on one way: no word of anybody. The same alert twice has the same id.

    `case_id` is empty for what concerns the whole house; `number` is then the second in which it was raised.
    """

    case_id: str
    number: int
    kind: str
    at: datetime
    attempt: int = 1

    @property
    def id(self) -> str:
        """Return the name by which a receiver knows an alert that came twice."""
        return f"{self.case_id or 'house'}-{self.number}"


class Carrier(Protocol):
    """One way out of the house."""

    async def carry(self, outgoing: Outgoing, now: datetime) -> None:
        """Deliver one alert; raises Undelivered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Messenger:
    """Carries alerts by every way that the operator set."""

    database: Database
    clock: Clock
    carriers: Mapping[Way, Carrier]

    async def send(self) -> bool:
        """Deliver one alert; returns whether there was one."""
        now = self.clock.now()
        async with self.database.reading() as unit:
            busy = bool(await _missing(unit, tuple(self.carriers), now)) or await _is_due(unit, now)
        if not busy:
            return False
        async with self.database.transaction() as unit:
            await gather(unit, tuple(self.carriers), now)
            claimed = await _claim(unit, tuple(self.carriers), now)
        if claimed is None:
            return False
        way, outgoing = claimed
        try:
            await self.carriers[way].carry(outgoing, now)
        except Undelivered:
            await self._failed(way, outgoing)
        else:
            await self._note(way, outgoing, status="sent", sent_at=self.clock.now())
        return True

    async def _failed(self, way: Way, outgoing: Outgoing) -> None:
        log.warning("alert_undelivered", kind=outgoing.kind, channel=way, attempt=outgoing.attempt)
        if outgoing.attempt >= MAX_ATTEMPTS:
            await self._note(way, outgoing, status="parked")

    async def _note(self, way: Way, outgoing: Outgoing, **values: Any) -> None:
        async with self.database.transaction() as unit:
            await unit.execute(update(notice).where(_is(way, outgoing)).values(**values))


async def gather(unit: Transaction, ways: Sequence[Way], now: datetime) -> None:
    """Give every fresh alert its row for each way, once."""
    for way, row in await _missing(unit, ways, now):
        statement: Any = (sqlite_insert if unit.is_sqlite else postgres_insert)(notice)
        values = {
            "case_id": row.case_id,
            "number": row.number,
            "way": way,
            "kind": row.kind,
            "at": row.at,
            "status": "pending",
            "attempts": 0,
            "next_attempt_at": now,
        }
        await unit.execute(statement.values(**values).on_conflict_do_nothing())


async def _missing(unit: Transaction, ways: Sequence[Way], now: datetime) -> list[tuple[Way, Any]]:
    found: list[tuple[Way, Any]] = []
    for way in ways:
        same = (notice.c.case_id == alert.c.case_id) & (notice.c.number == alert.c.number)
        known = exists().where(same, notice.c.way == way)
        fresh = select(alert).where(alert.c.at > now - FRESH, alert.c.kind.in_(KINDS), ~known)
        found += [(way, row) for row in await unit.execute(fresh)]
    return found


async def _is_due(unit: Transaction, now: datetime) -> bool:
    return (await unit.execute(_due((), now))).first() is not None


async def _claim(unit: Transaction, ways: Sequence[Way], now: datetime) -> tuple[Way, Outgoing] | None:
    row = (await unit.execute(_due(ways, now).with_for_update(skip_locked=True))).one_or_none()
    if row is None:
        return None
    outgoing = Outgoing(case_id=row.case_id, number=row.number, kind=row.kind, at=row.at, attempt=row.attempts + 1)
    wait = timedelta(seconds=_WAITS[min(row.attempts, len(_WAITS) - 1)])
    values = {"attempts": outgoing.attempt, "next_attempt_at": now + wait}
    await unit.execute(update(notice).where(_is(row.way, outgoing)).values(**values))
    return row.way, outgoing


def _due(ways: Sequence[Way], now: datetime) -> Any:
    due = select(notice).where(notice.c.status == "pending", notice.c.next_attempt_at <= now)
    if ways:
        due = due.where(notice.c.way.in_(ways))
    return due.order_by(notice.c.next_attempt_at).limit(1)


def _is(way: Way, outgoing: Outgoing) -> Any:
    return (notice.c.case_id == outgoing.case_id) & (notice.c.number == outgoing.number) & (notice.c.way == way)
