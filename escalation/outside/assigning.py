"""A system beside the desk gives a waiting child to a counsellor who is there; from then on all is as after a claim."""

from datetime import datetime

from escalation import queue
from escalation.errors import LeaseLost, NoSuchCase
from escalation.locks import hold_case
from escalation.outside.queue import QueueIsOurs, QueueOwner
from escalation.permissions import Staff, require
from escalation.shift import handover, load, picking
from escalation.shift.errors import HandsFull, NotThere
from escalation.shift.limits import Limits
from store.database import Transaction
from store.vault import Vault

_FULL = "That colleague is with as many children as their limit allows."


async def assign(
    unit: Transaction,
    vault: Vault,
    staff: Staff,
    case_id: str,
    *,
    to_id: str,
    owner: QueueOwner,
    limits: Limits,
    now: datetime,
) -> int:
    """Let a colleague claim a waiting child; returns the lease. The same assignment twice is one.

    It reads nothing of the child and needs no right to. Raises NotAllowed, NoSuchCase, QueueIsOurs, NotThere,
    HandsFull, or LeaseLost where somebody else has the child.
    """
    require(staff, "case.assign")
    row = await hold_case(unit, case_id)
    if row is None or not await queue.shows(unit, vault, staff, row):
        raise NoSuchCase
    if not owner.assigns:
        raise QueueIsOurs
    if (row.state, row.owner_id) == ("claimed", to_id):
        return int(row.lease)
    if row.state != "waiting":
        raise LeaseLost("The child is with somebody already, or waits no more.")
    present = await handover.present_for(unit, vault, staff, row, now)
    taker = next((one for one in present if one.id == to_id), None)
    if taker is None:
        raise NotThere
    if row.urgency != "emergency" and (await load.load_of(unit, taker.id, limits, now)).full:
        raise HandsFull(_FULL)
    lease = await queue.claim(unit, vault, taker, case_id, now)
    await queue.note(unit, staff, case_id, "case.assigned", now, to=taker.id)
    if not await picking.count(unit, taker, case_id, limits, now):
        raise HandsFull(_FULL)
    return lease
