"""What a fault set aside: tried again slowly, for as long as it is kept, and never in the way of what waits in line.

`parked`: its turn failed five times. `held`: its person has left the phone since (quick exit, another role, delete), so
nothing about it may be pushed; it waits until that person writes. Both keep their words, sealed.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, exists, func, or_, select, update

from store.conversations import Conversation
from store.database import Transaction
from store.inbox import MAX_ATTEMPTS, MESSAGE, PARKED_FOR, Incoming, opened
from store.signals import INBOX, conversation_topic
from store.tables import IS_SET_ASIDE, inbox
from store.vault import VaultError

MOST_ATTEMPTS = 100
_LONGEST_WAIT = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """One row that is set aside. `later`: a message that came after it has had its turn."""

    incoming: Incoming
    person: str | None
    held: bool
    later: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Nature:
    """What a row is; `incoming` is None where its words do not open."""

    kind: str
    streamed: bool
    incoming: Incoming | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What an operator may know of such a row: numbers and times."""

    conversation: str
    seq: int
    kind: str
    held: bool
    received_at: datetime
    attempts: int
    next_attempt_at: datetime


def _kept() -> Any:
    return IS_SET_ASIDE & inbox.c.body_sealed.is_not(None)


async def claim(unit: Transaction, now: datetime) -> tuple[str, int] | None:
    """Take the oldest row that is due again, in a conversation where nothing is pending; None when there is none.

    The try is counted and the next one put off here, so that it counts even where the process dies in it.
    """
    pending = inbox.alias("pending")
    waits = exists().where(pending.c.conversation_id == inbox.c.conversation_id, pending.c.status == "pending")
    due = and_(_kept(), inbox.c.next_attempt_at <= now, inbox.c.attempts < MOST_ATTEMPTS)
    statement = (
        select(inbox.c.conversation_id, inbox.c.seq, inbox.c.attempts)
        .where(due, ~waits)
        .order_by(inbox.c.received_at, inbox.c.seq)
        .limit(1)
        .with_for_update(skip_locked=True, of=inbox)
    )
    row = (await unit.execute(statement)).one_or_none()
    if row is None:
        return None
    wait = min(PARKED_FOR * 2 ** min(row.attempts + 1 - MAX_ATTEMPTS, 5), _LONGEST_WAIT)
    await unit.execute(
        update(inbox)
        .where(inbox.c.conversation_id == row.conversation_id, inbox.c.seq == row.seq)
        .values(attempts=row.attempts + 1, next_attempt_at=now + wait)
    )
    return row.conversation_id, row.seq


async def read(unit: Transaction, held: Conversation, seq: int) -> Parked | None:
    """Open a row that is still set aside; None when it is not any more. Raises VaultError."""
    mine = inbox.c.conversation_id == held.id
    row = (await unit.execute(select(inbox).where(mine, inbox.c.seq == seq, _kept()))).one_or_none()
    if row is None:
        return None
    after = mine & (inbox.c.seq > seq) & (inbox.c.kind == MESSAGE) & (inbox.c.status == "done")
    later = (await unit.execute(select(inbox.c.seq).where(after).limit(1))).first() is not None
    return Parked(incoming=opened(held, row), person=row.person, held=row.status == "held", later=later)


async def nature_of(unit: Transaction, held: Conversation, seq: int) -> Nature:
    """Return what a row is, also where its words cannot be opened."""
    row = (await unit.execute(select(inbox).where(inbox.c.conversation_id == held.id, inbox.c.seq == seq))).one()
    try:
        incoming = opened(held, row)
    except VaultError:
        incoming = None
    return Nature(kind=row.kind, streamed=row.streamed, incoming=incoming)


async def read_held(unit: Transaction, held: Conversation, person: str) -> tuple[Incoming, ...]:
    """Open what waits in a conversation until this person writes, oldest first. Raises VaultError."""
    waits = (inbox.c.conversation_id == held.id) & (inbox.c.status == "held") & inbox.c.body_sealed.is_not(None)
    theirs = or_(inbox.c.person == person, inbox.c.person.is_(None)) & (inbox.c.kind == MESSAGE)
    rows = (await unit.execute(select(inbox).where(waits, theirs).order_by(inbox.c.seq))).all()
    return tuple(opened(held, row) for row in rows)


async def hold(unit: Transaction, conversation_id: str) -> None:
    """Let every message that is set aside wait for its person: nothing about it may be pushed any more."""
    mine = (inbox.c.conversation_id == conversation_id) & (inbox.c.status == "parked") & (inbox.c.kind == MESSAGE)
    await unit.execute(update(inbox).where(mine).values(status="held"))


async def try_now(unit: Transaction, now: datetime, *, mended: bool = False) -> int:
    """Let everything set aside be tried at once; returns how many rows there are.

    `mended`: somebody says so. Then the count of tries begins anew, also for a row that had used them up.
    """
    due = _kept() if mended else _kept() & (inbox.c.attempts < MOST_ATTEMPTS)
    values = {"next_attempt_at": now} | ({"attempts": MAX_ATTEMPTS} if mended else {})
    found = await unit.execute(update(inbox).where(due).values(values))
    unit.signal(INBOX)
    return int(found.rowcount)


async def count(unit: Transaction) -> int:
    """Return how many rows wait for a fault to be mended; those that wait for their person are none of them."""
    waiting = inbox.c.body_sealed.is_not(None) & (inbox.c.status == "parked")
    return int((await unit.execute(select(func.count()).select_from(inbox).where(waiting))).scalar_one())


async def listed(unit: Transaction) -> tuple[Listed, ...]:
    """Return everything that is set aside, the oldest first."""
    rows = (await unit.execute(select(inbox).where(_kept()).order_by(inbox.c.received_at, inbox.c.seq))).all()
    return tuple(
        Listed(
            conversation=row.conversation_id,
            seq=row.seq,
            kind=row.kind,
            held=row.status == "held",
            received_at=row.received_at,
            attempts=row.attempts,
            next_attempt_at=row.next_attempt_at,
        )
        for row in rows
    )


async def finish(unit: Transaction, conversation_id: str, seq: int) -> None:
    """Mark a row done and drop its body: its turn has committed, or nothing of it is wanted any more."""
    mine = (inbox.c.conversation_id == conversation_id) & (inbox.c.seq == seq)
    await unit.execute(update(inbox).where(mine).values(status="done", body_sealed=None))
    unit.signal(conversation_topic(conversation_id))
