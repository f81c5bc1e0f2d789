"""The table of grants: who opened which case beyond their reach, why, and until when."""

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, String, Table

from store.tables import metadata
from store.types import UtcDateTime

break_glass = Table(
    "break_glass",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("case_id", String(32), ForeignKey("cases.id"), nullable=False),
    Column("conversation_id", String(32), nullable=False),  # whose data key seals the reason
    Column("staff_id", String(32), ForeignKey("staff.id"), nullable=False),
    Column("reason_sealed", LargeBinary),  # empty once the words of the case were erased
    Column("at", UtcDateTime, nullable=False),
    Column("until", UtcDateTime, nullable=False),
)
Index("ix_break_glass_case_id", break_glass.c.case_id)
