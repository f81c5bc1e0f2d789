"""Tables of drafts and notes. Their words are sealed under the key of the child's conversation, and go with it."""

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table

from store.tables import metadata
from store.types import UtcDateTime

# What one person has begun to write to one child.
draft = Table(
    "draft",
    metadata,
    Column("case_id", String(32), primary_key=True),
    Column("staff_id", String(32), primary_key=True),
    Column("conversation_id", String(32), nullable=False),
    Column("body_sealed", LargeBinary, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
Index("ix_draft_conversation_id", draft.c.conversation_id)
Index("ix_draft_at", draft.c.at)

note = Table(
    "note",
    metadata,
    Column("case_id", String(32), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("conversation_id", String(32), nullable=False),
    Column("staff_id", String(32), nullable=False),
    Column("body_sealed", LargeBinary, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
Index("ix_note_conversation_id", note.c.conversation_id)
