"""What the hotline owes a child when its own people are slow or gone: never silent. Called about once a second.

- A lease that ended: the case goes to the front and the child is told.
- No first reply by the target: the supervisor is alerted and the case goes to the front; with it a child that a
  system beside the desk gave to nobody comes back to our own queue.
- A deadline of the law or a task of staff that passed: the supervisor is alerted, once.
- No second signature in time under a case opened without a yes: the supervisor is alerted, once.
- A step of a referral that is late: the desk is alerted, once.
- After a first reply, silence longer than the target since the child's last message: numbers to the child, supervisor
  alerted, the owner stays.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from escalation import queue, signing
from escalation.cases import raise_alert
from escalation.locks import hold_case
from escalation.outside.announcing import announce
from escalation.outside.queue import OUR_DESK, QueueOwner
from escalation.priority import TARGETS
from escalation.referrals import overdue as late_referrals
from escalation.tables import cases
from escalation.tasks import alarms
from escalation.tasks.calendar import WorkCalendar
from store.database import Database, Transaction
from store.vault import Vault

_NO_CHANGES = WorkCalendar()


async def sweep(
    database: Database,
    vault: Vault,
    now: datetime,
    calendar: WorkCalendar = _NO_CHANGES,
    owner: QueueOwner = OUR_DESK,
) -> int:
    """Act on every overdue case, each in a unit of work of its own; returns how many there were.

    `calendar` has the days off and the make-up days of this deployment, `owner` is who gives out waiting children.
    """
    async with database.reading() as unit:
        rows = (await unit.execute(select(cases).where(cases.c.state.in_(("waiting", "claimed"))))).all()
        unsigned = await signing.late(unit, now)
        referrals = await late_referrals.late(unit, now)
    overdue = [row.id for row in rows if what_is_due(row, now) is not None]
    for case_id in overdue:
        async with database.transaction() as unit:
            await _act(unit, vault, case_id, owner, now)
    for case_id in unsigned:
        async with database.transaction() as unit:
            await signing.remind(unit, case_id, now)
    for case_id, referral_id in referrals:
        async with database.transaction() as unit:
            await late_referrals.remind(unit, case_id, referral_id, now)
    late = await alarms.tell_overdue(database, calendar, now)
    return len(overdue) + len(unsigned) + len(referrals) + late


def what_is_due(row: Any, now: datetime) -> str | None:
    """Tell what is owed to the child of this case now: lease_lost, late_first_reply, silence or nothing. Pure."""
    target = TARGETS[row.urgency]
    if row.state == "claimed" and row.lease_until is not None and row.lease_until <= now:
        return "lease_lost"
    if row.alerted_at is not None:
        return None
    if row.first_reply_at is None and (row.claimed_at or row.waiting_since) + target <= now:
        return "late_first_reply"
    if row.first_reply_at is None or row.last_child_at is None:
        return None
    unanswered = row.last_reply_at is None or row.last_reply_at < row.last_child_at
    return "silence" if unanswered and row.last_child_at + target <= now else None


async def _act(unit: Transaction, vault: Vault, case_id: str, owner: QueueOwner, now: datetime) -> None:
    row = await hold_case(unit, case_id)
    due = what_is_due(row, now) if row is not None else None  # again, under the lock
    if row is None or due is None:
        return
    await raise_alert(unit, case_id, due, now)
    if row.state == "waiting" and owner.until(row) is not None:
        await raise_alert(unit, case_id, "not_assigned", now)
    if row.state == "claimed" and due != "silence":
        await queue.to_front(unit, vault, row, now, why=due)
    # A child given back waits anew: if nobody takes it, the supervisor is told again.
    values: dict[str, Any] = {"alerted_at": None if due == "lease_lost" else now}
    if due == "late_first_reply":
        values["front"] = True
    await unit.execute(update(cases).where(cases.c.id == case_id).values(**values))
    if due != "lease_lost":
        await announce(unit, case_id, "breached", now)
    if due == "silence":
        await queue.tell_child(unit, vault, row, f"silent:{now.isoformat()}", {"event": "silent"}, now)
