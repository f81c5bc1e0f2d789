"""Opens the database for a command of the console, without the listener and the content."""

import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

import typer

from bot import schema
from bot.settings import Settings
from escalation.staff import any_staff
from store import conversations
from store.database import Database
from store.keys import FileKeys, open_keys
from store.vault import Vault


@contextlib.asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[tuple[Database, Vault]]:
    """Open database and vault, newest schema included."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database)
    try:
        await schema.upgrade(database)
        yield database, await open_vault(settings, database)
    finally:
        await database.close()


async def open_vault(settings: Settings, database: Database) -> Vault:
    """Open the master keys, or make a key file where there is no data yet.

    A new key beside old data would only hide that the old key is lost, so that is refused.
    """
    source = settings.keys
    if isinstance(source, FileKeys) and not source.path.exists():
        async with database.reading() as unit:
            empty = await conversations.count(unit) == 0 and not await any_staff(unit)
        if empty:
            source.make()
    return open_keys(source)


def show(value: Any, *, as_json: bool, table: str) -> None:
    """Print a result: JSON where a program reads it, words where a person does."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str) if as_json else table)
