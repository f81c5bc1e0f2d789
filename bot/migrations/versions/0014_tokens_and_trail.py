"""What a token of the staff API may do; the trail is read by time and by person."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None
_SCOPE = {"label": 64, "actions": 600, "area": 200}


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table("staff_session") as batch:
        for name, length in _SCOPE.items():
            batch.add_column(sa.Column(name, sa.String(length=length), nullable=True))
    op.create_index("ix_trail_at", "trail", ["at"], unique=False)
    op.create_index("ix_trail_actor", "trail", ["actor", "at"], unique=False)


def downgrade() -> None:
    """Go back."""
    op.drop_index("ix_trail_actor", table_name="trail")
    op.drop_index("ix_trail_at", table_name="trail")
    with op.batch_alter_table("staff_session") as batch:
        for name in _SCOPE:
            batch.drop_column(name)
