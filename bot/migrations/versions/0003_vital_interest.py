"""A case opened without a yes: the yes that came later, the reason, the second signature."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import store.types

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_TIMES = ("agreed_at", "reason_at", "sign_due_at", "signed_at")
_PEOPLE = ("reason_by", "signed_by")


def upgrade() -> None:
    """Go forward."""
    for name in _TIMES:
        op.add_column("cases", sa.Column(name, store.types.UtcDateTime(timezone=True), nullable=True))
    for name in _PEOPLE:
        op.add_column("cases", sa.Column(name, sa.String(length=32), nullable=True))
    op.add_column("cases", sa.Column("reason_sealed", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Go back."""
    for name in (*_TIMES, *_PEOPLE, "reason_sealed"):
        op.drop_column("cases", name)
