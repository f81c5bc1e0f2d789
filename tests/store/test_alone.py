"""What one process of all does goes on when the connection that gives it the right to is gone."""

import asyncio
from unittest.mock import patch

from store.alone import alone
from store.database import Database
from tests.postgres import running_postgres

_BREAK = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE pid != pg_backend_pid() AND backend_type = 'client backend'"
)


async def test_it_is_begun_again_when_the_database_ends_the_connection() -> None:
    with running_postgres() as postgres, patch("store.alone.AGAIN_SECONDS", 0.5):
        database, stop, begun = Database(postgres.fresh("alone")), asyncio.Event(), asyncio.Semaphore(0)

        async def work() -> None:
            begun.release()
            await stop.wait()

        doing = asyncio.create_task(alone(database, "work", work, stop))
        try:
            async with asyncio.timeout(60):
                await begun.acquire()
                other = await database.connect()
                await other.execute(_BREAK)
                await other.close()
                await begun.acquire()
                stop.set()
                await doing
        finally:
            doing.cancel()
            await database.close()
