"""The way to Zalo's two hosts: one HTTP client, and errors that hold a kind and no more.

Tokens and secrets stand in headers and bodies, and aiohttp's errors name the URL; so nothing of theirs leaves here.
"""

import contextlib
import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

import aiohttp

from bot.channels.port import ChannelError
from bot.channels.zalo_oa.errors import passing

API: Final = "https://openapi.zalo.me"
OAUTH: Final = "https://oauth.zaloapp.com"
_CONNECT_SECONDS: Final = 3.0
_LONGEST_WAIT: Final = 600.0


class ZaloRequest:
    """Posts to Zalo. Raises ChannelError only, always a passing one: what Zalo answers is for the caller to judge."""

    def __init__(self, *, base_url: str | None = None, oauth_url: str | None = None) -> None:
        """`base_url` and `oauth_url` are other roots than Zalo's, as `http://127.0.0.1:8090`."""
        self._api, self._api_is_far = (base_url or API).rstrip("/"), base_url is None
        self._oauth, self._oauth_is_far = (oauth_url or OAUTH).rstrip("/"), oauth_url is None
        self._sessions: dict[bool, aiohttp.ClientSession] = {}

    async def close(self) -> None:
        """Close the client."""
        for session in self._sessions.values():
            await session.close()
        self._sessions.clear()

    async def call(self, path: str, body: Mapping[str, Any], token: str, *, seconds: float) -> dict[str, Any]:
        """Post JSON to the API; returns the answer, in which `error` tells whether it was taken."""
        data = json.dumps(body, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json", "access_token": token}
        return await self._post(self._api + path, data, headers, seconds, far=self._api_is_far)

    async def ask(self, path: str, form: Mapping[str, str], secret: str, *, seconds: float) -> dict[str, Any]:
        """Post a form to the host that gives tokens; returns the answer."""
        return await self._post(self._oauth + path, dict(form), {"secret_key": secret}, seconds, far=self._oauth_is_far)

    async def _post(
        self, url: str, data: bytes | dict[str, str], headers: dict[str, str], seconds: float, *, far: bool
    ) -> dict[str, Any]:
        failure: ChannelError
        try:
            async with self._session(far=far).post(
                url,
                data=data,
                headers=headers,
                timeout=aiohttp.ClientTimeout(total=seconds, sock_connect=_CONNECT_SECONDS),
                allow_redirects=False,  # the body holds a child's message or a token: it goes nowhere else
            ) as response:
                return _answer(response.status, response.headers.get("Retry-After"), await response.read())
        except ChannelError as error:
            failure = error
        except aiohttp.ClientConnectorError as error:
            failure = NotReached(type(error).__name__)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            failure = passing(type(error).__name__)
        # Raised out here, so that not even the context of the error holds the URL.
        raise failure

    def _session(self, *, far: bool) -> aiohttp.ClientSession:
        """Return the client; the proxy of the environment is for the way to Zalo, not for a server of one's own."""
        if far not in self._sessions:
            self._sessions[far] = aiohttp.ClientSession(trust_env=far, cookie_jar=aiohttp.DummyCookieJar())
        return self._sessions[far]


class NotReached(ChannelError):  # noqa: N818
    """Nothing was sent: there was no connection."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"Zalo OA: {kind}", permanent=False)


def _answer(status: int, wish: str | None, body: bytes) -> dict[str, Any]:
    """Return the JSON object of an answer. Zalo tells of its errors with status 200; another one is a fault."""
    if status != HTTPStatus.OK:
        seconds = float(wish) if wish is not None and wish.isascii() and wish.isdecimal() else None
        wait = None if seconds is None else min(seconds, _LONGEST_WAIT)
        raise ChannelError(f"Zalo OA: HTTP {status}", permanent=False, retry_after_seconds=wait)
    answer: object = None
    with contextlib.suppress(ValueError, RecursionError):
        answer = json.loads(body)
    if not isinstance(answer, dict):
        raise passing("unreadable answer")
    return answer


def code_of(answer: Mapping[str, Any]) -> int | None:
    """Return the error code of an answer, seen as a number and as a text: 0 for none, None where there is no code."""
    code = answer.get("error")
    if isinstance(code, bool) or not isinstance(code, int | str):
        return None
    try:
        return int(code)
    except ValueError:
        return None
