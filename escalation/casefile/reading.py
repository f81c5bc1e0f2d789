"""Reading the case file: what every form says now, with what is known beforehand and what is quoted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from escalation import trail
from escalation.casefile.filling import Filled, load
from escalation.casefile.forms import NUMBERS, Form
from escalation.casefile.prefill import known_of, prefilled, when
from escalation.casefile.quotations import Quotation, quotations_of
from escalation.casefile.tables import filled
from escalation.cases import items_of
from escalation.glass.breaking import readable
from escalation.glass.grants import Grant
from escalation.permissions import Staff, may
from escalation.queue import QueueEntry, entry_of
from escalation.staff.accounts import names_of
from escalation.vital import opens_at_claim
from store import conversations
from store.database import Transaction
from store.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """The file of one case as one member of staff may see it."""

    entry: QueueEntry
    called: str | None  # the name that the child agreed to tell
    forms: Mapping[str, Filled]
    known: Mapping[str, str]
    quotations: tuple[Quotation, ...]
    names: Mapping[str, str]  # of staff, by id
    writable: bool
    lease: int  # of whoever holds the child
    child_at: datetime | None  # when the child wrote last
    opens_at_claim: bool  # its words are for whoever takes the child; nothing is shown before
    glass: Grant | None

    def shown(self, form: Form) -> dict[str, str]:
        """Return what stands in the fields of a form that nobody has written in."""
        return prefilled(form, self.known)

    def values(self, form: Form) -> dict[str, str]:
        """Return what every cell of a form says."""
        return self.forms[form.number].values(self.shown(form))

    def quoted(self, form: Form, field: str) -> tuple[Quotation, ...]:
        """Return the child's words that a field rests on."""
        return tuple(one for one in self.quotations if (one.form, one.field) == (form.number, field))


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptForm:
    """That a form of a case is kept and when it was saved: what its own person is told, without its words."""

    number: str
    saved_at: datetime
    signed: bool


async def kept_forms(unit: Transaction, case_id: str) -> tuple[KeptForm, ...]:
    """Return which forms of a case are kept; nothing is opened."""
    rows = (await unit.execute(select(filled).where(filled.c.case_id == case_id).order_by(filled.c.form))).all()
    return tuple(KeptForm(number=row.form, saved_at=row.saved_at, signed=row.signed_by is not None) for row in rows)


async def read_file(
    unit: Transaction, vault: Vault, staff: Staff, case_id: str, now: datetime, *, page: str, words: Mapping[str, Any]
) -> CaseFile:
    """Open the file of a case and write down who looked at which page of it. Raises NoSuchCase or NotAllowed.

    `words` are the desk's words in Vietnamese.
    """
    found = await look_again(unit, vault, staff, case_id, now, words=words)
    grant = {"grant": found.glass.id} if found.glass else {}
    await trail.record(
        unit,
        stream=trail.case_stream(case_id),
        actor=staff.id,
        action="case.viewed",
        at=now,
        detail={"case": case_id, "page": page} | grant,
    )
    return found


async def look_again(
    unit: Transaction, vault: Vault, staff: Staff, case_id: str, now: datetime, *, words: Mapping[str, Any]
) -> CaseFile:
    """Read the file once more for a page whose opening stands in the trail. Raises NoSuchCase or NotAllowed."""
    row, glass = await readable(unit, vault, staff, case_id, now)
    held = await conversations.read(unit, vault, row.conversation_id)
    items, names, closed = items_of(held, row), await names_of(unit), opens_at_claim(row)
    return CaseFile(
        entry=entry_of(row, items.get("area")),
        called=items.get("nickname"),
        forms={number: Filled() if closed else await load(unit, held, case_id, number) for number in NUMBERS},
        known=known_of(row, items, owner=names.get(row.owner_id, ""), opened=when(row.opened_at), words=words),
        quotations=() if closed else await quotations_of(unit, held, row),
        names=names,
        writable=may(staff, "casefile.write") and glass is None and not closed and row.state != "withdrawn",
        lease=row.lease,
        child_at=row.last_child_at,
        opens_at_claim=closed,
        glass=glass,
    )
