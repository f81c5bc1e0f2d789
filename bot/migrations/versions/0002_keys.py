"""Marks: which master key wraps now, and how many erasures the database has seen."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Go forward; both marks are there from the start, because a lock needs a row."""
    mark = op.create_table(
        "mark",
        sa.Column("name", sa.String(length=16), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_mark")),
    )
    op.bulk_insert(mark, [{"name": "master_key", "value": 0}, {"name": "erasures", "value": 0}])


def downgrade() -> None:
    """Go back."""
    op.drop_table("mark")
