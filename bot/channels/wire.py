"""The HTTP client of messengers that are spoken to in plain JSON.

A token stands in the URL, and aiohttp's errors name the URL; so an error leaves here with its kind and no more.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp

from bot.messenger_settings import is_here

CALL_SECONDS: Final = 10.0  # two of these are still shorter than `store.outbox.SENDING_SECONDS`


class WireError(Exception):
    """No answer came. The text is the kind of the error; what was sent may have arrived."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a messenger answered: the HTTP status, and the body if it is a JSON object, else an empty one."""

    status: int
    body: Mapping[str, Any]


class Wire:
    """Posts JSON objects to one host, named by its root URL; opens its connections when they are first needed."""

    def __init__(self, base_url: str) -> None:
        self._root = base_url.rstrip("/")
        # The proxy of the environment is for the way to the messenger, not for a server of one's own.
        self._is_far = not is_here(urlsplit(base_url).hostname or "")
        self._session: aiohttp.ClientSession | None = None

    async def post(
        self, path: str, body: Mapping[str, Any], *, query: Mapping[str, str] | None = None, seconds: float
    ) -> Answer:
        """Post an object and return the answer, whatever its status. Raises WireError after `seconds` at the latest."""
        if self._session is None:
            self._session = aiohttp.ClientSession(trust_env=self._is_far, cookie_jar=aiohttp.DummyCookieJar())
        try:
            async with self._session.post(
                self._root + path,
                json=body,
                params=query,
                timeout=aiohttp.ClientTimeout(total=seconds),
                allow_redirects=False,  # the body holds a child's message: it goes nowhere else
            ) as response:
                return Answer(status=response.status, body=_object(await response.read()))
        except TimeoutError:
            failure = WireError("TimeoutError")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            failure = WireError(type(error).__name__)
        # Raised out here, so that not even the context of the error holds the URL.
        raise failure

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None


def _object(raw: bytes) -> Mapping[str, Any]:
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
