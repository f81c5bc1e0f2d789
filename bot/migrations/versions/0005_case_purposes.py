"""What a case may be used for stands beside its legal ground; cases of before name none."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Go forward."""
    op.add_column("cases", sa.Column("purposes", sa.String(length=60), nullable=True))


def downgrade() -> None:
    """Go back."""
    op.drop_column("cases", "purposes")
