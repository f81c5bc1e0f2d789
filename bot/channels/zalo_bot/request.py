"""Calls to the Zalo Bot Platform: POST with JSON, the token in the path of the URL and nowhere else."""

from collections.abc import Mapping
from typing import Any

from bot.channels.wire import CALL_SECONDS, Wire
from bot.channels.zalo_bot.errors import UNREADABLE, RefusedError


class BotApi:
    """One bot at one host. `base_url` is the host's root, as `https://bot-api.zaloplatforms.com`."""

    def __init__(self, token: str, base_url: str) -> None:
        self._wire = Wire(base_url)
        self._path = f"/bot{token}"

    async def call(self, method: str, values: Mapping[str, Any], *, seconds: float = CALL_SECONDS) -> Any:
        """Return the result, None where there is none. Raises RefusedError, WireError."""
        answer = await self._wire.post(f"{self._path}/{method}", values, seconds=seconds)
        # Errors may come with HTTP 200, so the body decides.
        match answer.body.get("ok"):
            case True:
                return answer.body.get("result")
            case False:
                code = answer.body.get("error_code")
                raise RefusedError(code if isinstance(code, int) else answer.status)
        if "event_name" in answer.body:
            return answer.body  # an event may come alone, without the answer around it
        raise RefusedError(answer.status if answer.status >= 400 else UNREADABLE)  # noqa: PLR2004

    async def close(self) -> None:
        """Close the connections."""
        await self._wire.close()
