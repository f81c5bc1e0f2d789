"""Referrals: who else is asked to help, on what basis, what came back; the ledger knows whom a yes is about."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import store.types

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_ONCE = ["conversation_id", "message_seq", "item", "decision"]
_OPEN = sa.text("state IN ('draft', 'sent', 'accepted', 'returned')")


def upgrade() -> None:
    """Go forward."""
    at = store.types.UtcDateTime(timezone=True)
    op.create_table(
        "referral",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=8), nullable=False),
        sa.Column("receiver", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("fields", sa.String(length=120), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("by", sa.String(length=32), nullable=False),
        sa.Column("at", at, nullable=False),
        sa.Column("changed_at", at, nullable=False),
        sa.Column("asking", sa.String(length=9), nullable=False),
        sa.Column("asked_at", at, nullable=True),
        sa.Column("asking_at", at, nullable=True),
        sa.Column("wants_news", sa.Boolean(), nullable=False),
        sa.Column("told", sa.String(length=8), nullable=True),
        sa.Column("ground", sa.String(length=20), nullable=True),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("reason_by", sa.String(length=32), nullable=True),
        sa.Column("reason_at", at, nullable=True),
        sa.Column("signed_by", sa.String(length=32), nullable=True),
        sa.Column("signed_at", at, nullable=True),
        sa.Column("basis", sa.String(length=7), nullable=True),
        sa.Column("packet_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("sent_by", sa.String(length=32), nullable=True),
        sa.Column("sent_at", at, nullable=True),
        sa.Column("sent_how", sa.String(length=8), nullable=True),
        sa.Column("answer_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("answered_by", sa.String(length=32), nullable=True),
        sa.Column("due_at", at, nullable=True),
        sa.Column("late_at", at, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral")),
    )
    op.create_index("ix_referral_case_id", "referral", ["case_id"], unique=False)
    op.create_index("ix_referral_conversation_id", "referral", ["conversation_id"], unique=False)
    op.create_index("ix_referral_due_at", "referral", ["due_at"], unique=False)
    op.create_index(
        "uq_referral_open", "referral", ["case_id", "receiver"], unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN
    )
    with op.batch_alter_table("consent") as batch:
        batch.add_column(sa.Column("receiver", sa.String(length=16), nullable=False, server_default=""))
        batch.drop_constraint("uq_consent_once", type_="unique")
        batch.create_unique_constraint("uq_consent_once", [*_ONCE, "receiver"])
    with op.batch_alter_table("consent") as batch:
        batch.alter_column("receiver", existing_type=sa.String(length=16), existing_nullable=False, server_default=None)


def downgrade() -> None:
    """Go back."""
    op.execute("DELETE FROM consent WHERE item = 'referral'")
    with op.batch_alter_table("consent") as batch:
        batch.drop_constraint("uq_consent_once", type_="unique")
        batch.create_unique_constraint("uq_consent_once", _ONCE)
        batch.drop_column("receiver")
    op.drop_table("referral")
