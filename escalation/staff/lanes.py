"""Turns at something dear, such as a password's hash: whoever comes from a crowded place waits behind the others."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from escalation.staff.errors import TryLater

_AGAIN_SECONDS = 5


class Lanes:
    """Lets `at_once` through at a time, one of each lane in turn; a lane in which `most` wait is closed.

    A flood of guesses comes through few lanes and fills those. A counsellor who signs in meanwhile comes through
    another and waits for at most one turn of each.
    """

    def __init__(self, at_once: int, most: int) -> None:
        self._free = at_once
        self._most = most
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    @asynccontextmanager
    async def turn(self, lane: str) -> AsyncIterator[None]:
        """Wait for one's turn and have it for as long as the block lasts. Raises TryLater where the lane is closed."""
        await self._enter(lane)
        try:
            yield
        finally:
            self._leave()

    async def _enter(self, lane: str) -> None:
        if self._free:
            self._free -= 1
            return
        if len(self._waiting.get(lane, ())) >= self._most:
            raise TryLater(_AGAIN_SECONDS)
        called = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(lane, deque()).append(called)
        try:
            await called
        except asyncio.CancelledError:
            if not called.cancelled():  # called and gone at the same moment: the turn is the next one's
                self._leave()
            raise

    def _leave(self) -> None:
        """Call the first of the lane whose turn it is; that lane goes behind the others."""
        while self._waiting:
            lane, ahead = self._waiting.popitem(last=False)
            called = ahead.popleft()
            if ahead:
                self._waiting[lane] = ahead
            if not called.done():  # else it has gone
                called.set_result(None)
                return
        self._free += 1
