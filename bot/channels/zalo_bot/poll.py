"""Takes events in by long polling, where no public address is at hand.

Zalo hands out one event a call and forgets it: there is no offset by which it could be asked for again. So each is on
this machine's disk before the next one is asked for, and a call is never cut off by us. What can still be lost is an
event whose answer is lost on its way, or while the process dies between Zalo's answer and the disk.
"""

import asyncio
import contextlib
import time
from collections import deque
from typing import Any, Final

import structlog

from bot.channels.port import Ingest
from bot.channels.zalo_bot.errors import IDLE, RefusedError, as_channel_error
from bot.channels.zalo_bot.receive import CHANNEL, receive, unwrapped
from bot.channels.zalo_bot.request import BotApi
from bot.channels.zalo_bot.spool import Entry, Spool
from store.whole import whole

POLL_SECONDS: Final = 5  # short, because a stop waits for the end of a call
_ANSWER_SECONDS: Final = 10.0  # beyond that, for the answer to arrive
_SHORTEST_WAIT: Final = 0.2
_LONGEST_WAIT: Final = 5.0
_AT_ONCE: Final = 0.1  # seconds; an answer that is empty and came faster was no long poll
_MOST_WAITING: Final = 500  # events in memory while the database is away; the others stay with Zalo
log = structlog.get_logger(__name__)


class Poller:
    """Asks for events and stores them: those of a child in order, those of others meanwhile."""

    def __init__(self, api: BotApi, ingest: Ingest, spool: Spool) -> None:
        self._api = api
        self._ingest = ingest
        self._spool = spool
        self._chats: dict[str, deque[Entry]] = {}
        self._storing: set[asyncio.Task[None]] = set()
        self._idle = asyncio.Event()
        self._idle.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Take events in until `stop` is set. Errors of Zalo and of `ingest` are waited out, never raised."""
        failures = 0
        self._idle.clear()
        try:
            for entry in await self._spool.waiting():
                self._store(entry)
            while not stop.is_set():
                is_well = await whole(self._asked())
                failures = 0 if is_well else failures + 1
                if failures:
                    await _pause(stop, min(_SHORTEST_WAIT * 2 ** min(failures - 1, 8), _LONGEST_WAIT))
                while self._count() >= _MOST_WAITING and not stop.is_set():
                    await _pause(stop, _SHORTEST_WAIT)
        finally:
            self._idle.set()

    async def _asked(self) -> bool:
        """Ask for one event and see to it; tells whether to ask again at once."""
        began = time.monotonic()
        try:
            event = await self._event()
        except Exception as error:  # noqa: BLE001 - nothing may end the polling; the kind of the error is logged
            log.warning("zalo_bot.polling_failed", channel=CHANNEL, error=str(as_channel_error(error, frozenset())))
            return False
        found = receive(event)
        if found:
            self._store(await self._spool.keep(found))
        return bool(event) or time.monotonic() - began > _AT_ONCE

    async def _event(self) -> dict[str, Any]:
        """Return the next event, empty when nobody wrote."""
        try:
            answer = await self._api.call(
                "getUpdates", {"timeout": POLL_SECONDS}, seconds=POLL_SECONDS + _ANSWER_SECONDS
            )
        except RefusedError as error:
            if error.code != IDLE:
                raise
            return {}
        return unwrapped(answer)

    def _store(self, entry: Entry) -> None:
        if entry.address in self._chats:
            self._chats[entry.address].append(entry)
            return
        waiting = self._chats[entry.address] = deque([entry])
        storing = asyncio.create_task(self._drain(entry.address, waiting))
        self._storing.add(storing)
        storing.add_done_callback(self._storing.discard)

    async def _drain(self, address: str, waiting: deque[Entry]) -> None:
        """Store what one person sent, in order, for as long as it takes."""
        failures = 0
        while waiting:
            try:
                for received in waiting[0].found:
                    await self._ingest(CHANNEL, received)
            except Exception as error:  # noqa: BLE001 - whatever failed, it is tried again
                # No traceback: the error of a database may hold the row, and the row a child's words.
                log.error("zalo_bot.ingest_failed", channel=CHANNEL, error=type(error).__name__)
                failures += 1
                await asyncio.sleep(min(_SHORTEST_WAIT * 2 ** min(failures - 1, 8), _LONGEST_WAIT))
            else:
                failures = 0
                await self._spool.done(waiting[0])
                waiting.popleft()
        del self._chats[address]

    def _count(self) -> int:
        return sum(len(waiting) for waiting in self._chats.values())

    async def finish(self) -> None:
        """Wait, after `stop` was set, for the call under way and what it brings; the rest the disk keeps."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(POLL_SECONDS + _LONGEST_WAIT):
                await self._idle.wait()
                await asyncio.gather(*self._storing)
        for storing in tuple(self._storing):
            storing.cancel()
        await asyncio.gather(*self._storing, return_exceptions=True)


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
