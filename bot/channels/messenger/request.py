"""Calls to the Send API: POST with JSON; the page's token and its proof stand in the query of the URL."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.channels.messenger.errors import refusal_in
from bot.channels.wire import CALL_SECONDS, Wire


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The page that is written to, and the words by which Meta and this product know each other."""

    id: str
    token: str = field(repr=False)
    app_secret: str = field(repr=False)

    @property
    def proof(self) -> str:
        """Return `appsecret_proof` (Meta, "Securing Graph API requests"): a token that leaks alone is worth nothing."""
        return hmac.new(self.app_secret.encode(), self.token.encode(), hashlib.sha256).hexdigest()


class SendApi:
    """Writes as one page. `base_url` is the host's root, as `https://graph.facebook.com`."""

    def __init__(self, page: Page, base_url: str, version: str) -> None:
        self._wire = Wire(base_url)
        self._path = f"/{version}/{page.id}/messages"
        self._query = {"access_token": page.token, "appsecret_proof": page.proof}

    async def call(self, values: Mapping[str, Any], *, seconds: float = CALL_SECONDS) -> Mapping[str, Any]:
        """Return the answer. Raises RefusedError, WireError."""
        answer = await self._wire.post(self._path, values, query=self._query, seconds=seconds)
        refusal = refusal_in(answer.body, answer.status)
        if refusal is not None:
            raise refusal
        return answer.body

    async def close(self) -> None:
        """Close the connections."""
        await self._wire.close()
