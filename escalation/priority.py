"""Who is next: urgency, then the younger band, then the longer wait, with ageing so that nobody starves. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

# Target for the first human reply (safety protocol, section 4).
TARGETS = {
    "emergency": timedelta(seconds=60),
    "high": timedelta(minutes=5),
    "moderate": timedelta(minutes=30),
}
# After this part of its target a wait is told of, before it is too long.
WARNING = 2 / 3
_RANK = {"moderate": 1, "high": 2, "emergency": 3}
# An unknown band queues as the youngest.
_BAND_ORDER = {"6-10": 0, None: 0, "11-14": 1, "15-17": 2}
_ADULT_ORDER = 3
# A case rises one step for every so many targets it has waited.
_TARGETS_A_STEP = 2


# Why a child stands before another. `aged`: it has waited so long that it rose; `urgent`: its own urgency is graver;
# `returned`: it was left without an answer; `younger`; `longer`: all else being equal, it has waited longer.
Reason = Literal["aged", "urgent", "returned", "younger", "longer"]
Standing = Literal["in_time", "soon", "late"]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A case's place in the queue, and what put it before those behind it; the last one of all needs no reason."""

    case_id: str
    reasons: tuple[Reason, ...]


def places(waiting: Iterable[Waiting], now: datetime) -> tuple[Place, ...]:
    """Return the places with the next one first, each with every reason that separates it from one behind it.

    Sorted, those that share the first parts of a key stand together: `ends` is where each of these groups ends. A
    part separates a case from somebody behind it if its own group ends before the group of the parts ahead of it.
    """
    order = in_order(waiting, now)
    keys = [_parts(case, now) for case in order]
    ends = [len(keys)] * len(_PARTS)
    found: list[Place] = []
    for index in reversed(range(len(keys))):
        shared = _shared(keys[index], keys[index + 1]) if index + 1 < len(keys) else len(_PARTS)
        ends = [end if part < shared else index + 1 for part, end in enumerate(ends)]
        groups = zip(_reasons(keys[index]), ends, [len(keys), *ends], strict=False)
        reasons = dict.fromkeys(reason for reason, end, whole in groups if end < whole)
        found.append(Place(case_id=order[index].case_id, reasons=tuple(reasons)))
    return tuple(reversed(found))


_PARTS: tuple[Reason, ...] = ("urgent", "urgent", "returned", "younger", "longer")


def _parts(case: Waiting, now: datetime) -> tuple[object, ...]:
    return sort_key(case, now)[: len(_PARTS)]


def _reasons(key: tuple[object, ...]) -> tuple[Reason, ...]:
    lifted, rank = key[:2]
    return (_PARTS[0] if lifted == rank else "aged", *_PARTS[1:])


def _shared(one: tuple[object, ...], other: tuple[object, ...]) -> int:
    """Return how many first parts are the same."""
    same = [mine == theirs for mine, theirs in zip(one, other, strict=True)]
    return same.index(False) if False in same else len(same)


def standing(urgency: str, since: datetime, now: datetime) -> Standing:
    """Tell whether a child that waits since then for its first answer is in time, soon late, or late."""
    waited = (now - since) / TARGETS[urgency]
    if waited >= 1:
        return "late"
    return "soon" if waited >= WARNING else "in_time"


def rises(old: str, new: str) -> bool:
    """Tell whether `new` is the graver urgency."""
    return _RANK.get(new, 0) > _RANK.get(old, 0)
