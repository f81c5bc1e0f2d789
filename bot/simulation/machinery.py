"""What the world runs on: a made-up clock, a database that loses its power on order, and a messenger that fails.

SQLite is called in the event loop itself instead of in a thread of its own: nothing waits for it here, and each
statement is several times faster.
"""

import contextlib
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiosqlite
from sqlalchemy import Executable, event
from sqlalchemy.engine import CursorResult, make_url
from sqlalchemy.ext.asyncio import create_async_engine

from bot.channels.port import ChannelError, OutgoingMessage
from bot.simulation.steps import SendFault
from nlu.listener import Listener
from nlu.understanding import Understanding
from store.database import Database, Transaction
from store.signals import conversation_topic

# A Monday at seven in the morning in Việt Nam, UTC+7.
START = datetime(2026, 11, 2, 0, 0, tzinfo=UTC)
_TICK = timedelta(microseconds=1)
_ROWS_AT_ONCE = 64
_CONVERSATION = conversation_topic("")


class PowerCut(BaseException):  # no error: nothing in the product may catch it
    """The process dies here."""


class StruckError(Exception):
    """A statement fails here, as when the database is away for a moment."""


class VirtualClock:
    """Time that passes only when it is told to; no two moments are the same, so that every order is one order."""

    def __init__(self) -> None:
        self._now = START

    def now(self) -> datetime:
        """Return the present moment, timezone-aware."""
        self._now += _TICK
        return self._now

    def reach(self, moment: datetime) -> None:
        """Let time pass until `moment`; a moment that is over changes nothing."""
        self._now = max(self._now, moment)

    @property
    def seconds(self) -> float:
        """Return how long it is since the beginning."""
        return (self._now - START).total_seconds()


class _Struck(Transaction):
    """A unit of work that ends at one of its statements."""

    def __init__(self, inner: Transaction, strike: Callable[[], None]) -> None:
        super().__init__(inner._connection)  # noqa: SLF001  # the same unit of work, watched
        self.topics = inner.topics
        self._strike = strike

    async def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        """Run one statement, unless it is the one at which everything ends."""
        self._strike()
        return await super().execute(statement, parameters)


class FragileDatabase(Database):
    """A database whose next unit of work can be made to end in the middle, or just before or after its commit."""

    def __init__(self, url: str) -> None:
        super().__init__(url, synchronous="OFF")
        self.changed: set[str] = set()
        """The conversations that something was committed for, since last cleared."""
        self._left: int | None = None
        self._kind = ""
        if self.is_sqlite:
            self.engine = create_async_engine(url, hide_parameters=True, async_creator=_connector(url))
            event.listen(self.engine.sync_engine, "connect", self._prepare_sqlite)
            event.listen(self.engine.sync_engine, "begin", self._begin_sqlite)

    def arm(self, fault: str) -> None:
        """Let the next unit of work end: `error:7` raises at its seventh statement or its end, `cut:7` dies there."""
        self._kind, _, count = fault.partition(":")
        self._left = int(count)

    def disarm(self) -> None:
        """Let everything go well from here on."""
        self._left = None

    def _strike(self) -> None:
        if self._left is None:
            return
        self._left -= 1
        if self._left <= 0:
            self._fall()

    def _fall(self) -> None:
        self._left = None
        raise PowerCut if self._kind == "cut" else StruckError

    @contextlib.asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """Open a unit of work that may write; what is armed strikes inside it, at the latest before its commit."""
        async with super().transaction() as unit:
            if self._left is None:
                yield unit
            else:
                yield _Struck(unit, self._strike)
                if self._left is not None:
                    self._fall()
        self.changed.update(topic.removeprefix(_CONVERSATION) for topic in unit.topics if _CONVERSATION in topic)


class _Inline(aiosqlite.Connection):
    """A connection that does each call where it is made."""

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return fn(*args, **kwargs)


def _connector(url: str) -> Callable[..., Any]:
    path = make_url(url).database or ":memory:"

    def connect(*_args: Any, **_kwargs: Any) -> aiosqlite.Connection:
        # Opened in aiosqlite's thread, used in ours, never in both at once.
        return _Inline(lambda: sqlite3.connect(path, check_same_thread=False), _ROWS_AT_ONCE)

    return connect


@dataclass(slots=True)
class Messenger:
    """A messenger as the product sees it: it takes messages, or refuses them as told."""

    name: str
    faults: list[SendFault] = field(default_factory=list)
    arrived: list[tuple[str, str]] = field(default_factory=list)  # address and text, since last asked
    failures: int = 0

    async def send(self, address: str, message: OutgoingMessage) -> str | None:
        """Take one message, or fail as the next fault says."""
        fault = self.faults.pop(0) if self.faults else None
        if fault in {"passing", "permanent"}:
            self.failures += 1
            raise ChannelError("refused", permanent=fault == "permanent")
        self.arrived.append((address, message.text))
        if fault == "cut":
            raise PowerCut
        return None

    async def delete(self, _address: str, _message_ids: Sequence[str]) -> None:
        """Delete messages; there is no screen here."""


class CachedListener(Listener):
    """The real listener, which reads the same words in the same circumstances once."""

    def __init__(self, listener: Listener) -> None:
        super().__init__(listener._learner)  # noqa: SLF001  # the same model
        self._known: dict[tuple[Any, ...], tuple[Understanding, Understanding]] = {}

    def readings(
        self,
        text: str,
        context: Sequence[str] = (),
        role: str | None = None,
        age_band: str | None = None,
        parts: Sequence[str] = (),
    ) -> tuple[Understanding, Understanding]:
        """What `text` says by itself, and together with `context`."""
        key = (text, tuple(context), role, tuple(parts))
        if key not in self._known:
            self._known[key] = super().readings(text, context, role, age_band, parts)
        return self._known[key]
