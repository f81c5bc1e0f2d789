"""A follow-up that a person agreed to: which case it is of, how far it has come, and when its one message may come.

The person chooses a day and a part of the day, in the time of Việt Nam. Nothing is sent from 21:00 to 7:00.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Literal

from bot.times import VIETNAM

Part = Literal["afternoon", "evening"]
Stage = Literal["asked", "agreed", "held"]

DAYS = (1, 3, 7)
PARTS: dict[Part, time] = {"afternoon": time(17), "evening": time(19, 30)}  # after school; after supper
FIRST, LAST = time(7), time(21)  # of a day: from the first on, before the last
LATE = timedelta(hours=24)  # a message that is later than this waits for its hour to come round again
RETRY = timedelta(minutes=30)  # how soon to look again where the person is in the middle of something
PATIENCE = timedelta(hours=2)  # how long it waits for an open question, which nobody answers after that
TIMER = "follow_up."  # and the person: a child and a parent who share a phone have one each


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """One follow-up of one person. `held`: its time came while it was not safe to show, and it waits for the person."""

    case_id: str
    stage: Stage
    day: int = 0  # in how many days; 0 until it is chosen
    part: Part | None = None
    due_at: datetime | None = None  # once agreed


def kept(follow_up: FollowUp | None) -> FollowUp | None:
    """Return what outlives an open question: an agreement does, an unanswered one is none."""
    return follow_up if follow_up is not None and follow_up.stage != "asked" else None


def chosen_time(now: datetime, days: int, part: Part) -> datetime:
    """Return, in UTC, the chosen part of the day so many days after today."""
    day = now.astimezone(VIETNAM).date() + timedelta(days=days)
    return datetime.combine(day, PARTS[part], VIETNAM).astimezone(UTC)


def is_allowed(at: datetime) -> bool:
    """Tell whether a message may be pushed at this hour."""
    return FIRST <= at.astimezone(VIETNAM).time() < LAST


def may_come_at(due_at: datetime, now: datetime) -> datetime:
    """Return when a message that is due may come: now, or at its own hour if it is the night or a day too late."""
    if now < due_at:
        return due_at
    return now if is_allowed(now) and now - due_at < LATE else same_hour_after(due_at, now)


def same_hour_after(due_at: datetime, now: datetime) -> datetime:
    """Return the next time after `now` at which it is as late in the day as was agreed."""
    return due_at + ((now - due_at) // LATE + 1) * LATE
