"""Finds cases by what a role may see: role, area, the child's own wish, each asked of every case before it is shown."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, literal, select

from escalation import restrictions, trail
from escalation.cases import items_of
from escalation.directory.services import Directory
from escalation.permissions import Staff, in_area, require
from escalation.search.query import Query, same_name
from escalation.staff.accounts import staff_stream
from escalation.tables import cases
from store import conversations
from store.database import Transaction
from store.vault import Vault

MOST_SHOWN = 50
MOST_LOOKED_AT = 2000
_AT_ONCE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A case as a search shows it; no words of the child."""

    case_id: str
    state: str
    urgency: str
    harms: tuple[str, ...]
    subject: str
    band: str | None
    audience: str
    basis: str
    area: str | None
    owner_id: str | None
    opened_at: datetime
    closed_at: datetime | None
    outcome: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """What was found, newest first. `more`: there may be others, which a narrower search would show."""

    found: tuple[Hit, ...]
    more: bool


async def find(
    unit: Transaction, vault: Vault, directory: Directory, staff: Staff, query: Query, now: datetime
) -> Hits:
    """Return the cases that fit, and write into the trail what was asked for and what was shown. Raises NotAllowed."""
    require(staff, "case.search")
    hidden = await restrictions.hidden_from(unit, staff)
    found: list[Hit] = []
    more, looked_at = False, 0
    async for row in _rows(unit, query):
        if more := len(found) == MOST_SHOWN or looked_at == MOST_LOOKED_AT:
            break
        looked_at += 1
        items = {} if row.id in hidden else await _items(unit, vault, row)
        if row.id not in hidden and in_area(staff, items.get("area")) and _fits(directory, query, items):
            found.append(_hit(row, items.get("area")))
    detail = query.of_ours() | {"cases": [one.case_id for one in found]}
    stream = staff_stream(staff.id)
    await trail.record(unit, stream=stream, actor=staff.id, action="cases.searched", at=now, detail=detail)
    return Hits(found=tuple(found), more=more)


async def _rows(unit: Transaction, query: Query) -> AsyncIterator[Any]:
    """Give the cases that fit by what stands in clear, newest first, some at a time."""
    narrowed = _narrowed(query)
    last: Any = None
    while True:
        older = narrowed
        if last is not None:
            same_time = (cases.c.opened_at == last.opened_at) & (cases.c.id < last.id)
            older = older.where((cases.c.opened_at < last.opened_at) | same_time)
        rows = (await unit.execute(older.limit(_AT_ONCE))).all()
        for row in rows:
            yield row
        if len(rows) < _AT_ONCE:
            return
        last = rows[-1]


def _narrowed(query: Query) -> Select[Any]:
    statement = select(cases).order_by(cases.c.opened_at.desc(), cases.c.id.desc())
    if query.number:
        statement = statement.where(cases.c.id.startswith(query.number))
    if query.harm:
        listed = literal(" ").concat(cases.c.harms).concat(" ")
        statement = statement.where(listed.contains(f" {query.harm} ", autoescape=True))
    if query.urgency:
        statement = statement.where(cases.c.urgency == query.urgency)
    if query.state:
        statement = statement.where(cases.c.state == query.state)
    if query.owner:
        statement = statement.where(cases.c.owner_id == query.owner)
    if query.days.begin is not None:
        statement = statement.where(cases.c.opened_at >= query.days.begin)
    if query.days.end is not None:
        statement = statement.where(cases.c.opened_at < query.days.end)
    return statement


async def _items(unit: Transaction, vault: Vault, row: Any) -> dict[str, str]:
    if row.items_sealed is None:
        return {}
    return items_of(await conversations.read(unit, vault, row.conversation_id), row)


def _fits(directory: Directory, query: Query, items: dict[str, str]) -> bool:
    if query.nickname and not ("nickname" in items and same_name(query.nickname, items["nickname"])):
        return False
    return not query.province or directory.province_of(items.get("area", "")) == query.province


def _hit(row: Any, area: str | None) -> Hit:
    return Hit(
        case_id=row.id,
        state=row.state,
        urgency=row.urgency,
        harms=tuple(row.harms.split()),
        subject=row.subject,
        band=row.band,
        audience=row.audience,
        basis=row.basis,
        area=area,
        owner_id=row.owner_id,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        outcome=row.outcome,
    )
