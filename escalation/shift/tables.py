"""The tables of the shift. Words of staff are sealed under the conversation's key; the rest is ids, kinds and times."""

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table, Text

from store.tables import metadata
from store.types import UtcDateTime

# How much one member of staff carries. There is no row for who never claimed, rested or got a limit of their own.
load = Table(
    "staff_load",
    metadata,
    Column("staff_id", String(32), primary_key=True),
    Column("children_at_once", Integer),  # their own limit; None for everybody's
    Column("grave_in_row", Integer, nullable=False),  # grave contacts since the last lighter one or break
    Column("break_since", UtcDateTime),
    Column("break_until", UtcDateTime),
)

# One change of hands, asked for or done.
handover = Table(
    "handover",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("case_id", String(32), nullable=False),
    Column("conversation_id", String(32), nullable=False),
    Column("kind", String(9), nullable=False),  # warm | cold | queue | take_over
    Column("giver_id", String(32), nullable=False),
    Column("taker_id", String(32)),  # None for the queue
    Column("lease", Integer, nullable=False),  # the giver's: an offer holds no longer than that
    Column("state", String(8), nullable=False),  # offered | done | declined | recalled
    Column("note_sealed", LargeBinary),
    Column("at", UtcDateTime, nullable=False),
    Column("done_at", UtcDateTime),
)
Index("ix_handover_case_id", handover.c.case_id)
Index("ix_handover_taker_id", handover.c.taker_id, handover.c.state)

# What staff write about a case that the child never sees: a supervisor's whisper, words beside a picked child.
shift_note = Table(
    "shift_note",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("case_id", String(32), nullable=False),
    Column("conversation_id", String(32), nullable=False),
    Column("kind", String(7), nullable=False),  # whisper | pick
    Column("by_id", String(32), nullable=False),
    Column("to_id", String(32)),  # whom a whisper is for
    Column("body_sealed", LargeBinary, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
Index("ix_shift_note_case_id", shift_note.c.case_id)

# Supervisors who have a case open now, so that its counsellor sees it.
listener = Table(
    "listener",
    metadata,
    Column("case_id", String(32), primary_key=True),
    Column("staff_id", String(32), primary_key=True),
    Column("until", UtcDateTime, nullable=False),
)

# Conversations with the bot that carry a risk now, to be counted and for nothing else.
lobby = Table(
    "lobby",
    metadata,
    Column("conversation_id", String(32), primary_key=True),
    Column("urgency", String(10), nullable=False),
    Column("counts_from", UtcDateTime, nullable=False),  # the next whole minute
    Column("until", UtcDateTime, nullable=False),
)
Index("ix_lobby_until", lobby.c.until)

# What is on its way out of the house: one row for each alert and each way it goes, and one for each event of a case.
notice = Table(
    "notice",
    metadata,
    Column("case_id", String(32), primary_key=True),
    Column("number", Integer, primary_key=True),  # of the alert, or of the event in its case
    Column("way", String(7), primary_key=True),  # webhook | mail | case
    Column("kind", String(24), nullable=False),
    Column("at", UtcDateTime, nullable=False),  # of the alert or the event
    Column("facts", Text),  # JSON of an event: ids, words of ours and times; empty once it is taken
    Column("status", String(7), nullable=False),  # pending | sent | parked
    Column("attempts", Integer, nullable=False),
    Column("next_attempt_at", UtcDateTime, nullable=False),
    Column("sent_at", UtcDateTime),
)
Index(
    "ix_notice_pending",
    notice.c.next_attempt_at,
    sqlite_where=notice.c.status == "pending",
    postgresql_where=notice.c.status == "pending",
)
