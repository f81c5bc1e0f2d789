"""The child's own words as the source of a field: a mark on a message, never a copy of it.

A quotation is read from the message each time, masked as the conversation is, and gone when the message is.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select

from escalation.casefile.errors import NoSuchForm, NotTheChildsWords
from escalation.casefile.filling import writable
from escalation.casefile.forms import Form
from escalation.casefile.noting import note
from escalation.casefile.tables import quotation
from escalation.cases import items_of
from escalation.contact import masked
from escalation.permissions import Staff
from escalation.tables import cases
from store import conversations
from store.conversations import Conversation, message_place
from store.database import Transaction
from store.ids import new_id
from store.tables import message
from store.vault import Vault

CHILD = "child"  # whoever the case is of: a parent's own words are marked the same


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotation:
    """Words of the child that a field rests on."""

    id: str
    form: str
    field: str
    text: str
    at: datetime  # when the child wrote them
    by_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One message of the child that may be quoted."""

    seq: int
    text: str
    at: datetime


async def said(unit: Transaction, held: Conversation, row: Any) -> tuple[Said, ...]:
    """Open what the child of a case row wrote, masked, oldest first."""
    items = items_of(held, row)
    mine = (message.c.case_id == row.id) & (message.c.author == CHILD) & message.c.body_sealed.is_not(None)
    lines = (await unit.execute(select(message).where(mine).order_by(message.c.seq))).all()
    found = (Said(seq=line.seq, text=_text(held, line, items), at=line.at) for line in lines)
    return tuple(each for each in found if each.text)


async def messages_of(unit: Transaction, vault: Vault, case_id: str) -> tuple[Said, ...]:
    """Open what the child of a case wrote; who may see the case has been asked before."""
    row = (await unit.execute(select(cases).where(cases.c.id == case_id))).one()
    return await said(unit, await conversations.read(unit, vault, row.conversation_id), row)


async def quotations_of(unit: Transaction, held: Conversation, row: Any) -> tuple[Quotation, ...]:
    """Open the quotations of a case row, in the order of the conversation; of an erased message nothing is left."""
    texts = {each.seq: each for each in await said(unit, held, row)}
    mine = quotation.c.case_id == row.id
    marks = (await unit.execute(select(quotation).where(mine).order_by(quotation.c.seq, quotation.c.first))).all()
    return tuple(
        Quotation(
            id=mark.id,
            form=mark.form,
            field=mark.field,
            text=texts[mark.seq].text[mark.first : mark.last],
            at=texts[mark.seq].at,
            by_id=mark.by_id,
        )
        for mark in marks
        if mark.seq in texts
    )


async def quote(
    unit: Transaction,
    vault: Vault,
    staff: Staff,
    case_id: str,
    form: Form,
    *,
    field: str,
    seq: int,
    words: str,
    now: datetime,
) -> None:
    """Mark words of a message as the source of a field; no words mean the whole message.

    Raises NotAllowed, NoSuchCase, WrongState, NoSuchForm, or NotTheChildsWords where they are not in that message.
    """
    if field not in {each.id for each in form.fields}:
        raise NoSuchForm
    held = await writable(unit, vault, staff, case_id)
    row = (await unit.execute(select(cases).where(cases.c.id == case_id))).one()
    text = next((each.text for each in await said(unit, held, row) if each.seq == seq), "")
    wanted = words.replace("\r\n", "\n").strip() or text
    first = text.find(wanted) if wanted else -1
    if first < 0:
        raise NotTheChildsWords
    await unit.execute(
        insert(quotation).values(
            id=new_id(),
            case_id=case_id,
            form=form.number,
            field=field,
            seq=seq,
            first=first,
            last=first + len(wanted),
            by_id=staff.id,
            at=now,
        )
    )
    await note(unit, staff, case_id, "file.quoted", now, form=form.number, field=field, seq=seq)


async def unquote(
    unit: Transaction, vault: Vault, staff: Staff, case_id: str, quotation_id: str, now: datetime
) -> None:
    """Take a mark away; one that is gone already is no mistake. Raises NotAllowed, NoSuchCase or WrongState."""
    await writable(unit, vault, staff, case_id)
    mine = (quotation.c.id == quotation_id) & (quotation.c.case_id == case_id)
    row = (
        await unit.execute(delete(quotation).where(mine).returning(quotation.c.form, quotation.c.field))
    ).one_or_none()
    if row is not None:
        await note(unit, staff, case_id, "file.unquoted", now, form=row.form, field=row.field)


def _text(held: Conversation, line: Any, items: dict[str, str]) -> str:
    body = held.sealer.open(message_place(line.seq), line.body_sealed)
    return masked(body["text"], body.get("masks", ()), items)
