"""What is kept no longer than promised: talk outside a case goes after 30 days at most."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, update

from store.database import Transaction
from store.tables import IS_SET_ASIDE, IS_UNSENT, inbox, message, outbox

TALK = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Purged:
    """How much a purge removed."""

    messages: int
    outgoing: int
    parked: int


async def purge(unit: Transaction, now: datetime, term: timedelta = TALK) -> Purged:
    """Erase transcripts outside a case and bodies of old rows; rows themselves stay, so that nothing is taken twice."""
    before = now - term
    messages = await unit.execute(delete(message).where(message.c.case_id.is_(None), message.c.at < before))
    old = (outbox.c.created_at < before) & outbox.c.body_sealed.is_not(None)
    # What nobody fetched for so long is not wanted any more either.
    unsent = (outbox.c.created_at < before) & IS_UNSENT
    await unit.execute(update(outbox).where(unsent).values(status="cancelled"))
    outgoing = await unit.execute(update(outbox).where(old).values(body_sealed=None))
    parked = await unit.execute(
        update(inbox)
        .where(inbox.c.received_at < before, inbox.c.body_sealed.is_not(None), IS_SET_ASIDE)
        .values(body_sealed=None)
    )
    return Purged(messages=messages.rowcount, outgoing=outgoing.rowcount, parked=parked.rowcount)
