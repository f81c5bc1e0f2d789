"""Takes updates in by long polling, where no public address is at hand.

Telegram forgets an update once it is asked for a later one. So the offset never passes an update that is not stored for
good: a kill at any moment loses nothing, and what then comes twice is known by its external id.
"""

import asyncio
import contextlib
from collections.abc import Coroutine, Sequence
from datetime import timedelta
from typing import Any, Final, TypeVar

import structlog
from telegram import Bot, Update
from telegram.error import TelegramError

from bot.channels.port import Ingest
from bot.channels.telegram.errors import as_channel_error
from bot.channels.telegram.receive import ALLOWED_UPDATES, CHANNEL, readable, receive
from bot.channels.telegram.request import AiohttpRequest

_LONG_POLL: Final = timedelta(seconds=25)  # the server ends it at 50
_SHORTEST_WAIT: Final = 0.2
_LONGEST_WAIT: Final = 5.0
_Answer = TypeVar("_Answer")

log = structlog.get_logger(__name__)


class UpdatesRequest(AiohttpRequest):
    """The wire of getUpdates. An update that the library cannot parse must not hold up all that come after it."""

    __slots__ = ()

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Parse an answer; every update in it can be parsed by the library."""
        answer = AiohttpRequest.parse_json_payload(payload)
        if "result" in answer:
            if not isinstance(answer["result"], list):
                raise TelegramError("Invalid server response")
            answer["result"] = [shape for raw in answer["result"] if (shape := readable(raw)) is not None]
        return answer


async def poll(bot: Bot, ingest: Ingest, stop: asyncio.Event) -> None:
    """Take updates in until `stop` is set. Errors of Telegram and of `ingest` are waited out, never raised."""
    intake = _Intake(bot, ingest)
    failures = 0
    try:
        while not stop.is_set():
            wish = 0.0
            try:
                updates = await _unless(stop, _ask(bot, intake.offset))
            except Exception as error:  # noqa: BLE001 - nothing may end the polling; the kind of the error is logged
                told = as_channel_error(error)
                log.warning("telegram.polling_failed", error=str(told))
                wish, is_well = told.retry_after_seconds or 0.0, False
            else:
                is_well = updates is None or await intake.take(updates)
            failures = 0 if is_well else failures + 1
            if failures:
                await _pause(stop, max(wish, min(_SHORTEST_WAIT * 2 ** min(failures - 1, 8), _LONGEST_WAIT)))
    finally:
        await intake.close()


class _Intake:
    """What of Telegram's queue is stored for good, and so from where to ask on."""

    def __init__(self, bot: Bot, ingest: Ingest) -> None:
        self.offset: int | None = None
        self._bot = bot
        self._ingest = ingest
        self._stored: set[int] = set()  # at or after the offset
        self._answers: set[asyncio.Task[None]] = set()

    async def take(self, updates: Sequence[Update]) -> bool:
        """Store updates; tells whether all of them were.

        Where one fails, the later ones of its chat wait for it, to keep their order; other children go on.
        """
        held_back: set[str] = set()
        for update in sorted(updates, key=lambda update: update.update_id):
            if update.update_id not in self._stored and await self._store(update, held_back):
                self._stored.add(update.update_id)
        numbers = [update.update_id for update in updates]
        missing = [number for number in numbers if number not in self._stored]
        if missing:
            self.offset = min(missing)
            self._stored = {number for number in self._stored if number > self.offset}
        else:
            # With nothing left, ask for whatever there is: after a quiet week Telegram numbers anew, perhaps lower.
            self.offset = max(numbers) + 1 if numbers else None
            self._stored.clear()
        return not missing

    async def _store(self, update: Update, held_back: set[str]) -> bool:
        found = receive(update)
        if any(received.address in held_back for received in found):
            return False
        try:
            for received in found:
                await self._ingest(CHANNEL, received)
        except Exception as error:  # noqa: BLE001 - whatever failed, the update stays with Telegram and comes again
            # No traceback: the error of a database may hold the row, and the row a child's words.
            log.error("telegram.ingest_failed", update_id=update.update_id, error=type(error).__name__)
            held_back.update(received.address for received in found)
            return False
        if update.callback_query is not None:
            self._answer(update.callback_query.id)
        return True

    def _answer(self, query_id: str) -> None:
        """Stop the button's spinner, beside the work: nobody's message waits for it."""
        answer = asyncio.create_task(_answered(self._bot, query_id))
        self._answers.add(answer)
        answer.add_done_callback(self._answers.discard)

    async def close(self) -> None:
        """Drop the answers under way."""
        answers = tuple(self._answers)
        for answer in answers:
            answer.cancel()
        await asyncio.gather(*answers, return_exceptions=True)


async def _ask(bot: Bot, offset: int | None) -> tuple[Update, ...]:
    return await bot.get_updates(offset=offset, timeout=_LONG_POLL, allowed_updates=ALLOWED_UPDATES)


async def _answered(bot: Bot, query_id: str) -> None:
    # A button pressed long ago can no longer be answered; then only its spinner runs on.
    with contextlib.suppress(Exception):
        await bot.answer_callback_query(query_id)


async def _unless(stop: asyncio.Event, call: Coroutine[Any, Any, _Answer]) -> _Answer | None:
    """Wait for a call, or return None once `stop` is set."""
    calling, stopping = asyncio.ensure_future(call), asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait((calling, stopping), return_when=asyncio.FIRST_COMPLETED)
        return calling.result() if calling.done() else None
    finally:
        # Updates that were on their way stay with Telegram: nothing of them has been confirmed.
        calling.cancel()
        stopping.cancel()
        await asyncio.gather(calling, stopping, return_exceptions=True)


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
