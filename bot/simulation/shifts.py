"""What the staff do next: shifts by the clock of Việt Nam, claims, replies, silences, lost pages; nobody at night."""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from random import Random
from typing import Any

from bot.simulation.desk import ANALYST, COUNSELLORS, SUPERVISOR, Desk
from bot.simulation.lines import Lines

VIETNAM = timezone(timedelta(hours=7))
# Hours of the day, of each member of staff by place in the roster.
_SHIFTS: tuple[tuple[int, int], ...] = ((7, 15), (14, 22), (8, 17), (12, 21), (7, 22), (7, 17))
_PAUSE_SECONDS = 25.0
_LONG_SECONDS = (150.0, 400.0)  # of falling silent, or of a page that is gone
_PROPOSES = 0.6  # of talks that end
_DUTIES_HOLDING = {
    "replies": 0.62,
    "looks": 0.08,
    "closes": 0.1,
    "hands_back": 0.02,
    "loses_page": 0.02,
    "refers": 0.04,
    "": 0.12,
}


@dataclass(slots=True, kw_only=True)
class Worker:
    """One member of staff through the days."""

    number: int
    random: Random
    lines: Lines
    away: float = 0.0  # until when the page stays gone, in seconds since the beginning

    def pause(self) -> float:
        """Return how many seconds pass until this person looks up again."""
        return self.random.expovariate(1 / _PAUSE_SECONDS) + 2.0

    def until_shift(self, now: datetime) -> float:
        """Return the seconds until the next shift begins; 0 within one."""
        local = now.astimezone(VIETNAM)
        first, last = _SHIFTS[self.number]
        if first <= local.hour < last:
            return 0.0
        begin = local.replace(hour=first, minute=0, second=0, microsecond=0)
        if begin <= local:
            begin += timedelta(days=1)
        return (begin - local).total_seconds()

    def next_act(self, desk: Desk, now: datetime, seconds: float) -> dict[str, Any] | None:
        """Return the fields of a step, or None when this person lets the moment pass."""
        here = self.number in desk.pages
        if self.until_shift(now) > 0:
            return self._leave(desk) if here or self.number in desk.held else None
        if not here:
            return None if seconds < self.away else {"does": "opens_page"}
        if self.number == ANALYST:
            return {"does": "looks", "case": self.random.randrange(8)}
        if self.number in desk.held:
            return self._with_child(seconds)
        if self.number == SUPERVISOR and self.random.random() < 0.7:  # noqa: PLR2004
            duty = self.random.choices(("signs", "moves_on", "looks"), (0.3, 0.3, 0.4))[0]
            return {"does": duty} if duty == "signs" else {"does": duty, "case": self.random.randrange(8)}
        looks = self.random.random() < 0.1  # noqa: PLR2004
        return {"does": "looks", "case": self.random.randrange(8)} if looks else {"does": "takes"}

    def _leave(self, desk: Desk) -> dict[str, Any]:
        tidy = self.number in desk.held and self.random.random() < 0.7  # noqa: PLR2004
        return {"does": "hands_back"} if tidy else {"does": "goes_home"}

    def _with_child(self, seconds: float) -> dict[str, Any] | None:
        duty = self.random.choices(list(_DUTIES_HOLDING), list(_DUTIES_HOLDING.values()))[0]
        match duty:
            case "":
                return None
            case "replies":
                return {"does": duty, "text": self.random.choice(self.lines.counsellor)}
            case "loses_page":
                self.away = seconds + self.random.uniform(*_LONG_SECONDS)
            case "looks" | "refers":
                return {"does": duty, "case": self.random.randrange(8)}
            case "closes":
                return {"does": duty, "follow_up": self.random.random() < _PROPOSES}
            case _:
                pass
        return {"does": duty}


def staff(random: Random, lines: Lines) -> list[Worker]:
    """Return everybody at the desk, each with dice of its own."""
    return [
        Worker(number=number, random=Random(random.random()), lines=lines)
        for number in (*COUNSELLORS, SUPERVISOR, ANALYST)
    ]
