"""Wake-ups between parts of the product: "something for you", never what it is.

On PostgreSQL a wake-up travels by NOTIFY inside the transaction, to every process; on SQLite by an in-process event
after commit. Every waiter also looks by itself now and then, and every second while wake-ups do not arrive, so that a
lost one costs seconds and nothing else.
"""

import asyncio
import contextlib
import random
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

INBOX = "inbox"
OUTBOX = "outbox"
QUEUE = "queue"
_LOOK_SECONDS = (6.0, 10.0)
_DEAF_SECONDS = (0.5, 1.5)
_UNTIL_CLOSED_SECONDS = 3600.0


def conversation_topic(conversation_id: str) -> str:
    """Return the topic that stirs when a turn of this conversation is done or something is to be shown in it."""
    return f"conversation:{conversation_id}"


def case_topic(case_id: str) -> str:
    """Return the topic that stirs when this case changed."""
    return f"case:{case_id}"


def typing_topic(conversation_id: str, who: str) -> str:
    """Return the topic that stirs while `who` (child or counsellor) writes in this conversation; kept nowhere."""
    return f"typing:{who}:{conversation_id}"


class Waiter:
    """One part's ear on some topics."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def stir(self) -> None:
        """Wake the waiter, now or at its next wait."""
        self._event.set()

    async def wait(self, timeout_seconds: float) -> bool:
        """Return True when stirred, False after `timeout_seconds`; a stir between two waits is not lost."""
        try:
            async with asyncio.timeout(timeout_seconds):
                await self._event.wait()
        except TimeoutError:
            return False
        finally:
            self._event.clear()
        return True


class Signals:
    """The in-process exchange; the database feeds it."""

    def __init__(self) -> None:
        self._waiters: defaultdict[str, set[Waiter]] = defaultdict(set)
        self.queue_changes = 0  # so far; what was read of the queue before a change is not shown after it
        self._deaf = False

    def hear(self, *, hears: bool) -> None:
        """Note whether wake-ups of other processes arrive; once they do again, everyone looks."""
        if self._deaf and hears:
            for topic in tuple(self._waiters):
                self.dispatch(topic)
        self._deaf = not hears

    def until_next_look(self) -> float:
        """Return after how many seconds an open page looks though nothing stirred it; hundreds do not look at once."""
        return random.uniform(*(_DEAF_SECONDS if self._deaf else _LOOK_SECONDS))

    def dispatch(self, topic: str) -> None:
        """Wake everyone who listens to `topic`."""
        self.queue_changes += topic == QUEUE
        for waiter in tuple(self._waiters.get(topic, ())):
            waiter.stir()

    @contextlib.contextmanager
    def listen(self, *topics: str) -> Iterator[Waiter]:
        """Give a waiter on `topics` for the length of the block."""
        waiter = Waiter()
        for topic in topics:
            self._waiters[topic].add(waiter)
        try:
            yield waiter
        finally:
            for topic in topics:
                self._waiters[topic].discard(waiter)
                if not self._waiters[topic]:
                    del self._waiters[topic]

    @contextlib.asynccontextmanager
    async def whenever(self, topic: str, act: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
        """Do something each time that `topic` stirs, for the length of the block; its page may close."""

        async def keep_on() -> None:
            with self.listen(topic) as waiter:
                while True:
                    if await waiter.wait(_UNTIL_CLOSED_SECONDS):
                        await act()

        task = asyncio.create_task(keep_on())
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, ConnectionResetError):
                await task
