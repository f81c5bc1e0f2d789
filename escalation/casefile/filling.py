"""Filling a form: every save names the version it was made on, and two people's edits are merged, never lost.

What somebody typed into a field that another one changed meanwhile waits beside it, sealed, until somebody chooses.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from sqlalchemy import insert, select, update

from escalation import queue
from escalation.casefile.errors import BadValue, FormMoved
from escalation.casefile.forms import LONGEST_WHY, WHY, Form
from escalation.casefile.merging import merge
from escalation.casefile.noting import note
from escalation.casefile.places import change_place, form_place
from escalation.casefile.tables import change, filled
from escalation.errors import BadRequest, WrongState
from escalation.permissions import Staff, require
from escalation.vital import opens_at_claim
from store import conversations
from store.conversations import Conversation
from store.database import Transaction
from store.vault import Vault

Choice = Literal["theirs", "mine", "both"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One value as it stands: who wrote it, when, and at which version of the form."""

    value: str
    by_id: str
    at: datetime
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A value that waits for a choice, because another one was saved in its field first."""

    cell: str
    value: str
    by_id: str
    at: datetime

    @property
    def id(self) -> str:
        """Return its name in the merge view: one person has one waiting value in a field."""
        return f"{self.cell}:{self.by_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Who signed a form, when, and which version of it."""

    by_id: str
    at: datetime
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A form of a case as it stands; version 0 is one that nobody has written in."""

    version: int = 0
    cells: dict[str, Cell] = field(default_factory=dict)
    waiting: tuple[Waiting, ...] = ()
    saved_by: str | None = None
    saved_at: datetime | None = None
    signature: Signature | None = None

    @property
    def changed_since_signed(self) -> bool:
        """Tell whether a value was changed after the signature."""
        signed = self.signature
        return signed is not None and any(cell.version > signed.version for cell in self.cells.values())

    def values(self, known: Mapping[str, str]) -> dict[str, str]:
        """Return what every cell says: what was written, else what is `known`."""
        return dict(known) | {name: cell.value for name, cell in self.cells.items()}


async def load(unit: Transaction, held: Conversation, case_id: str, number: str) -> Filled:
    """Open a form of a case; who may see the case has been asked before."""
    mine = (filled.c.case_id == case_id) & (filled.c.form == number)
    row = (await unit.execute(select(filled).where(mine))).one_or_none()
    if row is None:
        return Filled()
    body = held.sealer.open(form_place(case_id, number), row.body_sealed)
    signed = row.signed_by is not None
    return Filled(
        version=row.version,
        cells={name: _cell(*parts) for name, parts in body["cells"].items()},
        waiting=tuple(
            Waiting(cell=cell, value=value, by_id=by_id, at=datetime.fromisoformat(at))
            for cell, value, by_id, at in body["waiting"]
        ),
        saved_by=row.saved_by,
        saved_at=row.saved_at,
        signature=Signature(by_id=row.signed_by, at=row.signed_at, version=row.signed_version) if signed else None,
    )


async def save(
    unit: Transaction,
    vault: Vault,
    staff: Staff,
    case_id: str,
    form: Form,
    *,
    version: int,
    sent: Mapping[str, str],
    shown: Mapping[str, str],
    now: datetime,
) -> Filled:
    """Save fields of a form that were edited on `version` of it; returns the form as it stands now.

    `shown` is what stood in fields that nobody had written in. Raises NotAllowed, NoSuchCase, WrongState or BadValue.
    """
    mine = checked(form, sent)
    held = await writable(unit, vault, staff, case_id)
    stands = await load(unit, held, case_id, form.number)
    if version > stands.version:
        raise BadRequest("There is no such version of the form yet.")
    before = await _at_version(unit, held, case_id, form.number, stands, version, mine)
    base = {name: shown.get(name, "") if value is None else value for name, value in before.items()}
    theirs = {name: stands.cells[name].value if name in stands.cells else shown.get(name, "") for name in mine}
    # Whose value already waits here goes on with that one: it must not push the other one out.
    own = {one.cell for one in stands.waiting if one.by_id == staff.id}
    merged = merge(base, theirs, {name: value for name, value in mine.items() if name not in own})
    # Nobody disagrees with themselves: of one's own words, sent while an earlier save was underway, the later hold.
    itself = {name: mine[name] for name in merged.contested if stands.cells[name].by_id == staff.id}
    late = {name: value for name, value in merged.contested.items() if name not in itself}
    late |= {name: mine[name] for name in own & set(mine) if mine[name] != theirs[name]}
    values = {name: value for name, value in merged.values.items() if value != theirs[name]} | itself
    waiting = _with(stands.waiting, [_waiting(name, value, staff, now) for name, value in late.items()])
    if not values and {(w.id, w.value) for w in waiting} == {(w.id, w.value) for w in stands.waiting}:
        return stands
    made = await write(unit, held, staff, case_id, form, stands, values, waiting, now)
    named = {"form": form.number, "version": made.version, "fields": sorted(values), "waiting": sorted(late)}
    await note(unit, staff, case_id, "file.saved", now, **named)
    return made


async def choose(
    unit: Transaction,
    vault: Vault,
    staff: Staff,
    case_id: str,
    form: Form,
    *,
    version: int,
    chosen: Mapping[str, Choice],
    now: datetime,
) -> Filled:
    """Settle waiting values: keep the saved one, take the waiting one, or, of a text, both.

    Raises NotAllowed, NoSuchCase, WrongState, BadValue, or FormMoved where a field changed since `version`: whoever
    chose has not seen what stands there now.
    """
    held = await writable(unit, vault, staff, case_id)
    stands = await load(unit, held, case_id, form.number)
    settled = [one for one in stands.waiting if one.id in chosen]
    values: dict[str, str] = {}
    for one in settled:
        saved = stands.cells.get(one.cell)
        if saved is not None and saved.version > version:
            raise FormMoved
        own = form.field_of(one.cell)
        other = values.get(one.cell, saved.value if saved is not None else "")
        if chosen[one.id] == "mine":
            values[one.cell] = one.value
        elif chosen[one.id] == "both" and own is not None and own.kind == "text":
            values[one.cell] = f"{other}\n{one.value}"
    if not settled:
        return stands
    checked(form, {name: value for name, value in values.items() if form.field_of(name) is not None})
    waiting = tuple(one for one in stands.waiting if one.id not in chosen)
    made = await write(unit, held, staff, case_id, form, stands, values, waiting, now)
    named = {"form": form.number, "version": made.version, "fields": sorted({one.cell for one in settled})}
    await note(unit, staff, case_id, "file.settled", now, **named)
    return made


async def writable(unit: Transaction, vault: Vault, staff: Staff, case_id: str) -> Conversation:
    """Hold a case whose file this person may write in. Raises NotAllowed, NoSuchCase or WrongState.

    A withdrawn one takes nothing more in; one whose words open at the claim is not written about before.
    """
    require(staff, "casefile.write")
    row = await queue.locked(unit, vault, staff, case_id)
    if row.state == "withdrawn" or opens_at_claim(row):
        raise WrongState
    # Locked, so that nothing is sealed under a key that an erasure replaces at this moment.
    return await conversations.lock(unit, vault, row.conversation_id)


def checked(form: Form, sent: Mapping[str, str]) -> dict[str, str]:
    """Return the values as they are kept; raises BadValue that names the field."""
    found = {}
    for name, value in sent.items():
        text = value.replace("\r\n", "\n").strip()
        own = form.field_of(name)
        if own is None:
            raise BadValue(f"Form {form.number} has no field {name!r:.60}.")
        longest = LONGEST_WHY if name.endswith(WHY) else own.longest
        if len(text) > longest:
            raise BadValue(f"{name}: at most {longest} characters.")
        if text and not name.endswith(WHY) and own.values is not None and text not in own.values:
            raise BadValue(f"{name}: one of {', '.join(own.values)}, or nothing.")
        found[name] = text
    return found


async def write(
    unit: Transaction,
    held: Conversation,
    staff: Staff,
    case_id: str,
    form: Form,
    stands: Filled,
    values: Mapping[str, str],
    waiting: tuple[Waiting, ...],
    now: datetime,
) -> Filled:
    """Write a next version of a form that is held, and keep what it replaced."""
    version, number = stands.version + 1, form.number
    fresh = {name: Cell(value=value, by_id=staff.id, at=now, version=version) for name, value in values.items()}
    replaced = {name: stands.cells[name].value if name in stands.cells else None for name in values}
    made = replace(
        stands, version=version, cells=stands.cells | fresh, waiting=waiting, saved_by=staff.id, saved_at=now
    )
    key = {"case_id": case_id, "form": number}
    body = {"version": version, "body_sealed": _sealed(held, case_id, number, made), "saved_by": staff.id}
    mine = (filled.c.case_id == case_id) & (filled.c.form == number)
    changed = await unit.execute(update(filled).where(mine).values(**body, saved_at=now))
    if changed.rowcount == 0:
        await unit.execute(insert(filled).values(**key, conversation_id=held.id, **body, saved_at=now))
    before = held.sealer.seal(change_place(case_id, number, version), replaced)
    await unit.execute(
        insert(change).values(
            **key, version=version, conversation_id=held.id, before_sealed=before, by_id=staff.id, at=now
        )
    )
    return made


async def _at_version(
    unit: Transaction,
    held: Conversation,
    case_id: str,
    number: str,
    stands: Filled,
    version: int,
    names: Iterable[str],
) -> dict[str, str | None]:
    """Return what some cells said at a version; None for one that nobody had written in."""
    found = {name: stands.cells[name].value if name in stands.cells else None for name in names}
    if all(stands.cells[name].version <= version for name in found if name in stands.cells):
        return found
    mine = (change.c.case_id == case_id) & (change.c.form == number) & (change.c.version > version)
    for row in (await unit.execute(select(change).where(mine).order_by(change.c.version.desc()))).all():
        replaced = held.sealer.open(change_place(case_id, number, row.version), row.before_sealed)
        found |= {name: value for name, value in replaced.items() if name in found}
    return found


def _sealed(held: Conversation, case_id: str, number: str, made: Filled) -> bytes:
    body = {
        "cells": {name: [c.value, c.by_id, c.at.isoformat(), c.version] for name, c in made.cells.items()},
        "waiting": [[w.cell, w.value, w.by_id, w.at.isoformat()] for w in made.waiting],
    }
    return held.sealer.seal(form_place(case_id, number), body)


def _cell(value: str, by_id: str, at: str, version: int) -> Cell:
    return Cell(value=value, by_id=by_id, at=datetime.fromisoformat(at), version=version)


def _waiting(name: str, value: str, staff: Staff, now: datetime) -> Waiting:
    return Waiting(cell=name, value=value, by_id=staff.id, at=now)


def _with(waiting: Iterable[Waiting], late: Iterable[Waiting]) -> tuple[Waiting, ...]:
    return tuple(({one.id: one for one in waiting} | {one.id: one for one in late}).values())
