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

    The right to it is a lock of a session of PostgreSQL: it falls when the process dies, and another begins within ten
    seconds. Who is only cut off goes on with `work`, and ends it on learning that another has the right: while the
    database is away nobody could take over, and a child who writes meanwhile must get 111 from somebody's memory. On
    SQLite there is one process.
    """
    if database.is_sqlite:
        await work()
        return
    working: asyncio.Future[None] | None = None
    try:
        while not stop.is_set() and (working is None or not working.done()):
            with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
                connection = await database.connect()
                try:
                    if await connection.fetchval(_TRY, name):
                        working = working or asyncio.ensure_future(work())
                        await _while_held(connection, working, stop)
                    elif working is not None:
                        await _ended(working)
                        working = None
                finally:
                    await connection.close(timeout=AGAIN_SECONDS)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), AGAIN_SECONDS)
    finally:
        if working is not None:
            await _ended(working)
    if working is not None and not working.cancelled():
        working.result()


async def _while_held(connection: asyncpg.Connection, working: asyncio.Future[None], stop: asyncio.Event) -> None:
    """Return when the work or the product ends; raises what the connection raises when it is cut."""
    while not stop.is_set():
        done, _ = await asyncio.wait({working}, timeout=AGAIN_SECONDS)
        if done:
            return
        await connection.execute("SELECT 1", timeout=AGAIN_SECONDS)


async def _ended(working: asyncio.Future[None]) -> None:
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
