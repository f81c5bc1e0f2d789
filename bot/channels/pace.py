"""How fast a messenger may be written to: so many messages a second in all and to one chat, with small bursts.

The numbers without a name are Telegram's: it publishes no exact limits (Bots FAQ: about 30 a second in all and one a
second to a chat), and these stay below what it names.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable


class Bucket:
    """A token bucket that lends: a taker is told how long to wait for what it already took."""

    def __init__(self, *, per_second: float, burst: int) -> None:
        self._per_second = per_second
        self._burst = burst
        self._tokens = float(burst)
        self._at = 0.0

    def take(self, now: float) -> float:
        """Take one token; returns the seconds to wait before using it."""
        self._refill(now)
        self._tokens -= 1
        return max(0.0, -self._tokens / self._per_second)

    def is_full(self, now: float) -> bool:
        """Tell whether nothing has been taken for so long that the bucket may be forgotten."""
        self._refill(now)
        return self._tokens >= self._burst

    def _refill(self, now: float) -> None:
        self._tokens = min(float(self._burst), self._tokens + max(0.0, now - self._at) * self._per_second)
        self._at = max(self._at, now)


class Pace:
    """Makes writers wait their turn. `clock` gives seconds that never go back, `sleep` waits for seconds."""

    def __init__(
        self,
        *,
        per_second: float = 25,
        per_chat_second: float = 1,
        chat_burst: int = 4,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._bot = Bucket(per_second=per_second, burst=int(per_second))
        self._per_chat_second = per_chat_second
        self._chat_burst = chat_burst
        self._chats: dict[str, Bucket] = {}
        self._swept_at = clock()

    async def wait(self, chat: str | None = None) -> None:
        """Return when the next call may go out; a call that writes to nobody's screen names no chat."""
        now = self._clock()
        self._sweep(now)
        seconds = self._bot.take(now)
        if chat is not None:
            bucket = self._chats.setdefault(chat, Bucket(per_second=self._per_chat_second, burst=self._chat_burst))
            seconds = max(seconds, bucket.take(now))
        if seconds > 0:
            await self._sleep(seconds)

    def _sweep(self, now: float) -> None:
        """Forget chats at rest, so that the buckets do not grow with every child who ever wrote."""
        if now - self._swept_at >= 60:  # noqa: PLR2004
            self._swept_at = now
            self._chats = {chat: bucket for chat, bucket in self._chats.items() if not bucket.is_full(now)}
