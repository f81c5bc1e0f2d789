"""Reading the trail: who holds the whole of it, and who only that of their own area, entry by entry.

Who supervises reads the streams of the cases, complaints and staff that their area and the children's wishes show them;
of what concerns them in a complaint they find nothing. Who audits reads ids and words of ours, and no child's area.
"""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from escalation import complaints, queue, trail
from escalation.audit.filters import Cursor, Filter, rows_of
from escalation.denials import DENIED
from escalation.permissions import Staff, may, require, shares_area
from escalation.staff.accounts import staff_of, staff_stream
from escalation.tables import cases
from escalation.tables import staff as staff_table
from store.database import Transaction
from store.vault import Vault

PAGE = 50
MOST_EXPORTED = 20_000
_MOST_LOOKED_AT = 2000  # for one page; the next one goes on from there
_AT_ONCE = 500
_NAME_CASES = frozenset({"cases", "freed"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of the trail."""

    at: datetime
    stream: str
    number: int
    actor: str
    action: str
    detail: dict[str, Any]
    hash: str

    @property
    def kind(self) -> str:
        """Return whether it stands in the stream of a case, a complaint (plaint), staff or the system."""
        return self.stream.partition(":")[0]

    @property
    def subject(self) -> str:
        """Return whose stream it stands in: an id, or nothing for the system."""
        return self.stream.partition(":")[2]

    @property
    def case_id(self) -> str | None:
        """Return the case whose stream it stands in."""
        return self.subject if self.kind == "case" else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One page of the trail. `older` is where the next one begins, None at the end."""

    entries: tuple[Entry, ...]
    older: Cursor | None
    broken: tuple[trail.BrokenLink, ...]  # among the chains that this page shows


async def leaf(
    unit: Transaction, vault: Vault, staff: Staff, asked: Filter, before: Cursor | None, now: datetime
) -> Leaf:
    """Return a page of the trail, newest first, with its chains checked; the look goes into it. Raises NotAllowed."""
    require(staff, "trail.view")
    sight, found, older, looked_at = _Sight(unit, vault, staff), [], None, 0
    async for entry in _entries(unit, asked, before):
        looked_at += 1
        if await sight.shows(entry.stream):
            found.append(sight.cut(entry))
        if len(found) == PAGE or looked_at == _MOST_LOOKED_AT:
            older = Cursor(at=entry.at, stream=entry.stream, number=entry.number)
            break
    _, broken = await trail.verify(unit, sorted({entry.stream for entry in found}))
    await _note(unit, staff, "trail.viewed", now, asked.of_ours())
    return Leaf(entries=tuple(found), older=older, broken=broken)


async def export(unit: Transaction, vault: Vault, staff: Staff, asked: Filter, now: datetime) -> tuple[Entry, ...]:
    """Return what fits, newest first, at most MOST_EXPORTED; that it was taken goes into the trail.

    The caller has asked for a fresh code. Raises NotAllowed.
    """
    require(staff, "trail.export")
    sight, found = _Sight(unit, vault, staff), []
    async for entry in _entries(unit, asked, None):
        if await sight.shows(entry.stream):
            found.append(sight.cut(entry))
        if len(found) == MOST_EXPORTED:
            break
    await _note(unit, staff, "trail.exported", now, asked.of_ours() | {"count": len(found)})
    return tuple(found)


async def check(unit: Transaction, staff: Staff, now: datetime) -> tuple[int, tuple[trail.BrokenLink, ...]]:
    """Walk every chain there is; returns how many entries and the first broken link of each. Raises NotAllowed."""
    require(staff, "trail.view")
    total, broken = await trail.verify(unit)
    await _note(unit, staff, "trail.verified", now, {"count": total, "broken": len(broken)})
    return total, broken


@dataclass(slots=True)
class _Sight:
    """Which streams one person may read; each is asked about once."""

    unit: Transaction
    vault: Vault
    staff: Staff
    _known: dict[str, bool] = field(default_factory=dict)

    async def shows(self, stream: str) -> bool:
        if may(self.staff, "trail.whole"):
            return True
        if stream not in self._known:
            self._known[stream] = await self._asked(stream)
        return self._known[stream]

    def cut(self, entry: Entry) -> Entry:
        """Leave the cases out that a colleague's stream names: some may lie in another area. Their count stays."""
        if may(self.staff, "trail.whole") or entry.case_id is not None:
            return entry
        named = {name: len(value) for name, value in entry.detail.items() if name in _NAME_CASES}
        kept = {name: value for name, value in entry.detail.items() if entry.action != DENIED or name != "id"}
        return replace(entry, detail=kept | named)

    async def _asked(self, stream: str) -> bool:
        kind, _, subject = stream.partition(":")
        if kind == "case":
            row = (await self.unit.execute(select(cases).where(cases.c.id == subject))).one_or_none()
            return row is not None and await queue.shows(self.unit, self.vault, self.staff, row)
        if kind == "plaint":
            mine = may(self.staff, "complaint.read")
            return mine and await complaints.may_read(self.unit, self.vault, self.staff, subject)
        if kind == "staff":
            row = (await self.unit.execute(select(staff_table).where(staff_table.c.id == subject))).one_or_none()
            return row is not None and shares_area(self.staff, staff_of(row))
        return False


async def _entries(unit: Transaction, asked: Filter, before: Cursor | None) -> AsyncIterator[Entry]:
    last = before
    while True:
        rows = (await unit.execute(rows_of(asked, last).limit(_AT_ONCE))).all()
        for row in rows:
            yield _entry(row)
        if len(rows) < _AT_ONCE:
            return
        last = Cursor(at=rows[-1].at, stream=rows[-1].stream, number=rows[-1].number)


def _entry(row: Any) -> Entry:
    return Entry(
        at=row.at,
        stream=row.stream,
        number=row.number,
        actor=row.actor,
        action=row.action,
        detail=json.loads(row.detail),
        hash=row.hash,
    )


async def _note(unit: Transaction, staff: Staff, action: str, now: datetime, detail: dict[str, Any]) -> None:
    stream = staff_stream(staff.id)
    await trail.record(unit, stream=stream, actor=staff.id, action=action, at=now, detail=detail)
