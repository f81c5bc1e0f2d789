"""An inbox that takes each message once, and patience, for the tests of channels."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.channels.port import Received

PATIENCE_SECONDS = 60  # what takes milliseconds may take long on a busy machine


@dataclass(slots=True)
class Inbox:
    """Stands for the durable inbox: the same external id of an address twice is one."""

    channel: str
    rows: dict[tuple[str, str], Received] = field(default_factory=dict)
    offered: list[str] = field(default_factory=list)
    failures: int = 0  # how many of the next calls fail
    refuses: Callable[[Received], bool] = lambda _: False
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, channel: str, received: Received) -> None:
        """Store, or fail with words in the error that nobody may log."""
        assert channel == self.channel
        self.offered.append(received.external_id)
        await asyncio.sleep(0)
        if self.failures:
            self.failures -= 1
            raise ConnectionError("the database with the words of a child: bố đánh em")
        if self.refuses(received):
            raise ValueError("the row with the words of a child: bố đánh em")
        self.rows.setdefault((received.address, received.external_id), received)
        self.changed.set()
        self.changed = asyncio.Event()

    @property
    def received(self) -> list[Received]:
        """Return what is stored, in its order."""
        return list(self.rows.values())

    @property
    def texts(self) -> list[str | None]:
        """Return the words of what is stored."""
        return [received.text for received in self.received]

    async def holds(self, count: int) -> list[Received]:
        """Wait until so many messages are stored."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(self.rows) < count:
                await self.changed.wait()
        return self.received


async def until(is_so: Callable[[], bool]) -> None:
    """Wait until something holds that nothing announces."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not is_so():
            await asyncio.sleep(0.005)
