"""Working days in Việt Nam, and the ends of terms that are counted in them. Pure.

Public holidays come from the package `holidays` (Labour Code 45/2019/QH14 art. 112, lunar days and substitute days
included, and the swaps that were announced when its version was made). What the Government announces later, such as
the days off around Tết and the Saturdays worked for them, is the operator's setting and goes before the package.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from functools import cache

import holidays

HANOI = timezone(timedelta(hours=7))  # Việt Nam has one time and no summer time
_SATURDAY = 5
_DAY = timedelta(days=1)


def days_of(listed: str) -> frozenset[date]:
    """Read days as 2027-02-03, separated by commas; raises ValueError that names what is no day."""
    days: set[date] = set()
    for written in filter(None, (part.strip() for part in listed.split(","))):
        try:
            days.add(date.fromisoformat(written))
        except ValueError:
            raise ValueError(f"{written!r} is not a day; write year-month-day, such as 2027-02-03") from None
    return frozenset(days)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkCalendar:
    """Which days are worked on: `days_off` beside the public holidays, `make_up_days` in spite of a weekend.

    Raises ValueError where a day is in both.
    """

    days_off: frozenset[date] = frozenset()
    make_up_days: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        """Refuse what contradicts itself."""
        both = sorted(self.days_off & self.make_up_days)
        if both:
            words = ", ".join(day.isoformat() for day in both)
            raise ValueError(f"{words}: a day is off or worked, not both; take it out of one of the two lists")

    def is_worked(self, day: date) -> bool:
        """Tell whether offices work on this day."""
        if day in self.make_up_days:
            return True
        if day in self.days_off:
            return False
        free, worked = _year(day.year)
        return day in worked or (day.weekday() < _SATURDAY and day not in free)

    def after(self, start: datetime, days: int) -> datetime:
        """Return the end of a term of so many working days (1 or more): the midnight that ends the last of them.

        The day of `start` is not counted (Civil Code 91/2015/QH13 art. 147.2), and the last day counts until its end
        (art. 148.6), both in Việt Nam's time. `start` must be timezone-aware; so is what is returned, in UTC+7.
        """
        worked = self._worked_after(start.astimezone(HANOI).date())
        last = [next(worked) for _ in range(days)][-1]
        return datetime.combine(last + _DAY, time(), HANOI)

    def between(self, now: datetime, end: datetime) -> int:
        """Return how many working days after today's are left until a term ends; 0 on its last day and later."""
        today, last = now.astimezone(HANOI).date(), (end - timedelta(microseconds=1)).astimezone(HANOI).date()
        return sum(self.is_worked(today + number * _DAY) for number in range(1, (last - today).days + 1))

    def _worked_after(self, day: date) -> Iterator[date]:
        while True:
            day += _DAY
            if self.is_worked(day):
                yield day


@cache
def _year(year: int) -> tuple[frozenset[date], frozenset[date]]:
    """Return the public holidays of a year and the days of weekends that were worked for them."""
    # A Saturday of December may be made up for by the next year's first days.
    known = holidays.country_holidays("VN", years=(year, year + 1))
    return frozenset(known), frozenset(known.weekend_workdays)
