"""Units of work whose requests end in the middle of them."""

import asyncio
import random
from pathlib import Path

from sqlalchemy import event, text

from store.database import Database

_ROUNDS, _AT_ONCE = 60, 12
_SOON_SECONDS = 0.02


async def test_a_request_that_ends_in_the_middle_leaves_the_lock_for_writing_to_the_next(tmp_path: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'ended.db'}")
    chance = random.Random(7)
    thrown_away: list[object] = []
    event.listen(database.engine.sync_engine, "invalidate", lambda *one: thrown_away.append(one))
    async with database.transaction() as unit:
        await unit.execute(text("CREATE TABLE lines (line INTEGER)"))
    failures: list[BaseException] = []

    async def write() -> None:
        async with database.transaction() as unit:
            await unit.execute(text("INSERT INTO lines VALUES (1)"))
            async with unit.attempt():
                await unit.execute(text("INSERT INTO lines VALUES (1)"))

    async def read() -> None:
        async with database.reading() as unit:
            assert (await unit.execute(text("SELECT count(*) FROM lines"))).scalar_one() % 2 == 0

    for _ in range(_ROUNDS):
        requests = [asyncio.create_task(chance.choice((write, read))()) for _ in range(_AT_ONCE)]
        for request in chance.sample(requests, _AT_ONCE // 2):
            asyncio.get_running_loop().call_later(chance.random() * _SOON_SECONDS, request.cancel)
        ended = await asyncio.gather(*requests, return_exceptions=True)
        failures += [one for one in ended if isinstance(one, Exception)]
    assert (failures, thrown_away) == ([], [])
    assert database.engine.pool.status().endswith("Current Checked out connections: 0")
    await read()
    await database.close()


async def test_who_is_cancelled_learns_it_after_the_unit_of_work_has_let_go(tmp_path: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'ended.db'}")
    begun = asyncio.Event()

    async def hold() -> None:
        async with database.transaction():
            begun.set()
            await asyncio.Event().wait()

    holding = asyncio.create_task(hold())
    await begun.wait()
    holding.cancel()
    await asyncio.wait({holding})
    assert holding.cancelled()
    async with asyncio.timeout(5), database.transaction() as unit:
        await unit.execute(text("CREATE TABLE lines (line INTEGER)"))
    await database.close()
