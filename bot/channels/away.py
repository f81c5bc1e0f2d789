"""Gives 111 to a chat whose messages cannot be stored, from a text held in memory: the database may be away for long.

The message stays with the messenger and comes again, so nothing is lost meanwhile; but a child must not wait for that.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import structlog

from bot.batch import asks_to_leave
from bot.channels.port import Channel, Ingest, OutgoingMessage, Received

PATIENCE_SECONDS: Final = 5.0  # a database that only restarts is back by then, and the real answer comes
AGAIN_SECONDS: Final = 600.0  # a chat is told no more often
_MOST_CHATS: Final = 10_000
log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Waiting:
    since: float
    told_at: float | None = None


@dataclass(slots=True)
class Away:
    """Stores by `ingest`, and speaks up in the chats where that goes on failing."""

    channel: Channel
    ingest: Ingest
    text: str
    clock: Callable[[], float] = time.monotonic
    _chats: dict[str, _Waiting] = field(default_factory=dict)
    _sending: set[asyncio.Task[None]] = field(default_factory=set)

    async def take_in(self, channel: str, received: Received) -> None:
        """Store one message for good; raises what `ingest` raises."""
        try:
            await self.ingest(channel, received)
        except Exception:
            self._failed(received)
            raise
        self._chats.pop(received.address, None)

    def _failed(self, received: Received) -> None:
        """Note a failure. Who asked to leave in a hurry is told nothing: somebody may be looking."""
        if asks_to_leave(received.choice, received.text):
            self._chats[received.address] = _Waiting(since=float("inf"))
            return
        now = self.clock()
        if len(self._chats) >= _MOST_CHATS and received.address not in self._chats:
            self._chats.pop(next(iter(self._chats)))
        chat = self._chats.setdefault(received.address, _Waiting(since=now))
        is_due = chat.told_at is None or now - chat.told_at >= AGAIN_SECONDS
        if now - chat.since >= PATIENCE_SECONDS and is_due:
            chat.told_at = now
            sending = asyncio.create_task(self._tell(received.address))
            self._sending.add(sending)
            sending.add_done_callback(self._sending.discard)

    async def _tell(self, address: str) -> None:
        try:
            await self.channel.send(address, OutgoingMessage(text=self.text))
        except Exception as error:  # noqa: BLE001 - the messenger may be away as well; the message comes again anyhow
            log.warning("channel.not_told", channel=self.channel.name, error=type(error).__name__)

    async def close(self) -> None:
        """Drop what is still being sent."""
        for sending in tuple(self._sending):
            sending.cancel()
        await asyncio.gather(*self._sending, return_exceptions=True)
