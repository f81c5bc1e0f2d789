"""What staff narrow a list with: days of Ha Noi, numbers of cases, words of ours. Each says which one is wrong."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone

from escalation.errors import BadRequest

_HANOI = timezone(timedelta(hours=7))
_NUMBER = re.compile(r"[0-9a-f]{6,32}")
_FIRST, _LAST = date(2020, 1, 1), date(2199, 12, 31)


class BadFilter(BadRequest):
    """One field of a search cannot be used. `field` is its name; what was typed is never repeated."""

    def __init__(self, field: str) -> None:
        super().__init__(f"The field {field} cannot be used as it is.")
        self.field = field


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """Days of Ha Noi, the last one included; None leaves that end open."""

    since: date | None = None
    until: date | None = None

    @property
    def begin(self) -> datetime | None:
        """Return the moment from which things count."""
        return None if self.since is None else _midnight(self.since)

    @property
    def end(self) -> datetime | None:
        """Return the first moment that counts no more."""
        return None if self.until is None else _midnight(self.until + timedelta(days=1))


EVERY_DAY = Days()


def days(given: Mapping[str, str], *, since: date | None = None) -> Days:
    """Return the days `since` and `until` of a form, each as 2026-11-22; `since` is the first one if none is given.

    Raises BadFilter.
    """
    found = Days(since=_day(given, "since") or since, until=_day(given, "until"))
    if found.since is not None and found.until is not None and found.until < found.since:
        raise BadFilter("until")
    return found


def today(now: datetime) -> date:
    """Return the day that it is in Ha Noi."""
    return now.astimezone(_HANOI).date()


def case_number(given: Mapping[str, str]) -> str:
    """Return the number of a case, its first six letters or more, or nothing; raises BadFilter."""
    typed = given.get("number", "").strip().lower()
    if typed and not _NUMBER.fullmatch(typed):
        raise BadFilter("number")
    return typed


def one_of(given: Mapping[str, str], field: str, known: Collection[str]) -> str:
    """Return a word of ours, or nothing where none was chosen; raises BadFilter."""
    chosen = given.get(field, "").strip()
    if chosen and chosen not in known:
        raise BadFilter(field)
    return chosen


def _day(given: Mapping[str, str], field: str) -> date | None:
    typed = given.get(field, "").strip()
    if not typed:
        return None
    try:
        found = date.fromisoformat(typed)
    except ValueError:
        raise BadFilter(field) from None
    # Beyond these years a moment of Ha Noi may lie outside what a date can hold.
    if not _FIRST <= found <= _LAST:
        raise BadFilter(field)
    return found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=_HANOI)
