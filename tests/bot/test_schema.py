"""Migrations go up and down on both databases with data in them, and lead exactly to the tables in the code."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import autogenerate
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, select

import escalation.glass.tables
import escalation.staff.tables
import escalation.tables  # noqa: F401  # their tables belong to the same metadata
from bot import schema
from store import conversations
from store.database import Database
from store.tables import conversation, metadata
from tests.postgres import Postgres
from tests.store.keys import VAULT

pytest_plugins = ("tests.store.databases",)
NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of a database without any table."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'empty.sqlite3'}"
    server: Postgres = request.getfixturevalue("postgres")
    return server.fresh(f"schema-{tmp_path.name[-40:]}")


@pytest.fixture
async def empty(empty_url: str) -> AsyncIterator[Database]:
    opened = Database(empty_url, synchronous="OFF")
    yield opened
    await opened.close()


async def tables(database: Database) -> set[str]:
    async with database.engine.connect() as connection:
        names = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
    return set(names) - {"alembic_version"}


async def differences(database: Database) -> list[Any]:
    def compare(sync: Connection) -> list[Any]:
        context = MigrationContext.configure(sync, opts={"compare_type": True, "compare_server_default": True})
        return list(autogenerate.compare_metadata(context, metadata))

    async with database.engine.connect() as connection:
        return await connection.run_sync(compare)


async def test_an_empty_database_is_brought_to_the_tables_in_the_code(empty: Database) -> None:
    await schema.upgrade(empty)
    assert await tables(empty) == set(metadata.tables)
    assert await differences(empty) == []


async def test_migrating_again_changes_nothing_and_keeps_the_rows(empty: Database) -> None:
    await schema.upgrade(empty)
    async with empty.transaction() as unit:
        await conversations.upsert(unit, VAULT, "web", "em", NOW)
    await schema.upgrade(empty)
    async with empty.reading() as unit:
        assert len((await unit.execute(select(conversation))).all()) == 1


async def test_going_back_leaves_nothing_and_forward_again_everything(empty: Database) -> None:
    await schema.upgrade(empty)
    async with empty.transaction() as unit:
        await conversations.upsert(unit, VAULT, "web", "em", NOW)
    await schema.downgrade(empty)
    assert await tables(empty) == set()
    await schema.upgrade(empty)
    assert await differences(empty) == []


async def test_each_step_goes_up_and_down_by_itself(empty: Database) -> None:
    steps = [step.revision for step in reversed(list(_scripts().walk_revisions()))]
    for before, step in zip([None, *steps], steps, strict=False):
        await schema.upgrade(empty, step)
        await schema.downgrade(empty, before or "base")
        await schema.upgrade(empty, step)
    assert await differences(empty) == []


async def test_two_processes_that_migrate_at_once_do_no_harm(empty_url: str) -> None:
    both = [Database(empty_url, synchronous="OFF") for _ in range(2)]
    try:
        async with asyncio.timeout(20):
            await asyncio.gather(*(schema.upgrade(database) for database in both))
        assert await differences(both[0]) == []
    finally:
        for database in both:
            await database.close()


def test_the_history_is_one_line() -> None:
    assert len(_scripts().get_heads()) == 1
    assert len(_scripts().get_bases()) == 1


def test_one_person_cannot_stand_twice_in_the_queue_by_the_schema_itself() -> None:
    (index,) = [index for index in metadata.tables["cases"].indexes if index.name == "uq_cases_open"]
    assert index.unique


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(schema.MIGRATIONS))
