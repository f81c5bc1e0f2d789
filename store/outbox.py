"""What goes out: written by the turn, sent after its commit, in order, at least once.

The sender notes "sending" before it calls the messenger. A row still "sending" after its time is sent again and marked
`maybe_sent`: a safety message that may come twice is better than one that may not come at all.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, case, exists, insert, or_, select, update

from store import conversations
from store.conversations import Conversation
from store.database import Transaction
from store.signals import OUTBOX, conversation_topic
from store.tables import IS_UNSENT, outbox

MESSAGE = "message"
DELETE = "delete"
MAX_ATTEMPTS = 8
SENDING_SECONDS = 25  # longer than any call to a messenger, short for a child whose process died
DELETABLE = timedelta(hours=48)  # Bot API, deleteMessage
_LONGEST_WAIT_SECONDS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One opened outbox row, ready for its channel."""

    conversation_id: str
    seq: int
    channel: str
    kind: str
    body: Any
    attempts: int
    created_at: datetime


def outbox_place(seq: int) -> str:
    """Return the place an outbox body is sealed for."""
    return f"outbox/{seq}"


async def enqueue(
    unit: Transaction,
    held: Conversation,
    *,
    kind: str,
    body: Any,
    now: datetime,
    answers: int | None = None,
    push: bool = False,
) -> int:
    """Write one thing to send; returns its number in the conversation."""
    seq = await conversations.take_seq(unit, held.id)
    values = {
        "conversation_id": held.id,
        "seq": seq,
        "channel": held.channel,
        "kind": kind,
        "body_sealed": held.sealer.seal(outbox_place(seq), body),
        "answers": answers,
        "push": push,
        "status": "pending",
        "attempts": 0,
        "maybe_sent": False,
        "created_at": now,
        "next_attempt_at": now,
    }
    await unit.execute(insert(outbox).values(values))
    unit.signal(OUTBOX, conversation_topic(held.id))
    return seq


async def claim(unit: Transaction, vault: Any, channels: tuple[str, ...], now: datetime) -> tuple[Outgoing, str] | None:
    """Take the oldest due head of a conversation for sending; returns it with the address, or None."""
    earlier = outbox.alias("earlier")
    # Its sender died after a quick exit had taken its words: there is nothing to send again.
    dead = (
        IS_UNSENT & (outbox.c.status == "sending") & outbox.c.body_sealed.is_(None) & (outbox.c.next_attempt_at <= now)
    )
    await unit.execute(update(outbox).where(dead).values(status="cancelled"))
    is_head = ~exists().where(
        and_(
            earlier.c.conversation_id == outbox.c.conversation_id,
            earlier.c.seq < outbox.c.seq,
            earlier.c.status.in_(("pending", "sending")),
        )
    )
    statement = (
        select(outbox)
        .where(
            outbox.c.channel.in_(channels),
            IS_UNSENT,
            outbox.c.next_attempt_at <= now,
            is_head,
        )
        .order_by(outbox.c.created_at)
        .limit(1)
        .with_for_update(skip_locked=True, of=outbox)
    )
    row = (await unit.execute(statement)).one_or_none()
    if row is None:
        return None
    await unit.execute(
        update(outbox)
        .where(_mine(row.conversation_id, row.seq))
        .values(
            status="sending",
            attempts=row.attempts + 1,
            maybe_sent=or_(outbox.c.maybe_sent, outbox.c.status == "sending"),
            next_attempt_at=now + timedelta(seconds=SENDING_SECONDS),
        )
    )
    held = await conversations.read(unit, vault, row.conversation_id)
    address = await conversations.address_of(unit, vault, row.conversation_id)
    opened = Outgoing(
        conversation_id=row.conversation_id,
        seq=row.seq,
        channel=row.channel,
        kind=row.kind,
        body=held.sealer.open(outbox_place(row.seq), row.body_sealed),
        attempts=row.attempts + 1,
        created_at=row.created_at,
    )
    return opened, address


async def mark_sent(
    unit: Transaction, conversation_id: str, seq: int, now: datetime, channel_message_id: str | None = None
) -> None:
    """Note that a row was delivered, and under which id the messenger knows it."""
    values = {"status": "sent", "sent_at": now, "channel_message_id": channel_message_id}
    await unit.execute(update(outbox).where(_mine(conversation_id, seq)).values(values))
    unit.signal(conversation_topic(conversation_id))


async def put_off(unit: Transaction, row: Outgoing, now: datetime, *, wait_seconds: float | None = None) -> bool:
    """Note a passing failure: try again later, or park after the last attempt. Returns True when parked."""
    if row.attempts >= MAX_ATTEMPTS:
        await park(unit, row.conversation_id, row.seq)
        return True
    wait = wait_seconds if wait_seconds is not None else min(0.5 * 2**row.attempts, _LONGEST_WAIT_SECONDS)
    await unit.execute(
        update(outbox)
        .where(_mine(row.conversation_id, row.seq))
        .values(
            status=case((outbox.c.body_sealed.is_(None), "cancelled"), else_="pending"),
            next_attempt_at=now + timedelta(seconds=wait),
        )
    )
    return False


async def park(unit: Transaction, conversation_id: str, seq: int) -> None:
    """Set a row aside that cannot be delivered; later rows of the conversation go on."""
    await unit.execute(update(outbox).where(_mine(conversation_id, seq)).values(status="parked"))
    unit.signal(conversation_topic(conversation_id))


async def cancel(unit: Transaction, conversation_id: str, seq: int) -> None:
    """Drop one row that shall not arrive any more, with its words; only whoever is about to send it may."""
    values = {"status": "cancelled", "body_sealed": None}
    await unit.execute(update(outbox).where(_mine(conversation_id, seq)).values(**values))


async def cancel_pushes(unit: Transaction, conversation_id: str) -> None:
    """Drop everything not yet sent to a conversation: after quick exit nothing more may arrive.

    What is just being sent loses its words, so that it is not tried again; it stays at the head until its end is known,
    so that the cleaning of the screen behind it finds its id.
    """
    mine = (outbox.c.conversation_id == conversation_id) & (outbox.c.kind == MESSAGE)
    await unit.execute(update(outbox).where(mine, outbox.c.status == "sending").values(body_sealed=None))
    await unit.execute(
        update(outbox).where(mine, outbox.c.status == "pending").values(status="cancelled", body_sealed=None)
    )


async def shown_on_channel(unit: Transaction, conversation_id: str, *, before_seq: int, since: datetime) -> list[str]:
    """Return the messenger's ids of what was sent to a conversation and can still be deleted, oldest first."""
    rows = await unit.execute(
        select(outbox.c.channel_message_id)
        .where(
            outbox.c.conversation_id == conversation_id,
            outbox.c.seq < before_seq,
            outbox.c.sent_at > since,
            outbox.c.channel_message_id.is_not(None),
        )
        .order_by(outbox.c.seq)
    )
    return [shown for row in rows for shown in row.channel_message_id.split(",")]


async def replies_to(unit: Transaction, held: Conversation, seq: int) -> tuple[Outgoing, ...]:
    """Open what the turn of inbox row `seq` said, oldest first."""
    statement = (
        select(outbox)
        .where(
            outbox.c.conversation_id == held.id,
            outbox.c.answers == seq,
            outbox.c.kind == MESSAGE,
            outbox.c.body_sealed.is_not(None),
        )
        .order_by(outbox.c.seq)
    )
    return tuple(_open(held, row) for row in (await unit.execute(statement)).all())


async def pushes_after(unit: Transaction, held: Conversation, seq: int, *, unsent_only: bool) -> tuple[Outgoing, ...]:
    """Open what is to be streamed after number `seq`, oldest first."""
    conditions = [
        outbox.c.conversation_id == held.id,
        outbox.c.seq > seq,
        outbox.c.push.is_(True),
        outbox.c.body_sealed.is_not(None),
        outbox.c.status != "cancelled",
    ]
    if unsent_only:
        conditions.append(outbox.c.status == "pending")
    rows = (await unit.execute(select(outbox).where(*conditions).order_by(outbox.c.seq))).all()
    return tuple(_open(held, row) for row in rows)


def _mine(conversation_id: str, seq: int) -> Any:
    return and_(outbox.c.conversation_id == conversation_id, outbox.c.seq == seq)


def _open(held: Conversation, row: Any) -> Outgoing:
    return Outgoing(
        conversation_id=row.conversation_id,
        seq=row.seq,
        channel=row.channel,
        kind=row.kind,
        body=held.sealer.open(outbox_place(row.seq), row.body_sealed),
        attempts=row.attempts,
        created_at=row.created_at,
    )
