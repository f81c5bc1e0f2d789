"""People at the product's HTTP doors: a child at the web chat, a counsellor at the staff API."""

import asyncio
import json
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Self, TypeVar

import aiohttp

JSON = dict[str, Any]
PATIENCE_SECONDS = 20.0
_Found = TypeVar("_Found")


async def until(look: Callable[[], Awaitable[_Found]], seconds: float = PATIENCE_SECONDS) -> _Found:
    """Look again and again until there is something; raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while True:
            found = await look()
            if found:
                return found
            await asyncio.sleep(0.02)


@dataclass(slots=True)
class WebChild:
    """Someone at the web chat, without a browser."""

    url: str
    session: str = ""
    pushed: list[JSON] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    _client: aiohttp.ClientSession | None = None
    _listening: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Open a session."""
        self._client = aiohttp.ClientSession(self.url)
        if not self.session:
            async with self._client.post("/chat/api/sessions") as response:
                self.session = (await response.json())["session"]
        return self

    async def __aexit__(self, *_: object) -> None:
        """Go away."""
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)
        if self._client is not None:
            await self._client.close()

    @property
    def client(self) -> aiohttp.ClientSession:
        """Return the open client."""
        assert self._client is not None
        return self._client

    async def post(self, **body: Any) -> tuple[int, JSON]:
        """Post a message; returns status and answer."""
        sent = {"session": self.session, "id": secrets.token_hex(8)} | body
        async with self.client.post("/chat/api/messages", json=sent) as response:
            if response.content_type != "application/json":
                return response.status, {"error": await response.text()}
            return response.status, await response.json()

    async def says(self, text: str, **more: Any) -> list[JSON]:
        """Type something; returns the replies."""
        return self._replies(*await self.post(text=text, **more))

    async def presses(self, choice: str) -> list[JSON]:
        """Press a button; returns the replies."""
        return self._replies(*await self.post(choice=choice))

    @staticmethod
    def _replies(status: int, answer: JSON) -> list[JSON]:
        assert status == 200, answer
        replies: list[JSON] = answer["replies"]
        return replies

    def listen(self) -> None:
        """Begin to read the stream of what comes later."""
        self._listening = asyncio.create_task(self._listen())

    async def _listen(self) -> None:
        kind, timeout = "", aiohttp.ClientTimeout(total=None)
        async with self.client.get("/chat/api/events", params={"session": self.session}, timeout=timeout) as stream:
            async for line in stream.content:
                name, _, value = line.decode().strip().partition(": ")
                if name == "event":
                    kind = value
                elif name == "data" and kind == "message":
                    self.pushed.append(json.loads(value))
                elif name == "data" and kind == "delete":
                    self.deleted += json.loads(value)["ids"]


@dataclass(slots=True)
class Counsellor:
    """Someone of hotline 111, at the staff API."""

    url: str
    token: str
    _client: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        """Come to the desk."""
        self._client = aiohttp.ClientSession(self.url, headers={"Authorization": f"Bearer {self.token}"})
        return self

    async def __aexit__(self, *_: object) -> None:
        """Leave the desk."""
        if self._client is not None:
            await self._client.close()

    async def ask(self, method: str, path: str, body: JSON | None = None) -> Any:
        """Make a call that has to succeed; returns its JSON, or None where there is none."""
        assert self._client is not None
        async with self._client.request(method, f"/api/v1{path}", json=body) as response:
            assert response.status in {200, 204}, (path, response.status, await response.text())
            return await response.json() if response.status == 200 else None

    async def queue(self) -> list[JSON]:
        """Return the open cases."""
        listed: list[JSON] = await self.ask("GET", "/cases")
        return listed

    async def take_next(self) -> tuple[str, int]:
        """Claim the next child; returns case and lease."""
        taken = await self.ask("POST", "/cases/next")
        return taken["case"], taken["lease"]

    async def read(self, case: str) -> JSON:
        """Read a case."""
        found: JSON = await self.ask("GET", f"/cases/{case}")
        return found

    async def writes(self, case: str, lease: int, text: str) -> float:
        """Write to the child; returns when it was sent off."""
        began = time.monotonic()
        await self.ask("POST", f"/cases/{case}/messages", {"id": secrets.token_hex(8), "text": text, "lease": lease})
        return began

    async def closes(self, case: str, lease: int) -> None:
        """End the contact."""
        await self.ask("POST", f"/cases/{case}/close", {"lease": lease, "outcome": "advised", "summary": ""})
