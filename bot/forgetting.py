"""What a stored state remembers goes in time: words as soon as the transcript does, learning after a year."""

from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from pydantic import ValidationError

from bot import plan as plans
from bot.cards import day_of
from bot.learning import still_kept
from bot.sealed import UNDER_DATA_KEYS
from bot.state import Flow, State, from_json, to_json
from store import conversations
from store.database import Database, Transaction
from store.retention import TALK
from store.shredding import fresh_key
from store.vault import Vault, VaultError

log = structlog.get_logger()
_AT_ONCE = 50  # in one transaction, so that nobody who writes meanwhile waits long


async def forget_still_ones(database: Database, vault: Vault, now: datetime, term: timedelta = TALK) -> None:
    """Take conversations that have been still for `term` through `forget_old_words`, all of them."""
    more = True
    while more:
        async with database.transaction() as unit:
            more = await forget_old_words(unit, vault, now, term) == _AT_ONCE


async def forget_old_words(unit: Transaction, vault: Vault, now: datetime, term: timedelta = TALK) -> int:
    """Drop what was heard from the states of still conversations and shred their keys; who is there stays.

    Returns how many there were, 50 at most. What was purged from the transcript opens with no key any more.
    """
    still = await conversations.untouched_since(unit, now - term, _AT_ONCE)
    for conversation_id in still:
        try:
            held = await conversations.lock(unit, vault, conversation_id)
            state = from_json(held.state)
            held = await fresh_key(unit, vault, held, UNDER_DATA_KEYS)
        except (VaultError, ValidationError) as error:
            # One damaged value must not keep everybody else's words; it is looked at again in 30 days.
            log.error("cannot_forget", error=type(error).__name__, conversation=conversation_id)
            await conversations.touch(unit, conversation_id, now)
            continue
        await conversations.save_state(unit, held, to_json(_kept(state, now)), now)
    return len(still)


def _kept(state: State, now: datetime) -> State:
    matter = state.matter if state.open_contact is not None else None
    aside, today = state.aside, day_of(now)
    if aside is not None:
        aside = replace(aside, learned=still_kept(aside.learned, today), plan=plans.still_kept(aside.plan, today))
    return replace(
        state,
        heard=(),
        hint=None,
        question=None,
        flow=Flow(),
        matter=matter,
        refused=(),
        away=True,
        aside=aside,
        learned=still_kept(state.learned, today),
        plan=plans.still_kept(state.plan, today),
    )
