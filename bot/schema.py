"""Brings a database to the newest schema; several processes may try at once."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from store.database import Database

MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 111_2026  # PostgreSQL advisory lock, so that two processes do not migrate at once


def config_for(connection: Connection) -> Config:
    """Return Alembic's configuration on an open connection."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


async def upgrade(database: Database, revision: str = "head") -> None:
    """Apply every migration that is missing, in one transaction."""
    async with database.engine.begin() as connection:
        if not database.is_sqlite:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        await connection.run_sync(lambda sync: command.upgrade(config_for(sync), revision))


async def downgrade(database: Database, revision: str = "base") -> None:
    """Go back to `revision`; data of later steps is lost."""
    async with database.engine.begin() as connection:
        await connection.run_sync(lambda sync: command.downgrade(config_for(sync), revision))
