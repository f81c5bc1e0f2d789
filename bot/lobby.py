"""Whether a conversation with the bot carries a risk now that no case tells of: what the desk's lobby counts."""

from datetime import datetime

from bot.events import Noticed, Rang
from bot.protocol import Stage
from bot.state import CONTEXT, State
from escalation.priority import TARGETS
from escalation.shift import lobby
from store.database import Transaction

# A person who said no is counted no more, and who said yes stands in the queue.
_OPEN: frozenset[Stage] = frozenset({"told", "asked", "asked_again", "later", "lapsed"})


def risk_of(state: State) -> str | None:
    """Return the urgency of an open disclosure, or of a hint that was asked about, without a case; else None. Pure."""
    if state.open_case is not None:
        return None
    matter = state.matter if state.matter is not None and state.matter.stage in _OPEN else state.hint
    if matter is None:
        return None
    return matter.urgency if matter.urgency in TARGETS else "moderate"


async def keep_count(
    unit: Transaction, conversation_id: str, *, before: State, after: State, event: object, now: datetime
) -> None:
    """Count the conversation for half an hour from what the person last did, or no more; part of the turn."""
    risk = risk_of(after)
    if risk is None:
        if risk_of(before) is not None:
            await lobby.leave(unit, conversation_id)
    elif not isinstance(event, Rang | Noticed):
        await lobby.note(unit, conversation_id, risk, now=now, until=now + CONTEXT)
