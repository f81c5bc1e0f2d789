"""Many open pages look one after the other, so that whoever acts meanwhile is not kept waiting."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator


class Turns:
    """Lets many open pages look one after the other, however many things change.

    A hundred pages that are drawn all at once take the one thread for a second, and whoever writes to a child, or
    takes one, waits for it at each step. So only few look at a time, and after each of them there is a pause in
    proportion to what it took: most of the time belongs to those who act, and the more there is to draw, the longer
    each page rests between two sights.
    """

    _AT_ONCE = 2
    _PAUSE = 2.0  # times what the look took
    _LONGEST_PAUSE_SECONDS = 0.25

    def __init__(self) -> None:
        self._free = asyncio.Semaphore(self._AT_ONCE)

    @contextlib.asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for one's turn, and leave the others theirs."""
        async with self._free:
            begun = time.monotonic()
            yield
            await asyncio.sleep(min((time.monotonic() - begun) * self._PAUSE, self._LONGEST_PAUSE_SECONDS))
