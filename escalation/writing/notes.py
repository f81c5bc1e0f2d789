"""Notes beside the chat, for colleagues and never for the child; sealed, and erased with the case's words."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select

from escalation import queue
from escalation.errors import BadRequest, NoSuchCase, WrongState
from escalation.permissions import Staff, require
from escalation.tables import cases
from escalation.writing.tables import note
from store import conversations
from store.conversations import Conversation
from store.database import Transaction
from store.vault import Vault

MAX_NOTE_CHARACTERS = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One note: whose, when, which words."""

    number: int
    staff_id: str
    text: str
    at: datetime


async def add(unit: Transaction, vault: Vault, staff: Staff, case_id: str, text: str, now: datetime) -> None:
    """Write a note; the trail says who and when. Raises NotAllowed, NoSuchCase, BadRequest or WrongState."""
    require(staff, "case.note")
    words = text.strip()
    if not words or len(words) > MAX_NOTE_CHARACTERS:
        raise BadRequest(f"A note needs 1 to {MAX_NOTE_CHARACTERS} characters.")
    mine = cases.c.id == case_id
    conversation_id = (await unit.execute(select(cases.c.conversation_id).where(mine))).scalar_one_or_none()
    if conversation_id is None:
        raise NoSuchCase
    held = await conversations.lock(unit, vault, conversation_id)
    row = await queue.visible(unit, vault, staff, case_id)
    if row.state == "withdrawn":
        raise WrongState
    last = select(func.coalesce(func.max(note.c.number), 0)).where(note.c.case_id == case_id)
    number = int((await unit.execute(last)).scalar_one()) + 1
    await unit.execute(
        insert(note).values(
            case_id=case_id,
            number=number,
            conversation_id=conversation_id,
            staff_id=staff.id,
            body_sealed=held.sealer.seal(note_place(case_id, number), words),
            at=now,
        )
    )
    await queue.note(unit, staff, case_id, "case.noted", now, number=number)


async def of_case(unit: Transaction, held: Conversation, case_id: str) -> tuple[Note, ...]:
    """Open the notes of a case, oldest first; ask `queue.visible` before."""
    rows = (await unit.execute(select(note).where(note.c.case_id == case_id).order_by(note.c.number))).all()
    return tuple(
        Note(
            number=row.number,
            staff_id=row.staff_id,
            text=held.sealer.open(note_place(case_id, row.number), row.body_sealed),
            at=row.at,
        )
        for row in rows
    )


def note_place(case_id: str, number: int) -> str:
    """Return the place that a note is sealed for."""
    return f"note/{case_id}/{number}"
