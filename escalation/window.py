"""Until when a child can be written to: a messenger may end that some days after the person's last word."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from content.channels import channel_named
from store import conversations
from store.database import Transaction

SOON = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """How the door to a child stands. `at` is when it closes or closed, or when the child stopped following."""

    place: str  # the messenger, as people call it
    state: Literal["open", "soon", "closed", "left"]
    at: datetime


async def window_of(unit: Transaction, case: Any, now: datetime) -> Window | None:
    """Return the window of a case row's conversation; None where there is no end to it."""
    channel = channel_named(case.channel)
    gone = await conversations.left_at(unit, case.conversation_id)
    if gone is not None:
        return Window(place=channel.brand, state="left", at=gone)
    within = channel.staff_reply_within
    word = None if within is None else await conversations.last_word(unit, case.conversation_id)
    if within is None or word is None:
        return None
    until = word + within
    return Window(place=channel.brand, state=_state(until - now), at=until)


def _state(left: timedelta) -> Literal["open", "soon", "closed"]:
    if left <= timedelta():
        return "closed"
    return "soon" if left <= SOON else "open"
