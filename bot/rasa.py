"""The client of a Rasa server: asks `/model/parse` about a message, within a time, and never raises at a turn.

What a child wrote goes to that one server and nowhere else: no redirects, no proxies, no cookies, and errors carry
their kind only. The token stands in the URL, because Rasa reads it nowhere else, and aiohttp's errors name the URL.
"""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

import aiohttp
import structlog

from bot import metrics
from bot.settings import Settings
from nlu.engine import Answer, AnswerError, as_sent, read_answer

FAILURES = 3
"""So many requests in a row fail, and Rasa is left alone for `REST_SECONDS`."""
REST_SECONDS = 30.0
_MOST_BYTES = 256 * 1024
_MOST_AT_ONCE = 16
_OK = 200
_NOT_ALLOWED = {401, 403}
log = structlog.get_logger()

Failure = Literal["slow", "gone", "refused", "failed", "garbled"]
"""Too late; not reached; wrong token; another status than 200; not what /model/parse answers."""


class RasaError(Exception):
    """Rasa gave no answer. `kind` says how; nothing of the message, the answer or the URL is in here."""

    def __init__(self, kind: Failure) -> None:
        super().__init__(kind)
        self.kind = kind


@dataclass(slots=True)
class RasaClient:
    """Asks one Rasa server. After some failures in a row it rests, so that no child waits for what is not there."""

    session: aiohttp.ClientSession
    url: str  # without /model/parse
    token: str | None
    seconds: float  # the whole time that an answer may take
    monotonic: Callable[[], float] = time.monotonic
    _failures: int = 0
    _rests_until: float = 0.0

    async def ask_all(self, texts: Iterable[str]) -> dict[str, Answer | None]:
        """Ask about several texts side by side; None where our engine must do alone."""
        asked = tuple(dict.fromkeys(texts))
        return dict(zip(asked, await asyncio.gather(*map(self.ask, asked)), strict=True))

    async def ask(self, text: str) -> Answer | None:
        """Return Rasa's answer, or None: nothing to ask, resting, or no good answer in time. Counts what came of it."""
        if not as_sent(text)[0]:
            return None
        now = self.monotonic()
        if self._failures >= FAILURES:
            if now < self._rests_until:
                metrics.RASA_ASKED.labels(outcome="resting").inc()
                return None
            self._rests_until = now + REST_SECONDS  # this one tries; the others go on resting meanwhile
        try:
            answer = await self.parse(text)
        except RasaError as error:
            metrics.RASA_ASKED.labels(outcome=error.kind).inc()
            self._note_failure(error.kind)
            return None
        if self._failures >= FAILURES:
            log.info("rasa_is_back")
        self._failures = 0
        metrics.RASA_ASKED.labels(outcome="answered").inc()
        return answer

    def _note_failure(self, kind: Failure) -> None:
        self._failures += 1
        if self._failures < FAILURES:
            return
        self._rests_until = self.monotonic() + REST_SECONDS
        if self._failures == FAILURES:
            log.error("rasa_rests", kind=kind, seconds=REST_SECONDS)

    async def parse(self, text: str) -> Answer:
        """Return Rasa's answer. Raises RasaError."""
        kind: Failure
        try:
            return read_answer(await self._post(as_sent(text)[0]), text)
        except RasaError:
            raise
        except TimeoutError:
            kind = "slow"
        except (aiohttp.ClientPayloadError, AnswerError, ValueError, RecursionError):
            kind = "garbled"
        except (aiohttp.ClientError, OSError):
            kind = "gone"
        # Raised out here, so that not even the context of the error holds the URL or the body.
        raise RasaError(kind)

    async def _post(self, sent: str) -> Any:
        async with self.session.post(
            f"{self.url}/model/parse",
            params={"token": self.token} if self.token else None,
            json={"text": sent},
            timeout=aiohttp.ClientTimeout(total=self.seconds),
            allow_redirects=False,
        ) as response:
            if response.status in _NOT_ALLOWED:
                raise RasaError("refused")
            if response.status != _OK:
                raise RasaError("failed")
            body = bytearray()
            async for chunk in response.content.iter_any():
                body += chunk
                if len(body) > _MOST_BYTES:
                    raise RasaError("garbled")
        return json.loads(body)


@contextlib.asynccontextmanager
async def rasa_client(settings: Settings, *, seconds: float | None = None) -> AsyncIterator[RasaClient | None]:
    """Open the client that the settings ask for, or None where our engine answers alone.

    `seconds` stands in for the set time-out.
    """
    if settings.nlu_engine != "rasa":
        yield None
        return
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=_MOST_AT_ONCE), cookie_jar=aiohttp.DummyCookieJar(), trust_env=False
    ) as session:
        yield RasaClient(
            session=session,
            url=settings.rasa_url,
            token=settings.rasa_token.get_secret_value() if settings.rasa_token else None,
            seconds=settings.rasa_timeout_ms / 1000 if seconds is None else seconds,
        )
