"""Opens the database for a command of the console, without the listener and the content."""

import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

import typer

from bot import schema
from bot.settings import Settings
from store.database import Database
from store.vault import Vault, load_key_file, make_key_file


@contextlib.asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[tuple[Database, Vault]]:
    """Open vault and database, newest schema included."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    vault = open_vault(settings)
    database = Database(settings.database)
    try:
        await schema.upgrade(database)
        yield database, vault
    finally:
        await database.close()


def open_vault(settings: Settings) -> Vault:
    """Open the key file, or make one where there is no data yet.

    A new key beside old data would only hide that the old key is lost, so that is refused.
    """
    fresh = settings.database_url is not None or not (settings.data_dir / "khien.sqlite3").exists()
    if fresh and not settings.keys.exists():
        make_key_file(settings.keys)
    return load_key_file(settings.keys)


def show(value: Any, *, as_json: bool, table: str) -> None:
    """Print a result: JSON where a program reads it, words where a person does."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str) if as_json else table)
