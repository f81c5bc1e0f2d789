"""The inbox keeps order, takes each message once, and parks what cannot be read without blocking the rest."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store import conversations, inbox, tables
from store.database import Database
from store.keys import FileKeys, open_keys
from store.tables import metadata
from store.vault import Vault

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    keys = FileKeys(tmp_path / "keys" / "master.json")
    keys.make()
    return open_keys(keys)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await fresh_database(tmp_path / "inbox.sqlite3")
    yield opened
    await opened.close()


async def fresh_database(file: Path) -> Database:
    file.unlink(missing_ok=True)
    database = Database(f"sqlite+aiosqlite:///{file}", synchronous="OFF")
    async with database.engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    return database


async def send(database: Database, vault: Vault, address: str, external_id: str, text: str) -> inbox.Taken:
    async with database.transaction() as unit:
        return await inbox.take_in(
            unit, vault, channel="web", address=address, external_id=external_id, body={"text": text}, now=NOW
        )


async def drain(database: Database, vault: Vault, now: datetime = NOW) -> list[tuple[str, str]]:
    """Work the inbox empty; returns (conversation, text) in the order in which turns would read them."""
    read: list[tuple[str, str]] = []
    while True:
        async with database.transaction() as unit:
            claimed = await inbox.claim(unit, now)
            if claimed is None:
                return read
            held = await conversations.lock(unit, vault, claimed[0])
            batch = await inbox.read_batch(unit, held)
            read += [(claimed[0], row.body["text"]) for row in batch]
            await inbox.finish(unit, held.id, tuple(row.seq for row in batch))


async def test_the_same_message_twice_is_one(database: Database, vault: Vault) -> None:
    first = await send(database, vault, "a", "m1", "chào")
    again = await send(database, vault, "a", "m1", "chào")
    assert (again.seq, again.repeated) == (first.seq, True)
    assert [text for _, text in await drain(database, vault)] == ["chào"]


async def test_two_people_with_the_same_message_id_are_two(database: Database, vault: Vault) -> None:
    await send(database, vault, "a", "m1", "một")
    await send(database, vault, "b", "m1", "hai")
    assert sorted(text for _, text in await drain(database, vault)) == ["hai", "một"]


async def test_a_crash_between_claim_and_commit_loses_nothing(database: Database, vault: Vault) -> None:
    await send(database, vault, "a", "m1", "em kể nè")
    with pytest.raises(RuntimeError):
        async with database.transaction() as unit:
            await inbox.claim(unit, NOW)
            raise RuntimeError
    assert [text for _, text in await drain(database, vault)] == ["em kể nè"]


async def test_a_poison_row_is_parked_and_the_next_message_is_read(database: Database, vault: Vault) -> None:
    poison = await send(database, vault, "a", "m1", "poison")
    await send(database, vault, "a", "m2", "next")
    now = NOW
    for attempt in range(inbox.MAX_ATTEMPTS):
        async with database.transaction() as unit:
            assert await inbox.claim(unit, now) == (poison.conversation_id, poison.seq)
            parked = await inbox.put_off(unit, poison.conversation_id, poison.seq, now)
        assert parked == (attempt == inbox.MAX_ATTEMPTS - 1)
        now += timedelta(seconds=10)
    assert [text for _, text in await drain(database, vault, now)] == ["next"]


async def test_a_row_that_is_put_off_keeps_later_messages_behind_it(database: Database, vault: Vault) -> None:
    first = await send(database, vault, "a", "m1", "first")
    await send(database, vault, "a", "m2", "second")
    async with database.transaction() as unit:
        await inbox.put_off(unit, first.conversation_id, first.seq, NOW)
        assert await inbox.claim(unit, NOW) is None
    later = NOW + timedelta(seconds=1)
    assert [text for _, text in await drain(database, vault, later)] == ["first", "second"]


async def test_a_done_row_keeps_no_words(database: Database, vault: Vault) -> None:
    await send(database, vault, "a", "m1", "bí mật của em")
    await drain(database, vault)
    async with database.reading() as unit:
        rows = (await unit.execute(tables.inbox.select())).all()
    assert [(row.status, row.body_sealed) for row in rows] == [("done", None)]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(arrivals=st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 15)), max_size=30))
def test_each_conversation_is_read_in_order_and_once_whatever_arrives(
    arrivals: list[tuple[str, int]], tmp_path: Path, vault: Vault
) -> None:
    async def run() -> None:
        database = await fresh_database(tmp_path / "property.sqlite3")
        try:
            expected: dict[str, list[str]] = {}
            for address, number in arrivals:
                taken = await send(database, vault, address, f"m{number}", f"{address}{number}")
                if not taken.repeated:
                    expected.setdefault(address, []).append(f"{address}{number}")
            found: dict[str, list[str]] = {}
            for _, text in await drain(database, vault):
                found.setdefault(text[0], []).append(text)
            assert found == expected
        finally:
            await database.close()

    asyncio.run(run())
