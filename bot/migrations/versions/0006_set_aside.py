"""A message that was set aside is tried again, and knows whose it is."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None
_SET_ASIDE = sa.text("status IN ('parked', 'held')")


def upgrade() -> None:
    """Go forward."""
    op.add_column("inbox", sa.Column("person", sa.String(length=8), nullable=True))
    op.create_index(
        "ix_inbox_set_aside",
        "inbox",
        ["next_attempt_at"],
        sqlite_where=_SET_ASIDE,
        postgresql_where=_SET_ASIDE,
    )


def downgrade() -> None:
    """Go back."""
    op.drop_index("ix_inbox_set_aside", table_name="inbox")
    op.drop_column("inbox", "person")
