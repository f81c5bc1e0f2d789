"""The shift board: who is on, what each one carries, what waits too long. Counts and names of staff, no child."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import or_, select

from escalation import queue
from escalation.permissions import Staff, require, shares_area
from escalation.queue import QueueEntry
from escalation.shift import lobby
from escalation.shift.limits import Limits
from escalation.shift.load import CLAIMERS, Load, loads
from escalation.staff.accounts import staff_of
from escalation.tables import cases, presence
from escalation.tables import staff as staff_table
from store.database import Transaction
from store.vault import Vault

Here = Literal["ready", "resting", "away"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One member of staff on the board. `away`: they hold a child, but are not ready for another."""

    staff_id: str
    name: str
    role: str
    here: Here
    load: Load


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftBoard:
    """The shift now; two equal ones look the same but for the clocks."""

    people: tuple[Person, ...]
    free: int  # who is ready and has a place for one more child
    waiting: tuple[QueueEntry, ...]
    going: tuple[QueueEntry, ...]
    longest_since: datetime | None
    soon: int  # children who wait for their first answer and have waited two thirds of the target
    late: int
    lobby: tuple[lobby.Count, ...]


async def shift_board(unit: Transaction, vault: Vault, staff: Staff, limits: Limits, now: datetime) -> ShiftBoard:
    """Return the shift as this supervisor may see it."""
    require(staff, "shift.view")
    entries = await queue.entries(unit, vault, staff, now)
    waiting = tuple(entry for entry in entries if entry.state == "waiting")
    people = await _people(unit, staff, limits, now)
    return ShiftBoard(
        people=people,
        free=sum(one.here == "ready" and not one.load.full for one in people),
        waiting=waiting,
        going=tuple(entry for entry in entries if entry.state == "claimed"),
        longest_since=min((entry.waiting_since for entry in waiting), default=None),
        soon=sum(entry.standing == "soon" for entry in entries),
        late=sum(entry.standing == "late" for entry in entries),
        lobby=await lobby.counts(unit, staff, now),
    )


async def _people(unit: Transaction, staff: Staff, limits: Limits, now: datetime) -> tuple[Person, ...]:
    """Return everybody of this supervisor's area who is at the desk, rests, or holds a child."""
    ready = set((await unit.execute(select(presence.c.staff_id).where(presence.c.until > now))).scalars())
    holding = set((await unit.execute(select(cases.c.owner_id).where(cases.c.state == "claimed"))).scalars())
    known = staff_table.c.active.is_(True) & staff_table.c.role.in_(CLAIMERS)
    rows = (await unit.execute(select(staff_table).where(or_(known, staff_table.c.id.in_(holding))))).all()
    members = [one for one in map(staff_of, rows) if shares_area(staff, one)]
    carried = await loads(unit, limits, now, *(one.id for one in members))
    found = [
        Person(
            staff_id=one.id,
            name=one.display_name,
            role=one.role,
            here="resting" if carried[one.id].resting else "ready" if one.id in ready else "away",
            load=carried[one.id],
        )
        for one in members
        if one.id in ready or one.id in holding or carried[one.id].resting
    ]
    return tuple(sorted(found, key=lambda one: (one.here == "away", one.name)))
