"""The case file: forms, what each save replaced, quotations, papers that left the desk."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import store.types

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "casefile_form",
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("form", sa.String(length=2), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("saved_by", sa.String(length=32), nullable=False),
        sa.Column("saved_at", store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("signed_by", sa.String(length=32), nullable=True),
        sa.Column("signed_at", store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("signed_version", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("case_id", "form", name=op.f("pk_casefile_form")),
    )
    op.create_index("ix_casefile_form_conversation_id", "casefile_form", ["conversation_id"], unique=False)
    op.create_table(
        "casefile_change",
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("form", sa.String(length=2), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("before_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("by_id", sa.String(length=32), nullable=False),
        sa.Column("at", store.types.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "form", "version", name=op.f("pk_casefile_change")),
    )
    op.create_index("ix_casefile_change_conversation_id", "casefile_change", ["conversation_id"], unique=False)
    op.create_table(
        "casefile_quotation",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("form", sa.String(length=2), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.String(length=32), nullable=False),
        sa.Column("at", store.types.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_casefile_quotation")),
    )
    op.create_index("ix_casefile_quotation_case_id", "casefile_quotation", ["case_id"], unique=False)
    op.create_table(
        "casefile_export",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("what", sa.String(length=3), nullable=False),
        sa.Column("format", sa.String(length=4), nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("by_id", sa.String(length=32), nullable=False),
        sa.Column("at", store.types.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_casefile_export")),
    )
    op.create_index("ix_casefile_export_case_id", "casefile_export", ["case_id"], unique=False)


def downgrade() -> None:
    """Go back."""
    op.drop_index("ix_casefile_export_case_id", table_name="casefile_export")
    op.drop_table("casefile_export")
    op.drop_index("ix_casefile_quotation_case_id", table_name="casefile_quotation")
    op.drop_table("casefile_quotation")
    op.drop_index("ix_casefile_change_conversation_id", table_name="casefile_change")
    op.drop_table("casefile_change")
    op.drop_index("ix_casefile_form_conversation_id", table_name="casefile_form")
    op.drop_table("casefile_form")
