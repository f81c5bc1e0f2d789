"""What a stored state remembers goes in time: words as soon as the transcript does, learning after a year."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.cards import day_of
from bot.learning import still_kept
from bot.state import Flow, from_json, to_json
from store import conversations
from store.database import Transaction
from store.retention import TALK
from store.vault import Vault

_AT_ONCE = 500


async def forget_old_words(unit: Transaction, vault: Vault, now: datetime, term: timedelta = TALK) -> None:
    """Drop what was heard from the states of conversations that have been still for `term`; who is there stays."""
    for conversation_id in await conversations.untouched_since(unit, now - term, _AT_ONCE):
        held = await conversations.lock(unit, vault, conversation_id)
        state = from_json(held.state)
        matter = state.matter if state.open_contact is not None else None
        aside = state.aside
        if aside is not None:
            aside = replace(aside, learned=still_kept(aside.learned, day_of(now)))
        kept = replace(
            state,
            heard=(),
            hint=None,
            question=None,
            flow=Flow(),
            matter=matter,
            refused=(),
            aside=aside,
            learned=still_kept(state.learned, day_of(now)),
        )
        await conversations.save_state(unit, held, to_json(kept), now)
