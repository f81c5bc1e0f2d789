"""Tables of what protects an account: recovery codes, a new second factor, what its owner must be told."""

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, String, Table

from store.tables import metadata
from store.types import UtcDateTime

recovery_code = Table(
    "recovery_code",
    metadata,
    Column("staff_id", String(32), ForeignKey("staff.id"), primary_key=True),
    Column("code_hash", String(64), primary_key=True),  # keyed: without the key file there is nothing to guess at
    Column("made_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
)

# A second factor that is shown but not yet confirmed by a code of it; the old one counts until then.
totp_pending = Table(
    "totp_pending",
    metadata,
    Column("staff_id", String(32), ForeignKey("staff.id"), primary_key=True),
    Column("secret_sealed", LargeBinary, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

reset_link = Table(
    "reset_link",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("staff_id", String(32), ForeignKey("staff.id"), nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
)

staff_notice = Table(
    "staff_notice",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("staff_id", String(32), ForeignKey("staff.id"), nullable=False),
    Column("kind", String(24), nullable=False),  # words of `escalation.staff.notices`
    Column("at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime),
)
Index("ix_staff_notice_staff_id", staff_notice.c.staff_id)
