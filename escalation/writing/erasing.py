"""When drafts and notes go: the one place where their rows are deleted for good."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select

from escalation.tables import cases
from escalation.writing.tables import draft, note
from store.database import Transaction

DRAFT_KEPT = timedelta(days=1)
"""A draft of whoever lost the child stays this long, so that its words can be taken up again."""


async def drafts_of_case(unit: Transaction, case_id: str, staff_id: str | None = None) -> None:
    """Erase one person's draft in a case, or everybody's: it was sent, or there is nobody to send it to."""
    mine = draft.c.case_id == case_id
    if staff_id is not None:
        mine &= draft.c.staff_id == staff_id
    await unit.execute(delete(draft).where(mine))


async def drafts_to_person(unit: Transaction, conversation_id: str, role: str) -> None:
    """Erase every draft to a person who erases everything."""
    theirs = select(cases.c.id).where(cases.c.conversation_id == conversation_id, cases.c.role == role)
    await unit.execute(delete(draft).where(draft.c.case_id.in_(theirs)))


async def old_drafts(unit: Transaction, now: datetime) -> int:
    """Erase drafts that nobody took up again; returns how many."""
    return (await unit.execute(delete(draft).where(draft.c.at < now - DRAFT_KEPT))).rowcount


async def notes_of_case(unit: Transaction, case_id: str) -> None:
    """Erase the notes of a case whose words go."""
    await unit.execute(delete(note).where(note.c.case_id == case_id))
