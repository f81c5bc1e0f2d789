"""The fold of a case's records into entries that a person can read. Pure.

An entry's kind is the action of the trail with `_` for `.`: what any part of the desk writes there appears by itself.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

CONSENT = "consent"
VIEWED = "viewed"
_LOOKS = frozenset({"case.viewed", "case.watched", "referral.viewed", "tasks.viewed", "timeline.viewed"})
_IN_RUNS = frozenset({VIEWED, "case_replied", "case_whispered", "case_noted", "file_saved"})
# A change of hands writes a claim beside its own entry, at the same moment.
_TELLS_OF_A_CLAIM = frozenset({"case_accepted", "case_given", "case_taken_over", "case_picked", "case_assigned"})
_CLAIMED = "case_claimed"
# What a counsellor is not shown on the case's page either.
SUPERVISED = frozenset({"case_whispered", "hold_added", "hold_released"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """One entry of the case's stream in the trail."""

    at: datetime
    actor: str
    action: str
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """One row of the consent ledger."""

    at: datetime
    item: str
    decision: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the timeline; several of a kind that followed one another are one line with their number."""

    at: datetime
    kind: str
    actor: str
    detail: Mapping[str, Any] = field(default_factory=dict)
    count: int = 1
    until: datetime | None = None  # of the last one in a run


def fold(happened: Iterable[Happened], decided: Iterable[Decided], *, supervising: bool) -> tuple[Entry, ...]:
    """Return the timeline, oldest first; `happened` comes in the order of the trail."""
    entries = [_entry(one) for one in happened]
    entries += [
        Entry(at=one.at, kind=CONSENT, actor="child", detail={"item": one.item, "decision": one.decision})
        for one in decided
    ]
    told = {one.at for one in entries if one.kind in _TELLS_OF_A_CLAIM}
    kept = [one for one in entries if not (one.kind == _CLAIMED and one.at in told)]
    shown = [one for one in kept if supervising or one.kind not in SUPERVISED]
    return _runs(sorted(shown, key=lambda one: one.at))


def _entry(one: Happened) -> Entry:
    kind = VIEWED if one.action in _LOOKS else one.action.replace(".", "_")
    return Entry(at=one.at, kind=kind, actor=one.actor, detail={} if kind in _IN_RUNS else one.detail)


def _runs(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    folded: list[Entry] = []
    for one in entries:
        last = folded[-1] if folded else None
        if last is not None and one.kind in _IN_RUNS and (last.kind, last.actor) == (one.kind, one.actor):
            folded[-1] = replace(last, count=last.count + one.count, until=one.at)
        else:
            folded.append(one)
    return tuple(folded)
