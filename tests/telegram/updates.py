"""The update queue of the loopback Bot API server: long polling, or webhook delivery with repeats."""

import asyncio
import contextlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

from tests.telegram.chats import JSON
from tests.telegram.methods import UPDATE_KINDS

Reply = Callable[[str, Mapping[str, str]], object]
"""Runs a method that a webhook's answer called."""


class ConflictError(Exception):
    """Two readers want the updates; the text is the server's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One attempt at the webhook; status 0 where no answer came."""

    update_id: int
    status: int


class Updates:
    """Updates not yet confirmed, in the order they came."""

    def __init__(self, reply: Reply) -> None:
        self.pending: list[JSON] = []
        self.kinds: tuple[str, ...] = UPDATE_KINDS
        self.url = ""
        self.secret: str | None = None
        self.deliveries: list[Delivery] = []
        self.first_pause = 0.02  # seconds before the second repeat; the real server takes 2
        self._reply = reply
        self._next_id = 1000
        self._arrived = asyncio.Event()
        self._reader = 0
        self._chats: dict[object, asyncio.Task[None]] = {}
        self._session: aiohttp.ClientSession | None = None

    def make(self, kind: str, content: JSON) -> JSON:
        """Return a new update with the next number."""
        self._next_id += 1
        return {"update_id": self._next_id, kind: content}

    def put(self, update: JSON) -> None:
        """Queue an update: any object, also one that came before or has a lower number."""
        kind = next((key for key in update if key != "update_id"), None)
        if kind in UPDATE_KINDS and kind not in self.kinds:
            return
        self.pending.append(update)
        self._wake()

    def set_webhook(self, url: str, secret: str | None) -> None:
        """Deliver to a URL from now on, or to whoever polls when it is empty."""
        self.url, self.secret = url, secret
        self._wake()

    def _wake(self) -> None:
        self._arrived.set()
        self._arrived = asyncio.Event()
        if self.url:
            for update in self.pending:
                chat = _chat_of(update)
                if chat not in self._chats or self._chats[chat].done():
                    self._chats[chat] = asyncio.ensure_future(self._deliver(chat))

    async def ask(self, offset: int | None, limit: int, seconds: float) -> list[JSON]:
        """Answer getUpdates. Raises ConflictError for a reader while there is a webhook, or another newer reader."""
        if self.url:
            raise ConflictError(
                "can't use getUpdates method while webhook is active; use deleteWebhook to delete it first"
            )
        self._reader += 1
        me = self._reader
        self._wake()
        if offset is not None:
            self.pending = [update for update in self.pending if update["update_id"] >= offset]
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not self.pending and me == self._reader:
                    await self._arrived.wait()
        if me != self._reader:
            raise ConflictError(
                "terminated by other getUpdates request; make sure that only one bot instance is running"
            )
        return self.pending[:limit]

    async def _deliver(self, chat: object) -> None:
        """Deliver the updates of one chat in order; each is repeated until the answer is 2xx."""
        failures = 0
        while self.url:
            update = next((update for update in self.pending if _chat_of(update) == chat), None)
            if update is None:
                return
            if await self._post(update):
                self.pending.remove(update)
                failures = 0
                continue
            await asyncio.sleep(0 if failures == 0 else min(self.first_pause * 2**failures, 1))
            failures += 1

    async def _post(self, update: JSON) -> bool:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        headers = {} if self.secret is None else {"X-Telegram-Bot-Api-Secret-Token": self.secret}
        status, answer = 0, b""
        with contextlib.suppress(aiohttp.ClientError, TimeoutError, OSError):
            async with self._session.post(
                self.url, json=update, headers=headers, timeout=aiohttp.ClientTimeout(total=5)
            ) as response:
                answer = await response.read()
                status = response.status
        self.deliveries.append(Delivery(update_id=update["update_id"], status=status))
        if not 200 <= status < 300:
            return False
        await self._obey(answer)
        return True

    async def _obey(self, answer: bytes) -> None:
        """Run the call that a webhook's answer may be; its result is not reported."""
        if not answer:
            return
        call: dict[str, Any] = json.loads(answer)
        values = {
            name: value if isinstance(value, str) else json.dumps(value)
            for name, value in call.items()
            if name != "method"
        }
        self._reply(call["method"], values)

    async def close(self) -> None:
        """End all deliveries."""
        self.url = ""
        self._reader += 1
        self._wake()
        for task in self._chats.values():
            task.cancel()
        await asyncio.gather(*self._chats.values(), return_exceptions=True)
        if self._session is not None:
            await self._session.close()


def _chat_of(update: JSON) -> object:
    for content in update.values():
        if isinstance(content, dict):
            chat = content.get("chat") or content.get("message", {}).get("chat") or {}
            return chat.get("id")
    return None
