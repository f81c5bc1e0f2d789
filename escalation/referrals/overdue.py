"""The alarm of a referral whose next step is late: not sent, not answered, not done in the receiver's time."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from escalation import trail
from escalation.cases import raise_alert
from escalation.locks import hold_case
from escalation.referrals.machine import OPEN
from escalation.referrals.tables import referral
from store.database import Transaction

ALERT = "referral_late"


async def late(unit: Transaction, now: datetime) -> tuple[tuple[str, str], ...]:
    """Return case and referral of every one whose step is late and of which nobody was alerted yet."""
    found = await unit.execute(_late(now).order_by(referral.c.due_at))
    return tuple((row.case_id, row.id) for row in found)


async def remind(unit: Transaction, case_id: str, referral_id: str, now: datetime) -> None:
    """Alert the desk of one late step, once."""
    await hold_case(unit, case_id)
    mine = _late(now).where(referral.c.id == referral_id).with_for_update()
    row = (await unit.execute(mine)).one_or_none()  # again, under the lock
    if row is None:
        return
    await raise_alert(unit, case_id, ALERT, now)
    await unit.execute(update(referral).where(referral.c.id == referral_id).values(late_at=now))
    await trail.record(
        unit,
        stream=trail.case_stream(case_id),
        actor=trail.SYSTEM,
        action="referral.late",
        at=now,
        detail={"case": case_id, "referral": referral_id, "state": row.state},
    )


def _late(now: datetime) -> Any:
    return select(referral).where(referral.c.state.in_(OPEN), referral.c.due_at <= now, referral.c.late_at.is_(None))
