"""What each member of staff carries now: children, grave contacts in a row, a break. Never a mark against anybody."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from escalation import restrictions, trail
from escalation.errors import BadRequest
from escalation.permissions import POLICY, Staff, require
from escalation.queue import mark_present
from escalation.shift.limits import MOST_CHILDREN, Limits, is_grave
from escalation.shift.tables import load
from escalation.staff.accounts import staff_stream
from escalation.tables import cases, presence
from escalation.tables import staff as staff_table
from store.database import Transaction
from store.signals import QUEUE

CLAIMERS = tuple(role for role, actions in POLICY.items() if "case.claim" in actions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What one person carries now."""

    children: int
    most: int  # how many children at once are theirs at most
    grave_in_row: int
    break_until: datetime | None  # set while they rest
    rest_is_due: bool

    @property
    def full(self) -> bool:
        """Tell whether they have as many children as they may have."""
        return self.children >= self.most

    @property
    def resting(self) -> bool:
        """Tell whether they are on a break."""
        return self.break_until is not None


async def load_of(unit: Transaction, staff_id: str, limits: Limits, now: datetime) -> Load:
    """Return what one person carries."""
    return (await loads(unit, limits, now, staff_id))[staff_id]


async def loads(unit: Transaction, limits: Limits, now: datetime, *staff_ids: str) -> dict[str, Load]:
    """Return what each of these carries."""
    held = (
        select(cases.c.owner_id, func.count().label("children"))
        .where(cases.c.state == "claimed", cases.c.owner_id.in_(staff_ids))
        .group_by(cases.c.owner_id)
    )
    children = {row.owner_id: row.children for row in await unit.execute(held)}
    known = {row.staff_id: row for row in await unit.execute(select(load).where(load.c.staff_id.in_(staff_ids)))}
    return {one: _load(known.get(one), children.get(one, 0), limits, now) for one in staff_ids}


def _load(row: Any, children: int, limits: Limits, now: datetime) -> Load:
    if row is None:
        return Load(
            children=children, most=limits.children_at_once, grave_in_row=0, break_until=None, rest_is_due=False
        )
    rested = row.break_until is not None and row.break_until <= now
    grave = 0 if rested else row.grave_in_row
    return Load(
        children=children,
        most=row.children_at_once or limits.children_at_once,
        grave_in_row=grave,
        break_until=None if rested else row.break_until,
        rest_is_due=grave >= limits.grave_in_row and row.break_until is None,
    )


async def take_on(
    unit: Transaction, staff: Staff, row: Any, limits: Limits, now: datetime, *, new: bool = True
) -> Load:
    """Count a case row that this person has just claimed; their other claims wait until this one is committed."""
    await _ensure(unit, staff.id)
    mine = load.c.staff_id == staff.id
    before = (await unit.execute(select(load).where(mine).with_for_update())).one()
    grave = 0 if before.break_until is not None and before.break_until <= now else before.grave_in_row
    if new:
        grave = grave + 1 if is_grave(row.urgency, row.harms.split()) else 0
    ended = {"break_since": None, "break_until": None}  # whoever takes a child rests no longer
    await unit.execute(update(load).where(mine).values(grave_in_row=grave, **ended))
    return await load_of(unit, staff.id, limits, now)


async def begin_break(unit: Transaction, staff: Staff, limits: Limits, now: datetime) -> None:
    """Rest: one press, no question asked. The children in hand stay; no new one comes."""
    require(staff, "queue.view")
    await _ensure(unit, staff.id)
    values = {"break_since": now, "break_until": now + limits.rest}
    await unit.execute(update(load).where(load.c.staff_id == staff.id).values(**values))
    await mark_present(unit, staff, now, on=False)
    await trail.record(unit, stream=staff_stream(staff.id), actor=staff.id, action="staff.break", at=now)
    unit.signal(QUEUE)


async def end_break(unit: Transaction, staff: Staff, now: datetime) -> None:
    """Be back. A break that lasted its time lets what was carried begin anew; a shorter one is proposed again."""
    mine = load.c.staff_id == staff.id
    over = update(load).where(mine, load.c.break_until <= now).values(grave_in_row=0)
    await unit.execute(over)
    await unit.execute(update(load).where(mine).values(break_since=None, break_until=None))


async def set_limit(unit: Transaction, staff: Staff, staff_id: str, children_at_once: int, now: datetime) -> None:
    """Give one member of staff a limit of their own. Raises NotAllowed or BadRequest."""
    require(staff, "shift.manage")
    if not 1 <= children_at_once <= MOST_CHILDREN:
        raise BadRequest(f"The limit is a number from 1 to {MOST_CHILDREN}.")
    known = select(staff_table.c.id).where(staff_table.c.id == staff_id, staff_table.c.active.is_(True))
    if (await unit.execute(known)).one_or_none() is None:
        raise BadRequest("There is no such account.")
    await _ensure(unit, staff_id)
    await unit.execute(update(load).where(load.c.staff_id == staff_id).values(children_at_once=children_at_once))
    await trail.record(
        unit,
        stream=staff_stream(staff_id),
        actor=staff.id,
        action="staff.limit_set",
        at=now,
        detail={"id": staff_id, "children": children_at_once},
    )
    unit.signal(QUEUE)


async def free_now(unit: Transaction, limits: Limits, now: datetime, case_id: str = "") -> frozenset[str]:
    """Return who is at the desk, does not rest, and has a place for one more child (for this one, if it is named)."""
    kept_away = {one.staff_id for one in await restrictions.of_case(unit, case_id)}
    here = (
        select(presence.c.staff_id)
        .join(staff_table, staff_table.c.id == presence.c.staff_id)
        .where(presence.c.until > now, staff_table.c.active.is_(True), staff_table.c.role.in_(CLAIMERS))
    )
    present = [one for one in (await unit.execute(here)).scalars() if one not in kept_away]
    carried = await loads(unit, limits, now, *present)
    return frozenset(one for one in present if not carried[one].full and not carried[one].resting)


async def _ensure(unit: Transaction, staff_id: str) -> None:
    statement: Any = (sqlite_insert if unit.is_sqlite else postgres_insert)(load)
    await unit.execute(statement.values(staff_id=staff_id, grave_in_row=0).on_conflict_do_nothing())
