"""Honest waiting: what a child is told between its yes and the counsellor's first word."""

from datetime import timedelta
from typing import Any

from bot.effects import CancelTimer, Effect, Say, SetTimer
from bot.moment import Moment
from bot.state import State

WAITING_TIMERS = ("waiting.2", "waiting.5", "waiting.10")
WAITING_CHOICES = ("breathe", "withdraw", "exit")
_MINUTES = {"waiting.2": 2, "waiting.5": 5, "waiting.10": 10}


def start_timers() -> tuple[Effect, ...]:
    """Ring after 2, 5 and 10 minutes of waiting."""
    return tuple(SetTimer(name=name, after=timedelta(minutes=minutes)) for name, minutes in _MINUTES.items())


def stop_timers() -> tuple[Effect, ...]:
    """Stop ringing: a counsellor is there, or the case is gone."""
    return tuple(CancelTimer(name=name) for name in WAITING_TIMERS)


def status(moment: Moment, state: State, *, push: bool = False) -> Say:
    """Say truthfully where the child stands in the queue, or that nobody is at the desk now."""
    if not moment.desk.staffed:
        return moment.say(state, "waiting.nobody", WAITING_CHOICES, push=push, protect=True)
    message_id = "waiting.next" if moment.desk.ahead == 0 else "waiting.place"
    params: dict[str, Any] = {} if moment.desk.ahead == 0 else {"ahead": moment.desk.ahead}
    return moment.say(state, message_id, WAITING_CHOICES, push=push, protect=True, **params)
