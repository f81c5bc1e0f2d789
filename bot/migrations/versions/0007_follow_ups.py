"""Follow-ups: proposed at the end of a talk, agreed to by the person, sent once."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import store.types

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "follow_up",
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("proposed_by", sa.String(length=32), nullable=False),
        sa.Column("proposed_at", store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("due_at", store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("changed_at", store.types.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_follow_up")),
    )
    op.create_index("ix_follow_up_conversation_id", "follow_up", ["conversation_id"], unique=False)
    op.create_index("ix_follow_up_state", "follow_up", ["state", "due_at"], unique=False)


def downgrade() -> None:
    """Go back."""
    op.drop_table("follow_up")
