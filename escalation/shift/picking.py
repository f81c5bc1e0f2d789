"""Who takes whom: the next by the queue and by what one carries, or another child for a reason that is written down."""

from datetime import datetime
from typing import Any, Literal, get_args

from sqlalchemy import select

from escalation import queue, trail
from escalation.errors import LeaseLost
from escalation.outside.queue import OUR_DESK, QueueElsewhere, QueueOwner, is_elsewhere
from escalation.permissions import Staff, may, require
from escalation.queue import QueueEntry
from escalation.shift import load, notes
from escalation.shift.errors import HandsFull, ReasonForPicking
from escalation.shift.limits import Limits, eased
from escalation.tables import cases
from escalation.tables import trail as trail_table
from escalation.wishes import CLAIMED
from store.database import Transaction
from store.vault import Vault

PickReason = Literal["knows_child", "area", "language", "skill", "asked", "other"]
PICK_REASONS: tuple[PickReason, ...] = get_args(PickReason)


async def take_next(
    unit: Transaction, vault: Vault, staff: Staff, limits: Limits, now: datetime, owner: QueueOwner = OUR_DESK
) -> tuple[str, int] | None:
    """Claim the next child for this person; returns case and lease, or None when nobody waits.

    Raises HandsFull where they have as many as they may have and nobody waits in danger, QueueElsewhere where
    another system gives out all who wait.
    """
    require(staff, "case.claim")
    waiting = await order_for(unit, vault, staff, limits, now)
    order = tuple(entry for entry in waiting if not is_elsewhere(owner, entry, now))
    if waiting and not order:
        raise QueueElsewhere
    if (await load.load_of(unit, staff.id, limits, now)).full:
        order = tuple(entry for entry in order if entry.urgency == "emergency")
        if not order:
            raise HandsFull
    taken = await queue.take_first(unit, vault, staff, order, now)
    if taken is not None and not await count(unit, staff, taken[0], limits, now):
        raise HandsFull
    return taken


async def order_for(
    unit: Transaction, vault: Vault, staff: Staff, limits: Limits, now: datetime
) -> tuple[QueueEntry, ...]:
    """Return the waiting children in the order in which this person would be given them."""
    waiting = tuple(entry for entry in await queue.entries(unit, vault, staff, now) if entry.state == "waiting")
    carried = await load.load_of(unit, staff.id, limits, now)
    if carried.grave_in_row < limits.grave_in_row:
        return waiting
    others = await load.free_now(unit, limits, now) - {staff.id}
    return eased(waiting, others_free=bool(others))


async def pick(
    unit: Transaction,
    vault: Vault,
    staff: Staff,
    case_id: str,
    *,
    reason: str,
    words: str,
    limits: Limits,
    now: datetime,
    owner: QueueOwner = OUR_DESK,
) -> int:
    """Claim this one child; returns the lease.

    No reason is asked of who takes the first, or goes on with a child that was theirs last. Raises ReasonForPicking,
    BadRequest, NoSuchCase, LeaseLost or QueueElsewhere.
    """
    require(staff, "case.claim")
    text = notes.checked(words)
    why = next((known for known in PICK_REASONS if known == reason), None)
    row = await queue.locked(unit, vault, staff, case_id)
    if row.state != "waiting":
        raise LeaseLost("Another counsellor has already taken this child.")
    if is_elsewhere(owner, row, now):
        raise QueueElsewhere
    if why is None and await needs_reason(unit, vault, staff, case_id, limits, now, owner):
        raise ReasonForPicking
    lease = await queue.claim(unit, vault, staff, case_id, now)
    if why is not None:
        await queue.note(unit, staff, case_id, "case.picked", now, reason=why)
        if text:
            await notes.write(unit, vault, staff, row, kind="pick", text=text, to_id=None, now=now)
    await count(unit, staff, case_id, limits, now)
    return lease


async def needs_reason(
    unit: Transaction,
    vault: Vault,
    staff: Staff,
    case_id: str,
    limits: Limits,
    now: datetime,
    owner: QueueOwner = OUR_DESK,
) -> bool:
    """Tell whether taking this child goes past somebody who waits with more right, or past one's own limit."""
    if not may(staff, "case.claim") or await _was_theirs(unit, staff, case_id):
        return False
    waiting = [entry for entry in await queue.entries(unit, vault, staff, now) if entry.state == "waiting"]
    waiting = [entry for entry in waiting if not is_elsewhere(owner, entry, now)]
    chosen = next((entry for entry in waiting if entry.case_id == case_id), None)
    if chosen is None:
        return False  # another was quicker: that is told at the claim
    if chosen.urgency != "emergency" and (await load.load_of(unit, staff.id, limits, now)).full:
        return True
    order = [one for one in await order_for(unit, vault, staff, limits, now) if not is_elsewhere(owner, one, now)]
    return case_id not in {waiting[0].case_id, order[0].case_id}


async def _was_theirs(unit: Transaction, staff: Staff, case_id: str) -> bool:
    last = _claims(case_id).order_by(trail_table.c.number.desc()).limit(1)
    return (await unit.execute(last)).scalar_one_or_none() == staff.id


def _claims(case_id: str) -> Any:
    claims = (trail_table.c.stream == trail.case_stream(case_id)) & (trail_table.c.action == CLAIMED)
    return select(trail_table.c.actor).where(claims)


async def count(unit: Transaction, staff: Staff, case_id: str, limits: Limits, now: datetime) -> bool:
    """Count a child that was just claimed; returns False where a claim in another tab was quicker and hands are full.

    A child that comes back to the same person is no new contact.
    """
    row: Any = (await unit.execute(select(cases).where(cases.c.id == case_id))).one()
    before = list((await unit.execute(_claims(case_id))).scalars())[:-1]
    carried = await load.take_on(unit, staff, row, limits, now, new=staff.id not in before)
    return row.urgency == "emergency" or carried.children <= carried.most
