"""Who is next: urgency, then the younger band, then the longer wait, with ageing so that nobody starves. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

# Target for the first human reply (safety protocol, section 4).
TARGETS = {
    "emergency": timedelta(seconds=60),
    "high": timedelta(minutes=5),
    "moderate": timedelta(minutes=30),
}
_RANK = {"moderate": 1, "high": 2, "emergency": 3}
# An unknown band queues as the youngest.
_BAND_ORDER = {"6-10": 0, None: 0, "11-14": 1, "15-17": 2}
_ADULT_ORDER = 3
# A case rises one step for every so many targets it has waited.
_TARGETS_A_STEP = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What decides a case's place."""

    case_id: str
    urgency: str
    band: str | None
    audience: str
    front: bool
    waiting_since: datetime


def level(case: Waiting, now: datetime) -> int:
    """Return the urgency's rank raised by ageing; one who has waited very long outranks a fresh emergency."""
    steps = int((now - case.waiting_since) / (TARGETS[case.urgency] * _TARGETS_A_STEP))
    return min(_RANK[case.urgency] + max(steps, 0), _RANK["emergency"] + (1 if case.urgency != "emergency" else 0))


def sort_key(case: Waiting, now: datetime) -> tuple[int, int, bool, int, datetime, str]:
    """Return the key that sorts the next case first."""
    band = _ADULT_ORDER if case.audience == "parent" and case.band is None else _BAND_ORDER[case.band]
    return (-level(case, now), -_RANK[case.urgency], not case.front, band, case.waiting_since, case.case_id)


def in_order(waiting: Iterable[Waiting], now: datetime) -> list[Waiting]:
    """Return the cases with the next one first."""
    return sorted(waiting, key=lambda case: sort_key(case, now))


def rises(old: str, new: str) -> bool:
    """Tell whether `new` is the graver urgency."""
    return _RANK.get(new, 0) > _RANK.get(old, 0)
