"""A paper leaves the desk: an act with a reason. The reason is sealed, the act stands in the trail."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import insert, select

from escalation import queue
from escalation.casefile.noting import note
from escalation.casefile.places import export_place
from escalation.casefile.tables import export
from escalation.errors import BadRequest, WrongState
from escalation.permissions import Staff, require
from escalation.vital import opens_at_claim
from store import conversations
from store.database import Transaction
from store.ids import new_id
from store.vault import Vault

Format = Literal["docx", "pdf"]
MAX_REASON_CHARACTERS = 500


class NoReasonForExport(BadRequest):
    """The reason for a paper is missing or too long."""

    message = f"A reason needs 1 to {MAX_REASON_CHARACTERS} characters."


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One paper that left the desk; the reason is for supervisors, and goes with the words of the case."""

    what: str
    format: str
    by_id: str
    at: datetime
    reason: str | None


async def papers_of(unit: Transaction, vault: Vault, case_id: str, *, reasons: bool) -> tuple[Paper, ...]:
    """Return what was taken out of a case's file, newest first; who may see the case has been asked before."""
    mine = select(export).where(export.c.case_id == case_id).order_by(export.c.at.desc())
    rows = (await unit.execute(mine)).all()
    held = await conversations.read(unit, vault, rows[0].conversation_id) if rows and reasons else None
    return tuple(
        Paper(
            what=row.what,
            format=row.format,
            by_id=row.by_id,
            at=row.at,
            reason=held.sealer.open(export_place(row.id), row.reason_sealed) if held and row.reason_sealed else None,
        )
        for row in rows
    )


async def note_export(
    unit: Transaction, vault: Vault, staff: Staff, case_id: str, *, what: str, kind: Format, reason: str, now: datetime
) -> None:
    """Write down that a form, or `all` of the file, is taken out; the caller has asked for a fresh code.

    Raises NotAllowed, NoSuchCase, NoReasonForExport, or WrongState where the words are not open yet.
    """
    require(staff, "casefile.export")
    words = reason.strip()
    if not 1 <= len(words) <= MAX_REASON_CHARACTERS:
        raise NoReasonForExport
    row = await queue.locked(unit, vault, staff, case_id)
    if opens_at_claim(row):
        raise WrongState
    # Locked, so that the reason is not sealed under a key that an erasure replaces at this moment.
    held = await conversations.lock(unit, vault, row.conversation_id)
    export_id = new_id()
    await unit.execute(
        insert(export).values(
            id=export_id,
            case_id=case_id,
            conversation_id=held.id,
            what=what,
            format=kind,
            reason_sealed=held.sealer.seal(export_place(export_id), words),
            by_id=staff.id,
            at=now,
        )
    )
    await note(unit, staff, case_id, "file.exported", now, what=what, format=kind, export=export_id)
