"""Keeps the door to Zalo open: an access token of about 25 hours, and a refresh token that is good for one refresh.

One process at a time refreshes, about five hours early or when Zalo refuses the token. The new pair is stored before it
is used. What cannot be healed is a process that dies after Zalo has answered and before that pair is stored: the old
refresh token is used up and nobody has the new one, so a person has to connect anew. It is made as unlikely as can be
(the pair is stored at once, again and again, and a stop waits for it), and the doctor says when it may have happened.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

import structlog

from bot import metrics
from bot.channels.port import ChannelError
from bot.channels.zalo_oa import oauth
from bot.channels.zalo_oa.errors import as_channel_error, not_connected, passing
from bot.channels.zalo_oa.receive import CHANNEL
from bot.channels.zalo_oa.request import NotReached, ZaloRequest
from store import messenger_tokens
from store.clock import Clock
from store.database import Database
from store.messenger_tokens import Pair, Trouble
from store.vault import Vault

EARLY: Final = timedelta(hours=5)
LOOK_SECONDS: Final = 60.0
_WRITER_SECONDS: Final = 8.0  # how long a message waits for a refresh; the refresh itself goes on
_OTHER_SECONDS: Final = 0.25  # between looks at what another process is doing
_AFTER_REFUSAL: Final = 600.0  # a refused refresh token is hardly taken later
_AFTER_FAILURE: Final = 30.0
_AFTER_SUCCESS: Final = 60.0  # a fresh token that is refused is not the refresh's fault
_STORE_AGAIN_SECONDS: Final = 1.0
_STOP_SECONDS: Final = 20.0
_TO_DO: Final[dict[Trouble, str]] = {
    "refused": "zalo_oa.refresh_refused: run khien zalo connect",
    "unreachable": "zalo_oa.refresh_failed: tried again, look at the network",
}
Alarm = Callable[[Trouble], Awaitable[None]]
log = structlog.get_logger(__name__)


@dataclass(slots=True, kw_only=True)
class Tokens:
    """The pair of one account. `alarm` tells the operator that it could not be renewed."""

    database: Database
    vault: Vault
    clock: Clock
    request: ZaloRequest
    app: oauth.App
    alarm: Alarm
    _pair: Pair | None = None
    _refreshing: asyncio.Task[None] | None = None
    _alarms: set[asyncio.Future[None]] = field(default_factory=set)
    _not_before: dict[int, float] = field(default_factory=dict)  # by version, in seconds of the steady clock

    async def access(self) -> str:
        """Return the token to call with, from memory where it is known: the database may be away.

        Raises ChannelError.
        """
        pair = self._pair or await self._load()
        if pair is None:
            raise not_connected()
        return pair.access

    async def renewed(self, refused: str) -> str:
        """Return another token than the one that Zalo has just refused; raises ChannelError where there is none."""
        pair = await self._load()
        if pair is not None and pair.access == refused:
            await self._refreshed(pair.version)
            pair = await self._load()
        if pair is None:
            raise not_connected()
        if pair.access == refused:
            raise as_channel_error(-216)
        return pair.access

    async def keep(self, stop: asyncio.Event) -> None:
        """Renew the pair in time until `stop` is set. Nothing that goes wrong is raised."""
        while not stop.is_set():
            try:
                await self.look()
            except Exception as error:  # noqa: BLE001 - the next look may find the database again
                log.warning("zalo_oa.tokens_not_seen", error=type(error).__name__)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), LOOK_SECONDS)

    async def look(self) -> None:
        """Read what is stored, and renew it where it is time."""
        pair = await self._load()
        if pair is None:
            log.warning("zalo_oa.not_connected")
            return
        rest = pair.expires_at - self.clock.now()
        metrics.TOKEN_SECONDS.labels(channel=CHANNEL).set(rest.total_seconds())
        if rest <= EARLY:
            await self._refreshed(pair.version)

    async def close(self) -> None:
        """Wait for a refresh on its way: what it brings must be stored."""
        if self._refreshing is not None and not self._refreshing.done():
            await asyncio.wait({self._refreshing}, timeout=_STOP_SECONDS)
        for telling in tuple(self._alarms):
            telling.cancel()
        await asyncio.gather(*self._alarms, return_exceptions=True)

    async def _load(self) -> Pair | None:
        failure: ChannelError
        try:
            async with self.database.reading() as unit:
                self._pair = await messenger_tokens.read(unit, self.vault, CHANNEL)
        except Exception as error:  # noqa: BLE001 - a writer knows ChannelError only
            failure = passing(f"tokens not read, {type(error).__name__}")
        else:
            return self._pair
        raise failure

    async def _refreshed(self, version: int) -> None:
        """Wait, not for ever, until pair `version` has been renewed or its renewal has failed."""
        if self._refreshing is None or self._refreshing.done():
            if time.monotonic() < self._not_before.get(version, 0.0):
                return
            self._refreshing = asyncio.create_task(self._refresh(version))
        done, _ = await asyncio.wait({self._refreshing}, timeout=_WRITER_SECONDS)
        for task in done:
            task.result()

    async def _refresh(self, version: int) -> None:
        async with self.database.transaction() as unit:
            pair = await messenger_tokens.begin(unit, self.vault, CHANNEL, version, self.clock.now())
        if pair is None:
            await self._other_has_it(version)
            return
        try:
            fresh = await oauth.refresh(self.request, self.app, pair.refresh)
        except oauth.Refused as error:
            await self._failed(pair, "refused", error, known=True)
        except NotReached as error:
            await self._failed(pair, "unreachable", error, known=True)
        except ChannelError as error:
            await self._failed(pair, "unreachable", error, known=False)
        else:
            await self._store(fresh, version)

    async def _other_has_it(self, version: int) -> None:
        until = time.monotonic() + _WRITER_SECONDS
        while time.monotonic() < until:
            await asyncio.sleep(_OTHER_SECONDS)
            pair = await self._load()
            if pair is None or pair.version != version or pair.begun_at is None:
                return

    async def _store(self, fresh: oauth.Fresh, before: int) -> None:
        """Store a pair that exists nowhere else, again and again until it is."""
        expires_at = self.clock.now() + fresh.lasts
        while True:
            try:
                async with self.database.transaction() as unit:
                    await messenger_tokens.put(
                        unit, self.vault, CHANNEL, access=fresh.access, refresh=fresh.refresh, expires_at=expires_at
                    )
                break
            except Exception as error:  # noqa: BLE001 - whatever failed: once this is given up the pair is lost
                log.error("zalo_oa.new_tokens_not_stored_do_not_stop_this_process", error=type(error).__name__)
                metrics.TOKEN_FAILURES.labels(channel=CHANNEL, kind="not_stored").inc()
                await asyncio.sleep(_STORE_AGAIN_SECONDS)
        self._not_before = {before + 1: time.monotonic() + _AFTER_SUCCESS}
        await self._load()

    async def _failed(self, pair: Pair, trouble: Trouble, error: Exception, *, known: bool) -> None:
        wait = _AFTER_REFUSAL if trouble == "refused" else _AFTER_FAILURE
        self._not_before = {pair.version: time.monotonic() + wait}
        async with self.database.transaction() as unit:
            due = await messenger_tokens.note_trouble(
                unit, CHANNEL, pair.version, trouble, self.clock.now(), known=known
            )
        metrics.TOKEN_FAILURES.labels(channel=CHANNEL, kind=trouble).inc()
        if due:
            # What to do stands in the event's name: only known keys get through to a log.
            log.error(_TO_DO[trouble], kind=trouble, error=str(error))
            telling = asyncio.ensure_future(self.alarm(trouble))  # it may take long, and a message waits for us
            self._alarms.add(telling)
            telling.add_done_callback(self._alarms.discard)
