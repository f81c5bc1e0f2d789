"""What staff write about a case and the child never sees: sealed, read by who may see the case, erased with it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import delete, exists, insert, or_, select

from escalation.errors import BadRequest
from escalation.permissions import Staff
from escalation.shift.tables import handover, shift_note
from store import conversations
from store.conversations import Conversation
from store.database import Transaction
from store.ids import new_id
from store.vault import Vault

MAX_NOTE_CHARACTERS = 1000
Kind = Literal["whisper", "pick"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One note, opened."""

    by_id: str
    text: str
    at: datetime


def checked(text: str, *, needed: bool = False) -> str:
    """Return the words without space around them; raises BadRequest where they are too long, or needed and missing."""
    words = text.strip()
    if len(words) > MAX_NOTE_CHARACTERS or (needed and not words):
        raise BadRequest(f"A note needs {1 if needed else 0} to {MAX_NOTE_CHARACTERS} characters.")
    return words


async def write(
    unit: Transaction, vault: Vault, staff: Staff, row: Any, *, kind: Kind, text: str, to_id: str | None, now: datetime
) -> None:
    """Seal a note about the case of a row that is held."""
    held = await conversations.lock(unit, vault, row.conversation_id)
    note_id = new_id()
    await unit.execute(
        insert(shift_note).values(
            id=note_id,
            case_id=row.id,
            conversation_id=row.conversation_id,
            kind=kind,
            by_id=staff.id,
            to_id=to_id,
            body_sealed=held.sealer.seal(shift_note_place(note_id), text),
            at=now,
        )
    )


async def whispers(unit: Transaction, held: Conversation, case_id: str, staff_id: str) -> tuple[Note, ...]:
    """Return what was whispered in a case to this person or by them, oldest first; nobody else reads it."""
    theirs = or_(shift_note.c.to_id == staff_id, shift_note.c.by_id == staff_id)
    return await _notes(unit, held, case_id, shift_note.c.kind == "whisper", theirs)


async def picks(unit: Transaction, held: Conversation, case_id: str) -> tuple[Note, ...]:
    """Return what was written beside picking this child before its turn, oldest first; for supervisors."""
    return await _notes(unit, held, case_id, shift_note.c.kind == "pick")


async def _notes(unit: Transaction, held: Conversation, case_id: str, *conditions: Any) -> tuple[Note, ...]:
    mine = select(shift_note).where(shift_note.c.case_id == case_id, *conditions).order_by(shift_note.c.at)
    rows = (await unit.execute(mine)).all()
    return tuple(
        Note(by_id=row.by_id, text=held.sealer.open(shift_note_place(row.id), row.body_sealed), at=row.at)
        for row in rows
    )


async def forget(unit: Transaction, case_id: str) -> None:
    """Erase what staff wrote about a case; that there was a hand-over stays, without words."""
    await unit.execute(delete(shift_note).where(shift_note.c.case_id == case_id))
    await unit.execute(handover.update().where(handover.c.case_id == case_id).values(note_sealed=None))


def kept_of(case_id: Any) -> Any:
    """Return the condition that words of staff about a case are kept."""
    note = exists().where(shift_note.c.case_id == case_id)
    return or_(note, exists().where(handover.c.case_id == case_id, handover.c.note_sealed.is_not(None)))


def shift_note_place(note_id: str) -> str:
    """Return the place that a note is sealed for."""
    return f"shift_note/{note_id}"


def handover_place(handover_id: str) -> str:
    """Return the place that a hand-over's note is sealed for."""
    return f"handover/{handover_id}"
