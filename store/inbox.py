"""What came in: each message, timer or desk notice once, in order, until its turn has committed.

A worker takes only the oldest pending row of a conversation (with the messages that follow it directly), inside the
transaction of the turn: a crash rolls the claim back, so there are no leases to expire.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, exists, insert, select, update

from store import conversations
from store.conversations import Conversation
from store.database import Transaction
from store.signals import INBOX, conversation_topic
from store.tables import inbox
from store.vault import Vault

MESSAGE = "message"
TIMER = "timer"
DESK = "desk"
MAX_ATTEMPTS = 5
MAX_BATCH = 50
PARKED_FOR = timedelta(hours=1)  # until a parked row is tried again, see store.parked
_BACK_OFF_SECONDS = (0.2, 0.5, 1.0, 2.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Where a message was put: its number, and whether it had been taken in before."""

    conversation_id: str
    seq: int
    repeated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One opened inbox row."""

    seq: int
    external_id: str
    kind: str
    body: Any
    attempts: int
    received_at: datetime
    streamed: bool


def inbox_place(seq: int) -> str:
    """Return the place an inbox body is sealed for."""
    return f"inbox/{seq}"


async def take_in(
    unit: Transaction, vault: Vault, *, channel: str, address: str, external_id: str, body: Any, now: datetime
) -> Taken:
    """Store one message of a channel. The same `external_id` again changes nothing and says so."""
    held, seq = await conversations.upsert(unit, vault, channel, address, now)
    known = select(inbox.c.seq).where(inbox.c.conversation_id == held.id, inbox.c.external_id == external_id)
    first = (await unit.execute(known)).scalar_one_or_none()
    if first is not None:
        return Taken(conversation_id=held.id, seq=first, repeated=True)
    await _add(unit, held, seq, external_id, MESSAGE, body, now)
    return Taken(conversation_id=held.id, seq=seq, repeated=False)


async def post(
    unit: Transaction,
    vault: Vault,
    conversation_id: str,
    *,
    kind: str,
    external_id: str,
    body: Any,
    now: datetime,
) -> int:
    """Store a timer's ring or a desk notice for a conversation; returns its number."""
    held = await conversations.lock(unit, vault, conversation_id)
    known = select(inbox.c.seq).where(inbox.c.conversation_id == held.id, inbox.c.external_id == external_id)
    first = (await unit.execute(known)).scalar_one_or_none()
    if first is not None:
        return int(first)
    seq = await conversations.take_seq(unit, held.id)
    await _add(unit, held, seq, external_id, kind, body, now)
    return seq


async def _add(
    unit: Transaction, held: Conversation, seq: int, external_id: str, kind: str, body: Any, now: datetime
) -> None:
    values = {
        "conversation_id": held.id,
        "seq": seq,
        "external_id": external_id,
        "kind": kind,
        "body_sealed": held.sealer.seal(inbox_place(seq), body),
        "status": "pending",
        "attempts": 0,
        "streamed": False,
        "received_at": now,
        "next_attempt_at": now,
    }
    await unit.execute(insert(inbox).values(values))
    unit.signal(INBOX)


async def claim(unit: Transaction, now: datetime) -> tuple[str, int] | None:
    """Lock the oldest pending head that is due; returns its conversation and number, or None."""
    earlier = inbox.alias("earlier")
    is_head = ~exists().where(
        and_(
            earlier.c.conversation_id == inbox.c.conversation_id,
            earlier.c.seq < inbox.c.seq,
            earlier.c.status == "pending",
        )
    )
    statement = (
        select(inbox.c.conversation_id, inbox.c.seq)
        .where(inbox.c.status == "pending", inbox.c.next_attempt_at <= now, is_head)
        .order_by(inbox.c.received_at)
        .limit(1)
        .with_for_update(skip_locked=True, of=inbox)
    )
    row = (await unit.execute(statement)).one_or_none()
    return None if row is None else (row.conversation_id, row.seq)


async def read_batch(unit: Transaction, held: Conversation) -> tuple[Incoming, ...]:
    """Open the head row and, when it is a message, the messages that directly follow it."""
    statement = (
        select(inbox)
        .where(inbox.c.conversation_id == held.id, inbox.c.status == "pending")
        .order_by(inbox.c.seq)
        .limit(MAX_BATCH)
    )
    rows = (await unit.execute(statement)).all()
    batch: list[Incoming] = []
    for row in rows:
        if batch and (row.kind != MESSAGE or batch[0].kind != MESSAGE):
            break
        if batch and batch[0].attempts:
            break  # a turn of these failed before: one at a time, so that a poisonous one takes no other with it
        batch.append(opened(held, row))
    return tuple(batch)


def opened(held: Conversation, row: Any) -> Incoming:
    """Return an inbox row with its body open; raises VaultError."""
    return Incoming(
        seq=row.seq,
        external_id=row.external_id,
        kind=row.kind,
        body=held.sealer.open(inbox_place(row.seq), row.body_sealed),
        attempts=row.attempts,
        received_at=row.received_at,
        streamed=row.streamed,
    )


async def finish(unit: Transaction, conversation_id: str, seqs: tuple[int, ...]) -> None:
    """Mark rows done and drop their bodies: the transcript has the words now."""
    await unit.execute(
        update(inbox)
        .where(inbox.c.conversation_id == conversation_id, inbox.c.seq.in_(seqs))
        .values(status="done", body_sealed=None)
    )
    unit.signal(conversation_topic(conversation_id))


async def put_off(unit: Transaction, conversation_id: str, seq: int, now: datetime, person: str | None = None) -> bool:
    """Note a failed turn: try again soon, or park the row after the last attempt. Returns True when parked.

    `person` is who is at the phone, child or parent, for `store.parked`; None where nobody knows.
    """
    mine = and_(inbox.c.conversation_id == conversation_id, inbox.c.seq == seq)
    attempts: int = (await unit.execute(select(inbox.c.attempts).where(mine))).scalar_one()
    if attempts + 1 < MAX_ATTEMPTS:
        wait = timedelta(seconds=_BACK_OFF_SECONDS[attempts])
        await unit.execute(update(inbox).where(mine).values(attempts=attempts + 1, next_attempt_at=now + wait))
        return False
    # A parked row keeps its body, so that nothing is lost; it no longer stands before the child's later messages.
    values = {"attempts": attempts + 1, "status": "parked", "person": person, "next_attempt_at": now + PARKED_FOR}
    await unit.execute(update(inbox).where(mine).values(values))
    unit.signal(conversation_topic(conversation_id))
    return True


async def mark_streamed(unit: Transaction, conversation_id: str, seq: int) -> None:
    """Note that the request which brought a message no longer waits: its replies go by the stream."""
    await unit.execute(
        update(inbox).where(inbox.c.conversation_id == conversation_id, inbox.c.seq == seq).values(streamed=True)
    )


async def status_of(unit: Transaction, conversation_id: str, seq: int) -> str:
    """Return pending, done or parked."""
    mine = and_(inbox.c.conversation_id == conversation_id, inbox.c.seq == seq)
    status: str = (await unit.execute(select(inbox.c.status).where(mine))).scalar_one()
    return status


async def is_open(unit: Transaction, conversation_id: str, seq: int) -> bool:
    """Tell whether a row is there whose turn has not committed: it waits, or is parked."""
    mine = (inbox.c.conversation_id == conversation_id) & (inbox.c.seq == seq) & (inbox.c.status != "done")
    return (await unit.execute(select(inbox.c.seq).where(mine))).first() is not None


async def drop(unit: Transaction, conversation_id: str, from_seq: int, to_seq: int) -> None:
    """Take rows between two numbers out of the line, whatever their turn would have been, and drop their bodies."""
    mine = (inbox.c.conversation_id == conversation_id) & inbox.c.seq.between(from_seq, to_seq)
    await unit.execute(update(inbox).where(mine, inbox.c.status != "done").values(status="done", body_sealed=None))
