"""What only one process of all may do, such as asking a messenger for updates; another takes over when it ends."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import asyncpg

from store.database import Database

AGAIN_SECONDS = 5.0  # between two tries to be the one, and between two looks whether one still is
_TRY = "SELECT pg_try_advisory_lock(hashtextextended($1, 0))"


async def alone(database: Database, name: str, work: Callable[[], Awaitable[None]], stop: asyncio.Event) -> None:
    """Do `work` while no other process on this database does what `name` stands for, until it ends or `stop` is set.

    The right to it is a lock of a session of PostgreSQL: it falls when the process dies or is cut off, and `work` is
    then cancelled and another begins it, within ten seconds. On SQLite there is one process.
    """
    if database.is_sqlite:
        await work()
        return
    while not stop.is_set():
        with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
            connection = await database.connect()
            try:
                if await connection.fetchval(_TRY, name):
                    await _while_held(connection, work, stop)
            finally:
                await connection.close(timeout=AGAIN_SECONDS)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), AGAIN_SECONDS)


async def _while_held(connection: asyncpg.Connection, work: Callable[[], Awaitable[None]], stop: asyncio.Event) -> None:
    """Raises what the connection raises when it is cut."""
    task = asyncio.ensure_future(work())
    try:
        while not stop.is_set():
            done, _ = await asyncio.wait({task}, timeout=AGAIN_SECONDS)
            if done:
                task.result()
                return
            await connection.execute("SELECT 1", timeout=AGAIN_SECONDS)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
