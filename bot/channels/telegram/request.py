"""python-telegram-bot's wire on aiohttp, so that every messenger goes through one HTTP client.

The token stands in every URL, and aiohttp's errors name the URL; so an error leaves here with its kind and no more.
"""

import contextlib
import json
from typing import Any

import aiohttp
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData


class AiohttpRequest(BaseRequest):
    """Sends Bot API calls. Raises TelegramError only: TimedOut, or NetworkError with the name of the error's class."""

    __slots__ = ("_connect_timeout", "_read_timeout", "_session", "_trust_env")

    def __init__(self, *, read_timeout: float = 15, connect_timeout: float = 5, trust_env: bool = False) -> None:
        self._read_timeout = read_timeout
        self._connect_timeout = connect_timeout
        self._trust_env = trust_env
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """Return the seconds to wait for an answer where a call names none."""
        return self._read_timeout

    async def initialize(self) -> None:
        """Open the client, once."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                headers={"User-Agent": self.USER_AGENT}, trust_env=self._trust_env, cookie_jar=aiohttp.DummyCookieJar()
            )

    async def shutdown(self) -> None:
        """Close the client."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: object = BaseRequest.DEFAULT_NONE,
        write_timeout: object = BaseRequest.DEFAULT_NONE,  # noqa: ARG002 - part of the total
        connect_timeout: object = BaseRequest.DEFAULT_NONE,
        pool_timeout: object = BaseRequest.DEFAULT_NONE,  # noqa: ARG002 - part of the total
    ) -> tuple[int, bytes]:
        """Send one call; returns the HTTP status and the body."""
        if self._session is None:
            raise NetworkError("not initialized")
        reading = read_timeout if isinstance(read_timeout, int | float) else self._read_timeout
        connecting = connect_timeout if isinstance(connect_timeout, int | float) else self._connect_timeout
        failure: TelegramError
        try:
            async with self._session.request(
                method,
                url,
                data=_body(request_data) if request_data else None,
                timeout=aiohttp.ClientTimeout(total=connecting + reading, sock_connect=connecting),
                allow_redirects=False,  # the body holds a child's message: it goes nowhere else
            ) as response:
                return response.status, await response.read()
        except TimeoutError:
            failure = TimedOut()
        except (aiohttp.ClientError, OSError, ValueError) as error:
            failure = NetworkError(type(error).__name__)
        # Raised out here, so that not even the context of the error holds the URL.
        raise failure

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Parse an answer. Raises TelegramError; the library's own would log the body, which may hold messages."""
        answer: object = None
        with contextlib.suppress(ValueError, RecursionError):
            answer = json.loads(payload)
        if not isinstance(answer, dict) or (answer.get("ok") is True and "result" not in answer):
            raise TelegramError("Invalid server response")
        return answer


def _body(request_data: RequestData) -> dict[str, str] | aiohttp.FormData:
    """Return the parameters as a form; with a file among them as multipart, as the Bot API wants uploads."""
    if not request_data.contains_files:
        return request_data.json_parameters
    form = aiohttp.FormData()
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, kind) in request_data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=kind)
    return form
