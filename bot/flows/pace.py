"""A flood of messages is answered once: the rest is heard and kept, and only what can wait waits.

A burst that arrives together is read together (`bot.batch`) and counts once. The rule stands behind everything that
may never wait: quick exit, a counsellor's talk, a disclosure, consent and the person's own rights.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.events import Attached, Said
from bot.moment import Moment, Turn
from bot.state import Pace, State

ANSWERS_A_MINUTE = 20
_WINDOW = timedelta(minutes=1)
# Free words that ask for something which never waits.
_PIERCING = frozenset({"talk_to_human", "delete_data"})


def counted(state: State, now: datetime) -> State:
    """Return the state with one more message in this minute's count."""
    pace = state.pace
    if pace is None or now - pace.since >= _WINDOW:
        return replace(state, pace=Pace(since=now, count=1))
    return replace(state, pace=replace(pace, count=pace.count + 1))


def slow_down(moment: Moment) -> Turn | None:
    """Say once that it is too fast, then only listen until the minute is over; a press is always answered."""
    pace = moment.state.pace
    if pace is None or pace.count <= ANSWERS_A_MINUTE or moment.choice is not None or not moment.state.greeted:
        return None
    if not isinstance(moment.event, Said | Attached) or _pierces(moment):
        return None
    state = replace(moment.state, heard=moment.remembered())
    if pace.count > ANSWERS_A_MINUTE + 1:
        return Turn(state=state)
    return moment.answer(state, "pace.slow", ("talk.now", "menu", "exit"))


def _pierces(moment: Moment) -> bool:
    """Tell whether the words may be a hint of harm, or ask for a person or a right."""
    alone = moment.reading.alone if moment.reading is not None else None
    return alone is not None and (alone.decision != "none" or alone.intent in _PIERCING)
