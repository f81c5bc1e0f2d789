"""What becomes of a message that a fault had set aside, when it is read again. Pure.

Its turn is a real one with the words as they were, in the person's present state. But time has passed, so:

- What tells of harm, or asks for a counsellor, is answered as it would have been, by a push.
- An old yes agrees to nothing: no question that is open now was open to it, and it is read as if none were.
- Ordinary talk is answered only within five minutes, and while nothing was said after it. Later it gets no answer at
  all: its writer was told "error.sorry" at the time, and a line about it hours later would only be one more push to a
  phone that may be watched. Inside a talk with 111 it goes to the case, where the counsellor reads it in its place.
- Buttons are not pressed again, but for those that tell of danger and quick exit. The others are still there.
- Who has left the phone since is pushed nothing. What tells of harm then raises an open agreed case, or waits until
  that person writes, and is read together with that message.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from bot.batch import Step, is_exit
from bot.effects import Reading
from bot.events import Noticed, Rang, Said
from bot.flows.contact import is_hidden_at
from bot.flows.onboarding import facts_of
from bot.follow_up import TIMER as FOLLOW_UP
from bot.state import Contact, Role, State
from nlu.answers import admits_harm
from store.inbox import Incoming
from store.parked import Parked

Way = Literal["turn", "share", "note", "raise", "wait"]
"""`turn`: a real turn. `share`: into the open talk, without an answer. `note`: only that there was a message.
`raise`: the case of one who left. `wait`: for its person."""

FRESH = timedelta(minutes=5)
_TELLING = frozenset({"safe.no", "talk.now", "about.me", "about.friend", "about.silent"})
_OTHER_HANDS = ("role.", "band.", "profile", "delete")
_OF_A_DISCLOSURE = frozenset({"safe", "talk", "about"})


def way_of(row: Parked, step: Step, state: State, heard: tuple[str | None, Reading | None], now: datetime) -> Way:
    """Return what is done with a message or timer that is read again; `heard` is its choice and its reading."""
    young = now - row.incoming.received_at < FRESH
    if isinstance(step.event, Rang):
        # Erasing what was refused is owed at any time, and a follow-up knows itself when it may still come; whatever
        # else a timer says is said at its time or not at all.
        owed = step.event.name == "context" or step.event.name.startswith(FOLLOW_UP)
        return "turn" if young or owed else "note"
    if isinstance(step.event, Noticed):
        return "turn"
    if is_withheld(row, state, now):
        if not tells(step, *heard):
            return "note"
        agreed = contact_of(state, person_of(row, state)) is not None
        return "raise" if agreed and _is_disclosure(heard[1]) else "wait"
    if tells(step, *heard):
        return "turn"
    if is_exit(row.incoming):
        return "note" if row.later else "turn"
    if state.question is None and state.open_contact is not None:
        return "share"
    return "turn" if young and not row.later and state.question is None and isinstance(step.event, Said) else "note"


def tells(step: Step, choice: str | None, reading: Reading | None) -> bool:
    """Tell whether words or a button say, or hint, that a child is harmed, or ask for a counsellor."""
    if choice in _TELLING:
        return True
    if not isinstance(step.event, Said) or reading is None:
        return False
    return reading.alone.decision != "none" or reading.alone.intent == "talk_to_human" or admits_harm(step.event.text)


def is_withheld(row: Parked, state: State, now: datetime) -> bool:
    """Tell whether nothing about a message may be pushed: its person is not there, or hides what is about help."""
    return row.held or person_of(row, state) != state.person or is_hidden_at(state, now)


def unasked(state: State) -> State:
    """Return the state as an old message may answer to it: no question about a yes is open."""
    question = state.question
    return state if question is None or question.kind in _OF_A_DISCLOSURE else replace(state, question=None)


def may_join(state: State, batch: tuple[Incoming, ...]) -> bool:
    """Tell whether a burst is a sign that the person of `state` is back: it types, and changes no hands with it."""
    texts = [row.body.get("text") or "" for row in batch]
    choices = [row.body.get("choice") or "" for row in batch]
    if any(is_exit(row) for row in batch) or any(choice.startswith(_OTHER_HANDS) for choice in choices):
        return False
    if any(facts_of(text)[0] not in (None, state.person) for text in texts):
        return False
    return any(texts) or "talk.now" in choices


def contact_of(state: State, person: Role) -> Contact | None:
    """Return the open, agreed case of a person on this phone, in view or not."""
    aside = state.aside
    theirs = aside.contact if aside is not None and aside.role == person else None
    contact = state.contact if person == state.person else theirs
    return contact if contact is not None and contact.way == "talk" and not contact.closed else None


def person_of(row: Parked, state: State) -> Role:
    """Return whose message it is; who was not known then is who is at the phone."""
    return "parent" if (row.person or state.person) == "parent" else "child"


def _is_disclosure(reading: Reading | None) -> bool:
    return reading is not None and reading.alone.decision == "disclosure"
