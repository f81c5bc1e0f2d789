"""Other contacts of the same person: the cases that it opened before, or later, from the same conversation."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from escalation import queue
from escalation.permissions import Staff
from escalation.tables import cases
from store.database import Transaction
from store.vault import Vault

AT_MOST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """Another case of the same person, without any word of it."""

    case_id: str
    state: str
    urgency: str
    opened_at: datetime
    outcome: str | None


async def linked_to(unit: Transaction, vault: Vault, staff: Staff, case_id: str) -> tuple[Linked, ...]:
    """Return the other cases of a case's person that this member of staff may see, the newest first.

    Child and parent on one phone are two people. What the person took back is linked to nothing any more. Who may see
    the case itself has been asked before.
    """
    mine = (await unit.execute(select(cases.c.conversation_id, cases.c.role).where(cases.c.id == case_id))).one()
    same = (cases.c.conversation_id == mine.conversation_id) & (cases.c.role == mine.role)
    others = select(cases).where(same, cases.c.id != case_id, cases.c.state != "withdrawn")
    rows = (await unit.execute(others.order_by(cases.c.opened_at.desc()).limit(AT_MOST))).all()
    return tuple(
        [
            Linked(case_id=row.id, state=row.state, urgency=row.urgency, opened_at=row.opened_at, outcome=row.outcome)
            for row in rows
            if await queue.shows(unit, vault, staff, row)
        ]
    )
