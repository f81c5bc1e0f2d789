"""The shift: what each one carries, hand-overs, notes, listeners, the lobby's count, alerts that leave the house."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import store.types

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "handover",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=9), nullable=False),
        sa.Column("giver_id", sa.String(length=32), nullable=False),
        sa.Column("taker_id", sa.String(length=32), nullable=True),
        sa.Column("lease", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("at", store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("done_at", store.types.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
    )
    op.create_index("ix_handover_case_id", "handover", ["case_id"], unique=False)
    op.create_index("ix_handover_taker_id", "handover", ["taker_id", "state"], unique=False)
    op.create_table(
        "listener",
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("until", store.types.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "staff_id", name=op.f("pk_listener")),
    )
    op.create_table(
        "lobby",
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("urgency", sa.String(length=10), nullable=False),
        sa.Column("counts_from", store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("until", store.types.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_lobby")),
    )
    op.create_index("ix_lobby_until", "lobby", ["until"], unique=False)
    op.create_table(
        "notice",
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("way", sa.String(length=7), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("at", store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=7), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("sent_at", store.types.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("case_id", "number", "way", name=op.f("pk_notice")),
    )
    op.create_index(
        "ix_notice_pending",
        "notice",
        ["next_attempt_at"],
        unique=False,
        sqlite_where=sa.text("status = 'pending'"),
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.create_table(
        "shift_note",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=7), nullable=False),
        sa.Column("by_id", sa.String(length=32), nullable=False),
        sa.Column("to_id", sa.String(length=32), nullable=True),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", store.types.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift_note")),
    )
    op.create_index("ix_shift_note_case_id", "shift_note", ["case_id"], unique=False)
    op.create_table(
        "staff_load",
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("children_at_once", sa.Integer(), nullable=True),
        sa.Column("grave_in_row", sa.Integer(), nullable=False),
        sa.Column("break_since", store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("break_until", store.types.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_staff_load")),
    )
    op.create_index("ix_alert_at", "alert", ["at"], unique=False)


def downgrade() -> None:
    """Go back."""
    op.drop_index("ix_alert_at", table_name="alert")
    op.drop_table("staff_load")
    op.drop_index("ix_shift_note_case_id", table_name="shift_note")
    op.drop_table("shift_note")
    op.drop_index(
        "ix_notice_pending",
        table_name="notice",
        sqlite_where=sa.text("status = 'pending'"),
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.drop_table("notice")
    op.drop_index("ix_lobby_until", table_name="lobby")
    op.drop_table("lobby")
    op.drop_table("listener")
    op.drop_index("ix_handover_taker_id", table_name="handover")
    op.drop_index("ix_handover_case_id", table_name="handover")
    op.drop_table("handover")
