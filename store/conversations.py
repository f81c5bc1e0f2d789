"""Conversations: found by channel and address, numbered, sealed, erased."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from store import marks
from store.database import Transaction
from store.ids import ConversationId, new_id
from store.tables import IS_SET_ASIDE, IS_UNSENT, conversation, inbox, message, outbox
from store.vault import Sealer, Vault, VaultError, key_place

LEAVING_IN_DOUBT = timedelta(minutes=5)  # between a messenger's clock and ours, and until a word is stored
STATE_PLACE = "state"
ADDRESS_PLACE = "address"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """One person (or one phone) on one channel, locked by the unit of work that read it."""

    id: ConversationId
    channel: str
    sealer: Sealer
    last_seq: int
    state: Any | None  # JSON of the dialogue's state; None before the first turn
    created_at: datetime
    state_lost: bool = False  # there is a state and it does not open: what comes in must be taken in all the same


async def upsert(
    unit: Transaction, vault: Vault, channel: str, address: str, now: datetime
) -> tuple[Conversation, int]:
    """Find or make the conversation and take its next number.

    This statement comes first when a message is taken in: it locks the row, so numbers follow commit order.
    """
    address_hash = vault.address_hash(channel, address)
    fresh = ConversationId(new_id())
    key = vault.new_key(fresh)
    values = {
        "id": fresh,
        "channel": channel,
        "address_hash": address_hash,
        "address_sealed": vault.sealer(fresh, key).seal(ADDRESS_PLACE, address),
        "key_wrapped": key,
        "last_seq": 1,
        "created_at": now,
        "updated_at": now,
    }
    # The two dialects spell the upsert alike but have no common constructor.
    statement: Any = (sqlite_insert if unit.is_sqlite else postgres_insert)(conversation).values(values)
    statement = statement.on_conflict_do_update(
        index_elements=[conversation.c.channel, conversation.c.address_hash],
        set_={"last_seq": conversation.c.last_seq + 1, "updated_at": now, "left_at": None},
    ).returning(conversation)
    row = (await unit.execute(statement)).one()
    if row.id == fresh:
        await _wrap_by_newest(unit, vault, row)
    return _conversation(vault, row), row.last_seq


async def _wrap_by_newest(unit: Transaction, vault: Vault, row: Any) -> None:
    """Wrap a fresh data key again where a new master key took over meanwhile."""
    before = vault.newest
    await marks.use_newest_key(unit, vault)
    if vault.newest != before:
        wrapped = vault.rewrap(key_place(row.id), row.key_wrapped)
        await unit.execute(update(conversation).where(conversation.c.id == row.id).values(key_wrapped=wrapped))


async def find(unit: Transaction, vault: Vault, channel: str, address: str) -> Conversation | None:
    """Return the conversation of an address without making one."""
    statement = select(conversation).where(
        conversation.c.channel == channel, conversation.c.address_hash == vault.address_hash(channel, address)
    )
    row = (await unit.execute(statement)).one_or_none()
    return None if row is None else _conversation(vault, row)


async def leave(unit: Transaction, vault: Vault, channel: str, address: str, at: datetime) -> None:
    """Note that the person stopped following us at this time; news much older than their last word is none.

    In doubt they have left: who hides us from somebody must not be written to, and their next word undoes it.
    """
    held = await find(unit, vault, channel, address)
    if held is None:
        return
    word = await last_word(unit, held.id)
    if word is None or word <= at + LEAVING_IN_DOUBT:
        await unit.execute(update(conversation).where(conversation.c.id == held.id).values(left_at=at))


async def has_left(unit: Transaction, vault: Vault, channel: str, address: str) -> bool:
    """Tell whether the person stopped following us and has not written since."""
    mine = (conversation.c.channel == channel) & (conversation.c.address_hash == vault.address_hash(channel, address))
    return (await unit.execute(select(conversation.c.left_at).where(mine))).scalar_one_or_none() is not None


async def left_at(unit: Transaction, conversation_id: str) -> datetime | None:
    """Return when the person stopped following us, None where they have not or are back."""
    statement = select(conversation.c.left_at).where(conversation.c.id == conversation_id)
    at: datetime | None = (await unit.execute(statement)).scalar_one_or_none()
    return at


async def last_word(unit: Transaction, conversation_id: str) -> datetime | None:
    """Return when the person last did anything on the messenger, None where they never did."""
    mine = (inbox.c.conversation_id == conversation_id) & (inbox.c.kind == "message")
    statement = select(inbox.c.received_at).where(mine).order_by(inbox.c.seq.desc()).limit(1)
    at: datetime | None = (await unit.execute(statement)).scalar_one_or_none()
    return at


async def lock(unit: Transaction, vault: Vault, conversation_id: str) -> Conversation:
    """Read a conversation and hold it until the unit of work ends."""
    statement = select(conversation).where(conversation.c.id == conversation_id).with_for_update()
    return _conversation(vault, (await unit.execute(statement)).one())


async def hold(unit: Transaction, conversation_id: str) -> None:
    """Hold a conversation until the unit of work ends, without opening it: always before its case or its timers."""
    await unit.execute(select(conversation.c.id).where(conversation.c.id == conversation_id).with_for_update())


async def read(unit: Transaction, vault: Vault, conversation_id: str) -> Conversation:
    """Read a conversation without holding it."""
    return _conversation(
        vault, (await unit.execute(select(conversation).where(conversation.c.id == conversation_id))).one()
    )


async def read_all(unit: Transaction, vault: Vault, ids: Collection[str]) -> dict[str, Conversation]:
    """Read several conversations without holding them, by id."""
    if not ids:
        return {}
    rows = (await unit.execute(select(conversation).where(conversation.c.id.in_(ids)))).all()
    return {row.id: _conversation(vault, row) for row in rows}


async def take_seq(unit: Transaction, conversation_id: str) -> int:
    """Take the next number of a conversation."""
    statement = (
        update(conversation)
        .where(conversation.c.id == conversation_id)
        .values(last_seq=conversation.c.last_seq + 1)
        .returning(conversation.c.last_seq)
    )
    seq: int = (await unit.execute(statement)).scalar_one()
    return seq


async def touch(unit: Transaction, conversation_id: str, now: datetime) -> None:
    """Note that something happened in a conversation."""
    await unit.execute(update(conversation).where(conversation.c.id == conversation_id).values(updated_at=now))


async def skip_to(unit: Transaction, conversation_id: str, seq: int) -> None:
    """Leave the numbers up to `seq` out: they were given to something that is not here any more."""
    mine = (conversation.c.id == conversation_id) & (conversation.c.last_seq < seq)
    await unit.execute(update(conversation).where(mine).values(last_seq=seq))


async def save_state(unit: Transaction, held: Conversation, state: Any, now: datetime) -> None:
    """Store the dialogue's state, sealed."""
    values = {"state_sealed": held.sealer.seal(STATE_PLACE, state), "updated_at": now}
    await unit.execute(update(conversation).where(conversation.c.id == held.id).values(values))


async def address_of(unit: Transaction, vault: Vault, conversation_id: str) -> str:
    """Return the messenger's id of a conversation, for sending."""
    row = (await unit.execute(select(conversation).where(conversation.c.id == conversation_id))).one()
    address: str = vault.sealer(row.id, row.key_wrapped).open(ADDRESS_PLACE, row.address_sealed)
    return address


async def forget(unit: Transaction, conversation_id: str, from_seq: int, to_seq: int) -> None:
    """Erase the lines between two numbers, what belongs to a case excepted.

    A reply on its way still arrives, unless it is one that was never written down: it quotes what is erased here.
    """
    mine = (message.c.conversation_id == conversation_id) & message.c.seq.between(from_seq, to_seq)
    kept = select(message.c.seq).where(mine, message.c.case_id.is_not(None))
    private = select(message.c.seq).where(mine, message.c.body_sealed.is_(None))
    sent = (outbox.c.conversation_id == conversation_id) & outbox.c.seq.between(from_seq, to_seq)
    await unit.execute(update(outbox).where(sent, outbox.c.seq.in_(private), IS_UNSENT).values(status="cancelled"))
    await unit.execute(delete(message).where(mine, message.c.case_id.is_(None)))
    await unit.execute(
        update(outbox)
        .where(sent, outbox.c.seq.not_in(kept), outbox.c.status.in_(("sent", "cancelled", "parked")))
        .values(body_sealed=None)
    )


async def erase(unit: Transaction, held: Conversation, *, person: str) -> None:
    """Erase what one person said and was told; messages of a case that the law keeps stay.

    Rows stay as empty numbers, so that the same message is never taken for a new one. The timers of someone else on
    the same phone go on.
    """
    mine = (message.c.conversation_id == held.id) & (message.c.person == person)
    await unit.execute(delete(message).where(mine, message.c.case_id.is_(None)))
    theirs = or_(inbox.c.person == person, inbox.c.person.is_(None))
    set_aside = (inbox.c.conversation_id == held.id) & IS_SET_ASIDE & theirs
    await unit.execute(update(inbox).where(set_aside).values(status="done", body_sealed=None))
    texts = (outbox.c.conversation_id == held.id) & (outbox.c.kind == "message")
    await unit.execute(update(outbox).where(texts, IS_UNSENT).values(status="cancelled"))
    await unit.execute(update(outbox).where(texts).values(body_sealed=None))


async def count(unit: Transaction) -> int:
    """Return how many conversations there are."""
    total: int = (await unit.execute(select(func.count()).select_from(conversation))).scalar_one()
    return total


async def add_message(
    unit: Transaction,
    held: Conversation,
    *,
    seq: int,
    author: str,
    body: Any | None,
    at: datetime,
    person: str = "child",
    case_id: str | None = None,
    channel_message_id: str | None = None,
) -> None:
    """Write one line of the transcript, sealed; without a body it only keeps the number, for deleting."""
    values = {
        "conversation_id": held.id,
        "seq": seq,
        "author": author,
        "person": person,
        "body_sealed": None if body is None else held.sealer.seal(message_place(seq), body),
        "case_id": case_id,
        "channel_message_id": channel_message_id,
        "at": at,
    }
    await unit.execute(insert(message).values(values))


def message_place(seq: int) -> str:
    """Return the place a transcript line is sealed for."""
    return f"message/{seq}"


def _conversation(vault: Vault, row: Any) -> Conversation:
    sealer = vault.sealer(row.id, row.key_wrapped)
    state, lost = None, False
    if row.state_sealed is not None:
        try:
            state = sealer.open(STATE_PLACE, row.state_sealed)
        except VaultError:
            lost = True
    return Conversation(
        id=row.id,
        channel=row.channel,
        sealer=sealer,
        last_seq=row.last_seq,
        state=state,
        created_at=row.created_at,
        state_lost=lost,
    )


async def case_of(unit: Transaction, conversation_id: str, seq: int) -> str | None:
    """Return the case that a transcript line belongs to, or None."""
    mine = (message.c.conversation_id == conversation_id) & (message.c.seq == seq)
    return (await unit.execute(select(message.c.case_id).where(mine))).scalar_one_or_none()


async def untouched_since(unit: Transaction, before: datetime, limit: int) -> list[str]:
    """Return conversations with a stored state that nothing has happened in since `before`."""
    old = (conversation.c.updated_at < before) & conversation.c.state_sealed.is_not(None)
    # In order, so that two units of work that lock many conversations never wait for each other.
    ids = select(conversation.c.id).where(old).order_by(conversation.c.id).limit(limit)
    return [row.id for row in await unit.execute(ids)]
