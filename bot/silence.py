"""The bot is silent while a counsellor is there: what it had said before and nobody received yet is not sent any more.

A turn decides that already for everything said while the two talk. This is the guard at the moment of sending: a
lesson or a waiting note that a messenger held up must not arrive in the middle of the talk. What a child in danger
or on its way out needs goes out at any time.
"""

from datetime import datetime

from sqlalchemy import select

from bot.flows.contact import talking
from bot.state import State, from_json
from escalation.tables import cases
from store import conversations, outbox
from store.database import Transaction
from store.outbox import Outgoing
from store.vault import Vault

SAID_ANYWAY = (
    "exit.", "disclosure.", "passed_on.", "safe.", "about.", "contact.", "discreet.", "handover.", "consent.",
    "withdraw.", "delete.", "attachment.", "error.",
)  # fmt: skip
"""Beginnings of message ids: the way out, help, the person's own rights, and who is writing."""


async def is_out_of_place(unit: Transaction, vault: Vault, row: Outgoing, now: datetime) -> bool:
    """Tell whether a row is the bot's, from before the counsellor came, and may wait for no better moment."""
    if row.kind != outbox.MESSAGE or row.body["name"] is not None:
        return False
    if row.body["message_id"].startswith(SAID_ANYWAY):
        return False
    held = await conversations.read(unit, vault, row.conversation_id)
    state = State() if held.state is None else from_json(held.state)
    if state.contact is None or not talking(state, now):
        return False
    came = select(cases.c.claimed_at).where(cases.c.id == state.contact.case_id, cases.c.state == "claimed")
    claimed_at: datetime | None = (await unit.execute(came)).scalar_one_or_none()
    return claimed_at is not None and row.created_at < claimed_at
