"""Who writes to a child just now: told to its page, stored nowhere."""

from sqlalchemy import select

from escalation.permissions import Staff, require
from escalation.tables import cases
from store.database import Transaction
from store.signals import typing_topic


async def topic_of_writer(unit: Transaction, staff: Staff, case_id: str, lease: int) -> str | None:
    """Return the topic to stir for who holds the child under this lease, else None. Raises NotAllowed."""
    require(staff, "case.reply")
    mine = (
        (cases.c.id == case_id)
        & (cases.c.state == "claimed")
        & (cases.c.owner_id == staff.id)
        & (cases.c.lease == lease)
    )
    conversation_id = (await unit.execute(select(cases.c.conversation_id).where(mine))).scalar_one_or_none()
    return None if conversation_id is None else typing_topic(conversation_id, "counsellor")
