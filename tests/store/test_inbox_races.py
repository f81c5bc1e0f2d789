"""However many workers read the inbox at once, each message is read once and in order; on both databases."""

import asyncio
from collections import defaultdict
from datetime import UTC, datetime

from store import conversations, inbox
from store.database import Database
from tests.store.keys import VAULT

pytest_plugins = ("tests.store.databases",)
NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


async def take_in(database: Database, address: str, number: int) -> inbox.Taken:
    async with database.transaction() as unit:
        return await inbox.take_in(
            unit,
            VAULT,
            channel="web",
            address=address,
            external_id=f"m{number}",
            body={"text": f"{address}{number}"},
            now=NOW,
        )


async def test_many_workers_read_each_message_once_and_in_order(database: Database) -> None:
    for number in range(5):
        for address in "abcd":
            await take_in(database, address, number)
    read: defaultdict[str, list[str]] = defaultdict(list)

    async def work() -> None:
        for _ in range(30):
            async with database.transaction() as unit:
                claimed = await inbox.claim(unit, NOW)
                if claimed is None:
                    continue
                held = await conversations.lock(unit, VAULT, claimed[0])
                batch = await inbox.read_batch(unit, held)
                await asyncio.sleep(0)
                for row in batch:
                    read[row.body["text"][0]].append(row.body["text"])
                await inbox.finish(unit, held.id, tuple(row.seq for row in batch))

    async with asyncio.timeout(30):
        await asyncio.gather(*(work() for _ in range(4)))
    assert dict(read) == {address: [f"{address}{number}" for number in range(5)] for address in "abcd"}


async def test_the_same_message_from_two_requests_at_once_is_one(database: Database) -> None:
    taken = await asyncio.gather(*(take_in(database, "a", 7) for _ in range(6)))
    assert len({place.seq for place in taken}) == 1
    assert sum(not place.repeated for place in taken) == 1
