"""What one process of all does, and what becomes of it when the connection that gives it the right to is gone."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from store import alone as alone_module
from store.alone import alone
from store.database import Database
from tests.postgres import running_postgres

_BREAK = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE pid != pg_backend_pid() AND backend_type = 'client backend'"
)
_TAKE = "SELECT pg_try_advisory_lock(hashtextextended('work', 0))"
_AGAIN_SECONDS = 0.3


@dataclass(slots=True)
class Process:
    """One process that would do the work."""

    database: Database
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    begun: int = 0
    works: bool = False
    task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self.task = asyncio.create_task(alone(self.database, "work", self._work, self.stop))

    async def _work(self) -> None:
        self.begun += 1
        self.works = True
        try:
            await self.stop.wait()
        finally:
            self.works = False

    async def until(self, *, works: bool) -> None:
        async with asyncio.timeout(60):
            while self.works != works:
                await asyncio.sleep(0.02)

    async def end(self) -> None:
        self.stop.set()
        assert self.task is not None
        await self.task


@pytest.fixture
async def processes(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Process, Process]]:
    monkeypatch.setattr(alone_module, "AGAIN_SECONDS", _AGAIN_SECONDS)
    with running_postgres() as postgres:
        url = postgres.fresh("alone")
        one, other = Process(Database(url)), Process(Database(url))
        yield one, other
        await one.database.close()
        await other.database.close()


async def test_who_is_cut_off_goes_on_and_has_the_right_again(processes: tuple[Process, Process]) -> None:
    one, other = processes
    one.start()
    await one.until(works=True)
    killer = await other.database.connect()
    await killer.execute(_BREAK)
    await asyncio.sleep(_AGAIN_SECONDS * 5)
    assert (one.works, one.begun) == (True, 1)
    assert not await killer.fetchval(_TAKE)
    await killer.close()
    await one.end()


async def test_who_learns_that_another_took_over_ends_its_work(processes: tuple[Process, Process]) -> None:
    one, other = processes
    one.start()
    await one.until(works=True)
    taker = await other.database.connect()
    await taker.execute(_BREAK)
    async with asyncio.timeout(60):
        while not await taker.fetchval(_TAKE):  # the lock falls a moment after the connection
            await asyncio.sleep(0)
    await one.until(works=False)
    await taker.close()
    await one.until(works=True)  # and it takes over in its turn
    await one.end()


async def test_only_one_works_and_another_takes_over_when_it_ends(processes: tuple[Process, Process]) -> None:
    one, other = processes
    one.start()
    await one.until(works=True)
    other.start()
    await asyncio.sleep(_AGAIN_SECONDS * 3)
    assert not other.works
    await one.end()
    await other.until(works=True)
    await other.end()
