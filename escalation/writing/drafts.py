"""Drafts: what was begun and not sent survives a reload, a lock and a restart, and is gone once it is sent.

Saving is no act towards the child, so it leaves no entry in the trail; sending does.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from escalation import queue
from escalation.cases import OPEN_STATES
from escalation.errors import BadRequest, LeaseLost, NoSuchCase
from escalation.permissions import Staff, require
from escalation.tables import cases, trail
from escalation.trail import case_stream
from escalation.writing.tables import draft
from store import conversations
from store.database import Transaction
from store.tables import inbox
from store.vault import Vault

MAX_DRAFT_CHARACTERS = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Words not yet sent, and when they were last changed."""

    text: str
    at: datetime


async def keep(
    unit: Transaction, vault: Vault, staff: Staff, case_id: str, *, message_id: str, text: str, now: datetime
) -> None:
    """Keep what is being written; empty words erase it, and a message that was sent already brings none back.

    Only who holds the child, or once held it, has one. Raises LeaseLost, NoSuchCase or BadRequest.
    """
    require(staff, "case.reply")
    if len(text) > MAX_DRAFT_CHARACTERS:
        raise BadRequest(f"A draft has at most {MAX_DRAFT_CHARACTERS} characters.")
    # The conversation before the case, as everywhere; locked, so that no erasure replaces its key meanwhile.
    held = await conversations.lock(unit, vault, await _conversation_of(unit, case_id))
    row = await queue.visible(unit, vault, staff, case_id)
    mine = (draft.c.case_id == case_id) & (draft.c.staff_id == staff.id)
    if row.state not in OPEN_STATES or not await _has_held(unit, staff, case_id):
        raise LeaseLost
    if not text.strip() or await _sent(unit, row.conversation_id, case_id, message_id):
        await unit.execute(delete(draft).where(mine))
        return
    values = {"body_sealed": held.sealer.seal(draft_place(case_id, staff.id), text), "at": now}
    changed = await unit.execute(update(draft).where(mine).values(**values))
    if changed.rowcount == 0:
        fresh = {"case_id": case_id, "staff_id": staff.id, "conversation_id": row.conversation_id}
        await unit.execute(insert(draft).values(**fresh, **values))


async def of(unit: Transaction, vault: Vault, staff: Staff, case_id: str) -> Draft | None:
    """Open this person's own draft; nobody else's is ever shown."""
    mine = (draft.c.case_id == case_id) & (draft.c.staff_id == staff.id)
    row = (await unit.execute(select(draft).where(mine))).one_or_none()
    if row is None:
        return None
    held = await conversations.read(unit, vault, row.conversation_id)
    return Draft(text=held.sealer.open(draft_place(case_id, staff.id), row.body_sealed), at=row.at)


def draft_place(case_id: str, staff_id: str) -> str:
    """Return the place that a draft is sealed for."""
    return f"draft/{case_id}/{staff_id}"


async def _conversation_of(unit: Transaction, case_id: str) -> str:
    found = (await unit.execute(select(cases.c.conversation_id).where(cases.c.id == case_id))).scalar_one_or_none()
    if found is None:
        raise NoSuchCase
    return str(found)


async def _has_held(unit: Transaction, staff: Staff, case_id: str) -> bool:
    claimed = (
        (trail.c.stream == case_stream(case_id)) & (trail.c.actor == staff.id) & (trail.c.action == "case.claimed")
    )
    return (await unit.execute(select(trail.c.number).where(claimed).limit(1))).one_or_none() is not None


async def _sent(unit: Transaction, conversation_id: str, case_id: str, message_id: str) -> bool:
    """Tell whether this very message went to the child: then a save that was on its way comes too late."""
    name = f"desk:{case_id}:said:{message_id}"
    same = (inbox.c.conversation_id == conversation_id) & (inbox.c.external_id == name)
    return (await unit.execute(select(inbox.c.seq).where(same))).one_or_none() is not None
