"""Databases for the tests: SQLite and PostgreSQL, each test its own rows, the schema made once a session.

A test module asks for them with `pytest_plugins = ("tests.store.databases",)`.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

import escalation.glass.tables
import escalation.staff.tables
import escalation.tables  # noqa: F401  # their tables belong to the same metadata
from store.database import Database
from store.tables import metadata
from tests.postgres import Postgres, running_postgres


async def create_tables(url: str) -> None:
    """Make the newest tables in an empty database."""
    database = Database(url, synchronous="OFF")
    async with database.engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    await database.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One server for the whole session."""
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_url(postgres: Postgres) -> str:
    """One PostgreSQL database with the tables in it; its rows are emptied before each test."""
    url = postgres.fresh("shared")
    asyncio.run(create_tables(url))
    return url


@pytest.fixture(scope="session")
def sqlite_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an SQLite file with the tables in it, to be copied."""
    file = tmp_path_factory.mktemp("template") / "empty.sqlite3"
    asyncio.run(create_tables(f"sqlite+aiosqlite:///{file}"))
    return file


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of an empty database with all tables, once of each kind."""
    if request.param == "postgresql":
        url: str = request.getfixturevalue("postgres_url")
        return url
    return _copied(request.getfixturevalue("sqlite_file"), tmp_path)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Open an empty database of either kind."""
    opened = Database(database_url, synchronous="OFF")
    if not opened.is_sqlite:
        names = ", ".join(f'"{table.name}"' for table in metadata.sorted_tables)
        async with opened.engine.begin() as connection:
            await connection.execute(text(f"TRUNCATE {names} CASCADE"))
    yield opened
    await opened.close()


@pytest.fixture
async def lite(sqlite_file: Path, tmp_path: Path) -> AsyncIterator[Database]:
    """Open an empty SQLite database, where one kind is enough."""
    opened = Database(_copied(sqlite_file, tmp_path), synchronous="OFF")
    yield opened
    await opened.close()


def _copied(template: Path, folder: Path) -> str:
    file = folder / "test.sqlite3"
    shutil.copyfile(template, file)
    return f"sqlite+aiosqlite:///{file}"
