"""The tables of the case file. What a form says is sealed under the conversation's key; the rest is ids and times."""

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table

from store.tables import metadata
from store.types import UtcDateTime

# One form of one case as it stands now.
filled = Table(
    "casefile_form",
    metadata,
    Column("case_id", String(32), primary_key=True),
    Column("form", String(2), primary_key=True),
    Column("conversation_id", String(32), nullable=False),
    Column("version", Integer, nullable=False),  # rises with every save
    Column("body_sealed", LargeBinary, nullable=False),  # the values, and those that wait for a choice
    Column("saved_by", String(32), nullable=False),
    Column("saved_at", UtcDateTime, nullable=False),
    Column("signed_by", String(32)),
    Column("signed_at", UtcDateTime),
    Column("signed_version", Integer),
)
Index("ix_casefile_form_conversation_id", filled.c.conversation_id)

# Every save: what each of its fields said before, so that a page opened on an older version is merged, not refused.
change = Table(
    "casefile_change",
    metadata,
    Column("case_id", String(32), primary_key=True),
    Column("form", String(2), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("conversation_id", String(32), nullable=False),
    Column("before_sealed", LargeBinary, nullable=False),
    Column("by_id", String(32), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
Index("ix_casefile_change_conversation_id", change.c.conversation_id)

# Which words of the child a field rests on: where they stand, never the words.
quotation = Table(
    "casefile_quotation",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("case_id", String(32), nullable=False),
    Column("form", String(2), nullable=False),
    Column("field", String(40), nullable=False),
    Column("seq", Integer, nullable=False),  # of the message
    Column("first", Integer, nullable=False),  # code points of its text
    Column("last", Integer, nullable=False),  # the one behind the last
    Column("by_id", String(32), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
Index("ix_casefile_quotation_case_id", quotation.c.case_id)

# Every paper that left the desk, and why.
export = Table(
    "casefile_export",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("case_id", String(32), nullable=False),
    Column("conversation_id", String(32), nullable=False),
    Column("what", String(3), nullable=False),  # the number of a form, or all
    Column("format", String(4), nullable=False),  # docx | pdf
    Column("reason_sealed", LargeBinary),  # empty once the words of the case were erased
    Column("by_id", String(32), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
Index("ix_casefile_export_case_id", export.c.case_id)
