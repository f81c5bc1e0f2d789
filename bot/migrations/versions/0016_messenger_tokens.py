"""The tokens of a messenger that changes them; when a person stopped following us."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import store.types

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "messenger_token",
        sa.Column("name", sa.String(length=16), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("begun_at", store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("trouble", sa.String(length=16), nullable=True),
        sa.Column("alarmed_at", store.types.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_messenger_token")),
    )
    op.add_column("conversation", sa.Column("left_at", store.types.UtcDateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("conversation") as batch:
        batch.drop_column("left_at")
    op.drop_table("messenger_token")
