"""Tasks: what the law asks for in a case, and what staff set themselves."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import store.types

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "task",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("counts_from", store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("due_at", store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("assignee_id", sa.String(length=32), nullable=True),
        sa.Column("made_by", sa.String(length=40), nullable=False),
        sa.Column("title_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("ended_by", sa.String(length=32), nullable=True),
        sa.Column("ended_at", store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("alarmed_at", store.types.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
    )
    op.create_index("ix_task_case_id", "task", ["case_id"], unique=False)
    op.create_index("ix_task_assignee_id", "task", ["assignee_id", "state"], unique=False)
    op.create_index("ix_task_state", "task", ["state", "alarmed_at"], unique=False)
    op.create_index(
        "uq_task_legal",
        "task",
        ["case_id", "kind"],
        unique=True,
        sqlite_where=sa.text("kind != 'own'"),
        postgresql_where=sa.text("kind != 'own'"),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("task")
