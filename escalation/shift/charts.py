"""The charts of the board: today by the hour, the last 30 days by the day. Counts only; small cells are not told."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from sqlalchemy import select

from escalation import queue, restrictions
from escalation.permissions import NATIONAL, Staff, in_area, require
from escalation.priority import TARGETS
from escalation.tables import cases
from store.database import Transaction
from store.vault import Vault

FEWEST = 5
DAYS = 30
_HANOI = timezone(timedelta(hours=7))
_HOURS = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar. `count` is None where it is not told; `height` is in percent of the highest that is."""

    label: str
    count: int | None
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Charts:
    """Children who came to the queue, and whom the first answer reached in time."""

    hours: tuple[Bar, ...]  # of today
    days: tuple[Bar, ...]  # the last thirty, today included
    urgencies: tuple[Bar, ...]  # of these thirty days
    answered_today: int
    in_time_today: int


async def charts(unit: Transaction, vault: Vault, staff: Staff, now: datetime) -> Charts:
    """Draw the charts from the cases that this supervisor may see. Times are those of Ha Noi."""
    require(staff, "shift.view")
    midnight = now.astimezone(_HANOI).replace(hour=0, minute=0, second=0, microsecond=0)
    since = midnight - timedelta(days=DAYS - 1)
    rows = await _seen(unit, vault, staff, since)
    today = [row for row in rows if row.opened_at >= midnight]
    by_hour = Counter(row.opened_at.astimezone(_HANOI).hour for row in today)
    by_day = Counter((row.opened_at.astimezone(_HANOI) - since).days for row in rows)
    by_urgency = Counter(row.urgency for row in rows)
    named = {index: f"{since + timedelta(days=index):%d/%m}" for index in range(DAYS)}
    answered = [row for row in today if row.first_reply_at is not None]
    return Charts(
        hours=bars({f"{hour}": by_hour[hour] for hour in range(_HOURS)}),
        days=bars(told({name: by_day[index] for index, name in named.items()})),
        urgencies=bars(told({urgency: by_urgency[urgency] for urgency in TARGETS})),
        answered_today=len(answered),
        in_time_today=sum(row.first_reply_at - row.waiting_since <= TARGETS[row.urgency] for row in answered),
    )


async def _seen(unit: Transaction, vault: Vault, staff: Staff, since: datetime) -> Sequence[Any]:
    hidden = await restrictions.hidden_from(unit, staff)
    rows = (await unit.execute(select(cases).where(cases.c.opened_at >= since))).all()
    seen = [row for row in rows if row.id not in hidden]
    if staff.area == NATIONAL:
        return seen
    return [row for row in seen if in_area(staff, await queue.area_of(unit, vault, row))]


def told(counts: Mapping[str, int]) -> dict[str, int | None]:
    """Return the counts without those from 1 to 4, and without so many others that these cannot be worked out.

    Whoever knows the sum must not find one hidden number: at least two are hidden, and together they are five or more.
    """
    hidden = {label for label, count in counts.items() if 0 < count < FEWEST}
    if hidden:
        others = sorted((count, label) for label, count in counts.items() if count >= FEWEST)
        while others and (len(hidden) == 1 or sum(counts[label] for label in hidden) < FEWEST):
            hidden.add(others.pop(0)[1])
        if len(hidden) == 1 or sum(counts[label] for label in hidden) < FEWEST:
            hidden = set(counts)  # nothing is left to hide behind
    return {label: None if label in hidden else count for label, count in counts.items()}


def bars(counts: Mapping[str, int | None]) -> tuple[Bar, ...]:
    """Return the counts as bars."""
    highest = max(_known(counts.values()), default=0) or 1
    return tuple(
        Bar(label=label, count=count, height=round(100 * (count or 0) / highest, 1)) for label, count in counts.items()
    )


def _known(counts: Iterable[int | None]) -> list[int]:
    return [count for count in counts if count is not None]
