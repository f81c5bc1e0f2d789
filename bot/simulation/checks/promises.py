"""Promises to a child: who is late is told on, waiting notes come, nothing about help is pushed while it is hidden."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from bot.simulation.checks.broken import Broken
from bot.simulation.happening import Happening, Said
from bot.simulation.world import World
from bot.state import State
from escalation.tables import alert

# Safety protocol, section 4, written down a second time on purpose.
_A_SECOND = timedelta(seconds=1)  # as often the watch looks
TARGETS = {"emergency": timedelta(seconds=60), "high": timedelta(minutes=5), "moderate": timedelta(minutes=30)}
UNLOCKED = timedelta(minutes=10)
NOTES = ("waiting.2", "waiting.5", "waiting.10")
_NOTE_WORDS = frozenset({"waiting.note", "waiting.long", "waiting.nobody"})
_ABOUT_HELP = ("contact.", "waiting.", "handover.", "disclosure.", "consent.")


class Promises:
    """Remembers which delays were told of, so that each is looked up once."""

    def __init__(self) -> None:
        self._told: set[tuple[str, str, datetime]] = set()

    async def check(self, world: World, happening: Happening) -> None:
        """Check delays, waiting notes and pushes."""
        for case in happening.open_cases:
            await self._check_delay(world, case, happening.ended)
        for number, before in happening.before.items():
            _check_notes(happening, number, before)
        for said in happening.said:
            if said.push:
                _check_push(happening, said)

    async def _check_delay(self, world: World, case: Any, now: datetime) -> None:
        waits_since, since, kinds = _owed(case)
        key = (case.id, kinds[0], since)
        if waits_since is None or waits_since + TARGETS[case.urgency] > now - _A_SECOND or key in self._told:
            return
        async with world.database.reading() as unit:
            mine = (alert.c.case_id == case.id) & (alert.c.at >= since)
            told = {row.kind for row in (await unit.execute(select(alert.c.kind).where(mine))).all()}
        if not told & set(kinds):
            words = f"an {case.urgency} case waited beyond its target and no supervisor was told"
            raise Broken("late_means_alerted", words, world.numbers.get(case.conversation_id))
        self._told.add(key)


def _owed(case: Any) -> tuple[datetime | None, datetime, tuple[str, ...]]:
    """Return since when an answer is owed if one is, and which alerts since when tell of it."""
    if case.first_reply_at is None:
        since = case.claimed_at or case.waiting_since
        return since, since, ("late_first_reply", "lease_lost")
    answered = case.last_child_at is None or case.last_child_at <= case.last_reply_at
    return None if answered else case.last_child_at, case.last_reply_at, ("silence", "lease_lost")


def _check_notes(happening: Happening, number: int, before: State) -> None:
    after = happening.after[number]
    notes = sum(said.push and said.phone == number and said.message_id in _NOTE_WORDS for said in happening.said)
    due = [
        name
        for name, moment in happening.timers_before[number].items()
        if name in NOTES and moment <= happening.ended and happening.timers_after[number].get(name) != moment
    ]
    gone = [
        name for name, moment in happening.timers_after[number].items() if name in NOTES and moment < happening.began
    ]
    if gone:
        raise Broken("waiting_notes_are_kept", f"the timer {gone[0]} is over and did not ring", number)
    if _waits_in_view(before) and _waits_in_view(after) and not happening.act and notes < len(due):
        words = f"{len(due)} waiting notes were due and {notes} came"
        raise Broken("waiting_notes_are_kept", words, number)


def _waits_in_view(state: State) -> bool:
    contact = state.open_contact
    return contact is not None and not contact.connected and not contact.hidden and not state.discreet_word


def _check_push(happening: Happening, said: Said) -> None:
    if said.name is None and not said.message_id.startswith(_ABOUT_HELP):
        return
    before, after = happening.before[said.phone], happening.after[said.phone]
    then = before if said.at < happening.acted or after.contact is None else after
    # What answers a message that was set aside comes late; its writer has no case and hides nothing.
    late_answer = said.answers is not None and then.contact is None and not then.discreet_word
    if not _is_shown(then, said.at) and not late_answer:
        raise Broken("hidden_is_not_pushed", f"{said.message_id} was pushed while the contact was hidden", said.phone)


def _is_shown(state: State, at: datetime) -> bool:
    contact = state.contact
    if contact is None or contact.hidden:
        return False
    return not state.discreet_word or (contact.unlocked_at is not None and at - contact.unlocked_at < UNLOCKED)
