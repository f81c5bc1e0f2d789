"""Who writes to a child just now: told to its page, stored nowhere."""

from sqlalchemy import select

from escalation import restrictions
from escalation.errors import NoSuchCase
from escalation.permissions import Staff, require
from escalation.tables import cases
from store.database import Transaction
from store.signals import typing_topic


async def topic_of_writer(unit: Transaction, staff: Staff, case_id: str, lease: int) -> str | None:
    """Return the topic to stir for who holds the child under this lease, else None.

    Raises NotAllowed, or NoSuchCase where the child was kept from them since the claim.
    """
    require(staff, "case.reply")
    mine = (
        (cases.c.id == case_id)
        & (cases.c.state == "claimed")
        & (cases.c.owner_id == staff.id)
        & (cases.c.lease == lease)
    )
    row = (await unit.execute(select(cases.c.conversation_id, cases.c.role).where(mine))).one_or_none()
    if row is None:
        return None
    if await restrictions.forbids(unit, staff, row):
        raise NoSuchCase
    return typing_topic(row.conversation_id, "counsellor")
