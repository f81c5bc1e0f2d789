"""What leaves the house: alerts to the operator's webhook and mail, events of cases to a system beside the desk.

Ids and words of ours, at least once, by an outbox of their own. Whoever raises an alert knows nothing of this: every
alert of the last hour that no row tells of gets one for each way. An event's row is written where it happens
(`escalation.outside.announcing`), and goes when those of its case before it are taken or parked. A row is claimed by
moving its next attempt, so a process that dies while sending leaves it to the next one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol

import structlog
from sqlalchemy import exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from escalation.cases import raise_alert
from escalation.outside.announcing import CASE, CaseWay
from escalation.shift.tables import notice
from escalation.tables import alert
from store.clock import Clock
from store.database import Database, Transaction

log = structlog.get_logger("alerts")
AlertWay = Literal["webhook", "mail"]
Way = AlertWay | CaseWay
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
    "not_assigned",
    "unannounced",
)
UNANNOUNCED = "unannounced"
FRESH = timedelta(hours=1)
_WAITS = (5, 30, 120, 600, 1800, 7200)  # seconds between attempts
MAX_ATTEMPTS = len(_WAITS) + 1
_earlier = notice.alias()


class Undelivered(Exception):  # noqa: N818
    """The other side did not take it; the text names the kind of failure only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One alert or one event of a case on one way: no word of anybody. The same one twice has the same id.

    `facts` are an event's, as JSON; an alert has none. `case_id` is empty for what concerns the whole house; `number`
    is then the second in which it was raised.
    """

    case_id: str
    number: int
    kind: str
    at: datetime
    attempt: int = 1
    facts: str | None = None

    @property
    def id(self) -> str:
        """Return the name by which a receiver knows what came twice."""
        about = self.case_id or "house"
        return f"{about}-{self.number}" if self.facts is None else f"{about}-{CASE}-{self.number}"


class Carrier(Protocol):
    """One way out of the house."""

    async def carry(self, outgoing: Outgoing, now: datetime) -> None:
        """Deliver one alert or event; raises Undelivered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Messenger:
    """Carries what leaves the house by every way that it is given."""

    database: Database
    clock: Clock
    carriers: Mapping[Way, Carrier]

    async def send(self) -> bool:
        """Deliver one alert or event; returns whether there was one."""
        now, ways = self.clock.now(), tuple(self.carriers)
        async with self.database.reading() as unit:
            busy = bool(await _missing(unit, ways, now)) or await _is_due(unit, ways, now)
        if not busy:
            return False
        async with self.database.transaction() as unit:
            await gather(unit, ways, now)
            claimed = await _claim(unit, ways, now)
        if claimed is None:
            return False
        way, outgoing = claimed
        try:
            await self.carriers[way].carry(outgoing, now)
        except Undelivered:
            await self._failed(way, outgoing)
        else:
            async with self.database.transaction() as unit:
                await _settle(unit, way, outgoing, status="sent", sent_at=self.clock.now(), facts=None)
        return True

    async def _failed(self, way: Way, outgoing: Outgoing) -> None:
        log.warning("alert_undelivered", kind=outgoing.kind, channel=way, attempt=outgoing.attempt)
        if outgoing.attempt < MAX_ATTEMPTS:
            return
        async with self.database.transaction() as unit:
            await _settle(unit, way, outgoing, status="parked")
            if way == CASE and not await _is_alerted(unit, outgoing.case_id):
                await raise_alert(unit, outgoing.case_id, UNANNOUNCED, self.clock.now())


async def parked(unit: Transaction) -> int:
    """Return how many alerts and events nobody took."""
    statement = select(func.count()).select_from(notice).where(notice.c.status == "parked")
    return int((await unit.execute(statement)).scalar_one())


async def try_again(unit: Transaction, now: datetime) -> int:
    """Let everything that nobody took go out once more, from its first attempt; returns how many."""
    again = {"status": "pending", "attempts": 0, "next_attempt_at": now}
    return (await unit.execute(update(notice).where(notice.c.status == "parked").values(**again))).rowcount


async def gather(unit: Transaction, ways: Sequence[Way], now: datetime) -> None:
    """Give every fresh alert its row for each way of alerts, once."""
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
    for way in (one for one in ways if one != CASE):
        same = (notice.c.case_id == alert.c.case_id) & (notice.c.number == alert.c.number)
        known = exists().where(same, notice.c.way == way)
        fresh = select(alert).where(alert.c.at > now - FRESH, alert.c.kind.in_(KINDS), ~known)
        found += [(way, row) for row in await unit.execute(fresh)]
    return found


async def _is_due(unit: Transaction, ways: Sequence[Way], now: datetime) -> bool:
    return (await unit.execute(_due(ways, now))).first() is not None


async def _claim(unit: Transaction, ways: Sequence[Way], now: datetime) -> tuple[Way, Outgoing] | None:
    row = (await unit.execute(_due(ways, now).with_for_update(skip_locked=True))).one_or_none()
    if row is None:
        return None
    outgoing = Outgoing(
        case_id=row.case_id,
        number=row.number,
        kind=row.kind,
        at=row.at,
        attempt=row.attempts + 1,
        facts=row.facts,
    )
    wait = timedelta(seconds=_WAITS[min(row.attempts, len(_WAITS) - 1)])
    values = {"attempts": outgoing.attempt, "next_attempt_at": now + wait}
    await unit.execute(update(notice).where(_is(row.way, outgoing)).values(**values))
    return row.way, outgoing


def _due(ways: Sequence[Way], now: datetime) -> Any:
    due = select(notice).where(notice.c.status == "pending", notice.c.next_attempt_at <= now, notice.c.way.in_(ways))
    # The events of one case go one after another, so that a system beside the desk hears them as they happened.
    same = (_earlier.c.case_id == notice.c.case_id) & (_earlier.c.way == CASE) & (_earlier.c.status == "pending")
    waits = exists().where(same, _earlier.c.number < notice.c.number)
    return due.where(or_(notice.c.way != CASE, ~waits)).order_by(notice.c.next_attempt_at, notice.c.number).limit(1)


async def _settle(unit: Transaction, way: Way, outgoing: Outgoing, **values: Any) -> None:
    await unit.execute(update(notice).where(_is(way, outgoing)).values(**values))


async def _is_alerted(unit: Transaction, case_id: str) -> bool:
    mine = (alert.c.case_id == case_id) & (alert.c.kind == UNANNOUNCED) & alert.c.seen_at.is_(None)
    return (await unit.execute(select(alert.c.number).where(mine))).first() is not None


def _is(way: Way, outgoing: Outgoing) -> Any:
    return (notice.c.case_id == outgoing.case_id) & (notice.c.number == outgoing.number) & (notice.c.way == way)
