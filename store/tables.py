"""The plumbing's tables: conversations, their keys, what came in, what goes out, what is due.

A column of sealed values needs its line in `bot.sealed`, so that a new key reaches it.

Every table that grows leads with `conversation_id`, so that PostgreSQL partitions or Citus can spread it. One
counter on the conversation row (`last_seq`) numbers everything said in it, in either direction, in commit order.
"""

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    literal_column,
)

from store.types import UtcDateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

conversation = Table(
    "conversation",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("channel", String(16), nullable=False),
    Column("address_hash", String(64), nullable=False),  # keyed hash of the messenger's id
    Column("address_sealed", LargeBinary, nullable=False),  # the id itself, for sending
    Column("key_wrapped", LargeBinary, nullable=False),  # the conversation's data key under the master key
    Column("last_seq", Integer, nullable=False),
    Column("state_sealed", LargeBinary),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("left_at", UtcDateTime),  # when the person stopped following us; None again once they write
    UniqueConstraint("channel", "address_hash"),
)


def _one_of(column: Column[str], words: tuple[str, ...]) -> ColumnElement[bool]:
    """Return the condition of a partial index, in the very words of the index.

    With parameters in their place SQLite does not know the index again, nor PostgreSQL in a generic plan, and both
    read the whole table instead.
    """
    return column.in_(tuple(literal_column(f"'{word}'") for word in words))


inbox = Table(
    "inbox",
    metadata,
    Column("conversation_id", String(32), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("external_id", String(160), nullable=False),
    Column("kind", String(8), nullable=False),  # message | timer | desk
    Column("body_sealed", LargeBinary),  # emptied when the row is done
    Column("status", String(8), nullable=False),  # pending | done | parked | held, see store.parked
    Column("attempts", Integer, nullable=False),
    Column("streamed", Boolean, nullable=False),  # the request that brought it is gone: replies go by stream
    Column("received_at", UtcDateTime, nullable=False),
    Column("next_attempt_at", UtcDateTime, nullable=False),
    Column("person", String(8)),  # of a row set aside: child | parent, whoever was at the phone; None where unknown
    UniqueConstraint("conversation_id", "external_id"),
)
Index(
    "ix_inbox_pending",
    inbox.c.received_at,
    sqlite_where=inbox.c.status == "pending",
    postgresql_where=inbox.c.status == "pending",
)
Index(
    "ix_inbox_set_aside",
    inbox.c.next_attempt_at,
    sqlite_where=inbox.c.status.in_(("parked", "held")),
    postgresql_where=inbox.c.status.in_(("parked", "held")),
)
SET_ASIDE = ("parked", "held")
IS_SET_ASIDE = _one_of(inbox.c.status, SET_ASIDE)

outbox = Table(
    "outbox",
    metadata,
    Column("conversation_id", String(32), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("channel", String(16), nullable=False),
    Column("kind", String(8), nullable=False),  # message | delete
    Column("body_sealed", LargeBinary),
    Column("answers", Integer),  # the inbox row whose turn said it
    Column("push", Boolean, nullable=False),  # not the answer to a request that still waits
    Column("status", String(9), nullable=False),  # pending | sending | sent | parked | cancelled
    Column("attempts", Integer, nullable=False),
    Column("maybe_sent", Boolean, nullable=False),  # the process died between sending and noting it
    Column("created_at", UtcDateTime, nullable=False),
    Column("next_attempt_at", UtcDateTime, nullable=False),
    Column("sent_at", UtcDateTime),
    Column("channel_message_id", String(160)),  # as the messenger knows it; several when the text was split
)
Index(
    "ix_outbox_pending",
    outbox.c.channel,
    outbox.c.created_at,
    sqlite_where=outbox.c.status.in_(("pending", "sending")),
    postgresql_where=outbox.c.status.in_(("pending", "sending")),
)
IS_UNSENT = _one_of(outbox.c.status, ("pending", "sending"))

timer = Table(
    "timer",
    metadata,
    Column("conversation_id", String(32), primary_key=True),
    Column("name", String(32), primary_key=True),
    Column("due_at", UtcDateTime, nullable=False),
)
Index("ix_timer_due_at", timer.c.due_at)

message = Table(
    "message",
    metadata,
    Column("conversation_id", String(32), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("author", String(10), nullable=False),  # child | bot | counsellor
    Column("person", String(8), nullable=False),  # child | parent: whose talk it is, where two share a phone
    Column("body_sealed", LargeBinary),
    Column("case_id", String(32)),  # set once the child agreed that 111 reads it
    Column("channel_message_id", String(64)),  # of what the person sent
    Column("at", UtcDateTime, nullable=False),
)
Index("ix_message_case_id", message.c.case_id)

mark = Table(
    "mark",
    metadata,
    Column("name", String(16), primary_key=True),  # see store.marks
    Column("value", Integer, nullable=False),
)

# A messenger whose keys to its door change: see store.messenger_tokens.
messenger_token = Table(
    "messenger_token",
    metadata,
    Column("name", String(16), primary_key=True),  # the channel's
    Column("body_sealed", LargeBinary, nullable=False),  # the pair of tokens
    Column("expires_at", UtcDateTime, nullable=False),  # of the access token
    Column("version", Integer, nullable=False),  # counts the pairs
    Column("begun_at", UtcDateTime),  # a refresh was asked for and its end is not known
    Column("trouble", String(16)),  # refused | unreachable, since the last refresh that went wrong
    Column("alarmed_at", UtcDateTime),  # the operator was told
)
