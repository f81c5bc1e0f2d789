"""What a person was asked about passing its matter on to somebody outside the hotline, and what of it came back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from bot.follow_up import FIRST, is_allowed
from bot.times import VIETNAM
from escalation.referrals.asking import News

Stage = Literal["asked", "agreed"]
TIMER = "referral."  # and the person: a child and a parent who share a phone have one each


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """One receiver that the person was asked about. `held`: its news waits for the person, not for the hour."""

    id: str
    case_id: str
    receiver: str
    stage: Stage
    wants_news: bool = False
    news: News | None = None
    news_at: datetime | None = None
    held: bool = False


def kept(referrals: Iterable[Referral]) -> tuple[Referral, ...]:
    """Return what outlives an open question: a yes does, an unanswered question is none."""
    return tuple(one for one in referrals if one.stage == "agreed")


def without(referrals: Iterable[Referral], referral_id: str) -> tuple[Referral, ...]:
    """Return the others."""
    return tuple(one for one in referrals if one.id != referral_id)


def until_day(now: datetime) -> timedelta:
    """Return how long the night still lasts in which nothing is pushed; nothing by day."""
    if is_allowed(now):
        return timedelta()
    here = now.astimezone(VIETNAM)
    day = here.date() if here.time() < FIRST else here.date() + timedelta(days=1)
    return datetime.combine(day, FIRST, VIETNAM).astimezone(UTC) - now
