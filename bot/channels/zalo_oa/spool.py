"""Stores again, from memory, what could not be stored at once.

Zalo repeats an event whose connection failed; whether it repeats one that was answered 503 is told nowhere. So what
came in stays here and is tried again until it is stored; what Zalo repeats as well is known by its name and is one
message. Only what is here when the process dies depends on Zalo.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

import structlog

from bot.channels.port import Ingest, Received

_WAITS: Final = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)  # seconds between tries; the last one from there on
MOST: Final = 10_000  # messages held at once; what is beyond is left to Zalo
log = structlog.get_logger(__name__)


class NotStored(Exception):  # noqa: N818
    """An earlier message of the same person is still to be stored; this one stands behind it."""


@dataclass(slots=True)
class Spool:
    """Stores by `ingest`, in the order of each person."""

    ingest: Ingest
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    _lines: dict[str, deque[tuple[str, Received]]] = field(default_factory=dict)
    _tries: set[asyncio.Task[None]] = field(default_factory=set)
    _held: int = 0

    async def take_in(self, channel: str, received: Received) -> None:
        """Store one message for good. Where that fails it is tried again later, and this raises what went wrong."""
        if received.address in self._lines:
            self._keep(channel, received)
            raise NotStored
        try:
            await self.ingest(channel, received)
        except Exception:
            self._keep(channel, received)
            raise

    def _keep(self, channel: str, received: Received) -> None:
        line = self._lines.get(received.address)
        if line is None:
            line = self._lines[received.address] = deque()
            trying = asyncio.create_task(self._try(received.address, line))
            self._tries.add(trying)
            trying.add_done_callback(self._tries.discard)
        known = any(kept.external_id == received.external_id for _, kept in line)
        if not known and self._held < MOST:
            line.append((channel, received))
            self._held += 1

    async def _try(self, address: str, line: deque[tuple[str, Received]]) -> None:
        failures = 0
        while line:
            await self.sleep(_WAITS[min(failures, len(_WAITS) - 1)])
            try:
                while line:
                    await self.ingest(*line[0])
                    line.popleft()
                    self._held -= 1
            except Exception as error:  # noqa: BLE001 - whatever failed, it is tried again
                failures += 1
                # No traceback: the error of a database may hold the row, and the row a child's words.
                log.warning("zalo_oa.still_not_stored", error=type(error).__name__, attempt=failures)
        del self._lines[address]

    async def close(self) -> None:
        """Give up what is still held; only Zalo has it now."""
        for trying in tuple(self._tries):
            trying.cancel()
        await asyncio.gather(*self._tries, return_exceptions=True)
        if self._held:
            log.error("zalo_oa.left_to_zalo", count=self._held)
