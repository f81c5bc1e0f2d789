"""The child's own part in a referral: it is asked about one receiver, says yes or no, takes that back, is told.

The question goes through the child's conversation as a counsellor's words do, and its answer comes back by the turn.
"""

from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import select, update

from escalation import queue, trail
from escalation.cases import CHILD, raise_alert
from escalation.permissions import Staff, require
from escalation.referrals.acts import hold, note, save
from escalation.referrals.errors import NotNow, TooSoon
from escalation.referrals.machine import ASKING, OUTSIDE, TRANSITIONS, UNSENT
from escalation.referrals.rows import gate_of
from escalation.referrals.tables import referral
from store.database import Transaction
from store.signals import QUEUE, case_topic
from store.vault import Vault

ChildEvent = Literal["grant", "refuse", "lapse", "withdraw", "want_news"]
News = Literal["accepted", "done"]
AFTER_A_NO = timedelta(hours=24)  # a child that said no to a receiver is not pressed
BETWEEN_QUESTIONS = timedelta(minutes=10)  # a question that nobody answered may stand again
ALERT_WITHDRAWN = "referral_withdrawn"


async def ask(
    unit: Transaction,
    vault: Vault,
    staff: Staff,
    case_id: str,
    referral_id: str,
    *,
    lease: int,
    version: int,
    now: datetime,
) -> None:
    """Ask the child about this receiver, in the talk that this counsellor has with it now.

    Raises LeaseLost, NotNow, ChangedMeanwhile, or TooSoon after a no.
    """
    require(staff, "referral.draft")
    await queue.holding(unit, staff, case_id, lease)
    case, row = await hold(unit, vault, staff, case_id, referral_id, version, UNSENT)
    unanswered = row.asking == "asked" and row.asking_at + BETWEEN_QUESTIONS <= now
    if not unanswered and (row.asking, "ask") not in ASKING:
        raise NotNow
    if await _refused_lately(unit, row, now):
        raise TooSoon
    await save(unit, row, asking="asked", asked_at=now, asking_at=now)
    asked = {"event": "referral_asked", "referral": row.id, "about": row.receiver}
    await queue.tell_child(unit, vault, case, f"referral:{row.id}:{row.version}", asked, now)
    await note(unit, staff, case_id, referral_id, "asked", now, receiver=row.receiver)


async def _refused_lately(unit: Transaction, row: Any, now: datetime) -> bool:
    theirs = (referral.c.case_id == row.case_id) & (referral.c.receiver == row.receiver)
    no = referral.c.asking.in_(("refused", "withdrawn")) & (referral.c.asking_at > now - AFTER_A_NO)
    return (await unit.execute(select(referral.c.id).where(theirs, no))).first() is not None


async def step(unit: Transaction, referral_id: str, event: ChildEvent, now: datetime) -> bool:
    """Take the child's step in the row and the trail; returns False where the table has none, or the row is gone.

    A turn of a child must never fail on it, so that is no error.
    """
    row = (await unit.execute(select(referral).where(referral.c.id == referral_id).with_for_update())).one_or_none()
    if row is None:
        return False
    if event == "withdraw":
        return await _withdraw(unit, row, now)
    if event == "want_news":
        wanted = row.asking == "granted" and not row.wants_news
        return wanted and await _stepped(unit, row, event, now, wants_news=True)
    after = ASKING.get((row.asking, event))
    return after is not None and await _stepped(unit, row, event, now, asking=after, asking_at=now)


async def told(unit: Transaction, referral_id: str, news: News, now: datetime) -> bool:
    """Note that the person was shown what came of it; nobody does this, its time has come."""
    row = (await unit.execute(select(referral).where(referral.c.id == referral_id).with_for_update())).one_or_none()
    if row is None or row.told == news:
        return False
    return await _stepped(unit, row, "told", now, actor=trail.SYSTEM, told=news)


async def own(unit: Transaction, conversation_id: str, role: str) -> tuple[dict[str, Any], ...]:
    """Return what one person may know of its referrals, oldest first: to whom, how far, on what basis, when."""
    mine = (referral.c.conversation_id == conversation_id) & (referral.c.role == role)
    rows = await unit.execute(select(referral).where(mine).order_by(referral.c.at))
    return tuple(
        {
            "receiver": row.receiver,
            "state": row.state,
            "your_answer": row.asking,
            "wants_news": row.wants_news,
            "basis": row.basis,
            "drafted_at": row.at.isoformat(),
            "sent_at": None if row.sent_at is None else row.sent_at.isoformat(),
        }
        for row in rows
    )


async def withdraw_all(unit: Transaction, conversation_id: str, role: str, now: datetime) -> None:
    """Take back every yes of one person, and every question that is open."""
    mine = (referral.c.conversation_id == conversation_id) & (referral.c.role == role)
    found = await unit.execute(select(referral.c.id).where(mine, referral.c.asking.in_(("asked", "granted"))))
    for referral_id in found.scalars().all():
        await step(unit, referral_id, "withdraw", now)


async def _withdraw(unit: Transaction, row: Any, now: datetime) -> bool:
    """Take a yes back: what has not left stops, unless a signed ground carries it; of what left the desk is alerted."""
    after = ASKING.get((row.asking, "withdraw"))
    if after is None:
        return False
    values: dict[str, Any] = {"asking": after, "asking_at": now, "wants_news": False}
    await unit.execute(update(referral).where(referral.c.id == row.id).values(**values))
    fresh = (await unit.execute(select(referral).where(referral.c.id == row.id))).one()
    stopped = TRANSITIONS.get((row.state, "withdraw"))
    if stopped is not None and await gate_of(unit, fresh) is None:
        values |= {"state": stopped, "changed_at": now, "due_at": None}
    elif row.state in OUTSIDE:
        await raise_alert(unit, row.case_id, ALERT_WITHDRAWN, now)
    return await _stepped(unit, row, "withdraw", now, **values)


async def _stepped(
    unit: Transaction, row: Any, event: str, now: datetime, *, actor: str = CHILD, **values: Any
) -> bool:
    await save(unit, row, **values)
    await trail.record(
        unit,
        stream=trail.case_stream(row.case_id),
        actor=actor,
        action=f"referral.{event}",
        at=now,
        detail={"case": row.case_id, "referral": row.id, "receiver": row.receiver},
    )
    unit.signal(QUEUE, case_topic(row.case_id))
    return True
