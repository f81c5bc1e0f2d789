"""Alembic's entry: runs on the connection that `bot.schema` hands over, inside its transaction."""

from alembic import context

import escalation.glass.tables
import escalation.staff.tables
import escalation.tables  # noqa: F401  # their tables belong to the same metadata
from store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    compare_type=True,
)
context.run_migrations()
