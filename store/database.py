"""One engine for SQLite and PostgreSQL: units of work, and wake-ups that leave with the commit."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Any, TypeVar

import asyncpg
from sqlalchemy import Connection, CursorResult, Executable, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from store.signals import Signals
from store.whole import Whole, whole

_CHANNEL = "khien"
_RECONNECT_SECONDS = 1.0
_READ = "khien_read"
_Made = TypeVar("_Made")
_NOTIFY = text("SELECT pg_notify(:channel, :topic)")


class Transaction:
    """One unit of work. It commits when its block ends and rolls back when the block raises."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self.is_sqlite = connection.dialect.name == "sqlite"
        self.topics: dict[str, None] = {}  # an ordered set

    async def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        """Run one statement inside the unit of work."""
        running = self._connection.execute(statement, parameters)
        return await (whole(running) if self.is_sqlite else running)

    def attempt(self) -> AbstractAsyncContextManager[object]:
        """Open a block of its own inside the unit of work: when it raises, what it did and locked is let go."""
        nested = self._connection.begin_nested()
        return Whole(nested) if self.is_sqlite else nested

    async def one_at_a_time(self, name: str) -> None:
        """Let nobody else do what `name` stands for until this unit of work ends; the last lock that it takes."""
        if not self.is_sqlite:  # SQLite has one writer at a time anyway
            await self.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})

    def signal(self, *topics: str) -> None:
        """Wake the listeners of `topics` once this unit of work has committed."""
        self.topics.update(dict.fromkeys(topics))


class Database:
    """Opens units of work on one database and passes its wake-ups on."""

    def __init__(self, url: str, *, synchronous: str = "FULL") -> None:
        self.signals = Signals()
        self.is_sqlite = make_url(url).get_backend_name() == "sqlite"
        self._url = make_url(url)
        self._synchronous = synchronous
        # SQLite has one writer; waiting here is cheaper and fairer than waiting in its busy loop.
        self._writer = asyncio.Lock()
        self._listener: asyncio.Task[None] | None = None
        self.engine: AsyncEngine = create_async_engine(
            url, hide_parameters=True, pool_size=10, max_overflow=20, pool_pre_ping=not self.is_sqlite
        )
        if self.is_sqlite:
            event.listen(self.engine.sync_engine, "connect", self._prepare_sqlite)
            event.listen(self.engine.sync_engine, "begin", self._begin_sqlite)

    def _prepare_sqlite(self, connection: Any, _record: Any) -> None:
        # The driver must not open transactions on its own: `_begin_sqlite` does.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            f"synchronous={self._synchronous}",
            "busy_timeout=10000",
            "foreign_keys=ON",
            "secure_delete=ON",  # erased text must not linger in free pages
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @staticmethod
    def _begin_sqlite(connection: Connection) -> None:
        reading = connection.get_execution_options().get(_READ, False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    @contextlib.asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """Open a unit of work that may write."""
        async with contextlib.AsyncExitStack() as stack:
            if self.is_sqlite:
                await stack.enter_async_context(self._writer)
            async with self._whole(self.engine.begin()) as connection:
                unit = Transaction(connection)
                yield unit
                if not self.is_sqlite:
                    for topic in unit.topics:
                        await connection.execute(_NOTIFY, {"channel": _CHANNEL, "topic": topic})
        # Committed. On PostgreSQL the listener repeats this for every other process; twice does no harm.
        for topic in unit.topics:
            self.signals.dispatch(topic)

    async def stir(self, *topics: str) -> None:
        """Wake the listeners of `topics` in every process, with nothing stored and nothing locked."""
        for topic in topics:
            self.signals.dispatch(topic)
        if not self.is_sqlite:
            async with self.engine.begin() as connection:
                for topic in topics:
                    await connection.execute(_NOTIFY, {"channel": _CHANNEL, "topic": topic})

    @contextlib.asynccontextmanager
    async def reading(self) -> AsyncIterator[Transaction]:
        """Open a unit of work that only reads, all of it as at one moment; it never waits for the writer."""
        # One moment, because a conversation's key and what it opens may be replaced together.
        moment = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        async with self._whole(self.engine.connect()) as plain:
            connection = await plain.execution_options(**{_READ: True}, **moment)
            async with self._whole(connection.begin()):
                yield Transaction(connection)

    def _whole(self, manager: AbstractAsyncContextManager[_Made]) -> AbstractAsyncContextManager[_Made]:
        return Whole(manager) if self.is_sqlite else manager

    async def open(self) -> None:
        """Begin to pass on other processes' wake-ups (PostgreSQL only)."""
        if not self.is_sqlite:
            self._listener = asyncio.create_task(self._listen())

    async def close(self) -> None:
        """Stop listening and give every connection back."""
        if self._listener is not None:
            self._listener.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._listener
        await self.engine.dispose()

    async def connect(self) -> asyncpg.Connection:
        """Open a connection to PostgreSQL outside the pool, for what holds one long. Raises OSError, PostgresError."""
        return await asyncpg.connect(self._url.set(drivername="postgresql").render_as_string(hide_password=False))

    async def _listen(self) -> None:
        while True:
            gone = asyncio.Event()
            with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                connection = await self.connect()
                try:
                    connection.add_termination_listener(lambda _connection, gone=gone: gone.set())
                    await connection.add_listener(
                        _CHANNEL, lambda _c, _pid, _channel, topic: self.signals.dispatch(topic)
                    )
                    self.signals.hear(hears=True)
                    await gone.wait()
                finally:
                    self.signals.hear(hears=False)
                    await connection.close(timeout=_RECONNECT_SECONDS)
            await asyncio.sleep(_RECONNECT_SECONDS)
