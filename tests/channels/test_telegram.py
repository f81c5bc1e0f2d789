"""Telegram by the contract of every messenger, on long polling."""

import asyncio
from typing import Any

from aiohttp import web

from bot.channels.joining import Joining
from bot.channels.pace import Pace
from bot.channels.telegram.join import join
from bot.channels.telegram.send import TelegramChannel
from tests.channels.contract import CANARIES, Contract, Refusal, Shown, until
from tests.telegram import faults
from tests.telegram.bot_api_server import BotApiServer


class TelegramAdapter:
    name = "telegram"

    def __init__(self) -> None:
        self.server = BotApiServer()
        self._last: dict[str, dict[str, Any]] = {}

    @property
    def problems(self) -> list[str]:
        return self.server.violations

    async def open(self) -> dict[str, Any]:
        await self.server.__aenter__()
        return {"TELEGRAM_TOKEN": self.server.token, "telegram_base_url": self.server.url}

    async def close(self) -> None:
        await self.server.__aexit__()

    def join(self, joining: Joining) -> list[web.RouteDef]:
        routes = join(joining)
        channel = joining.channels[self.name]
        assert isinstance(channel, TelegramChannel)
        channel._pace = Pace(sleep=lambda _: asyncio.sleep(0))
        return routes

    async def joined(self, url: str) -> None:  # noqa: ARG002 - Telegram is asked
        await until(lambda: bool(self.server.calls_of("getUpdates")))

    async def deliver(
        self, person: str, *, text: str | None = None, choice: str | None = None, attachment: bool = False
    ) -> None:
        chat, asked = int(person), len(self.server.calls_of("getUpdates"))
        if choice is not None:
            await self.server.user_presses(chat, choice)
        elif attachment:
            size = {"file_id": CANARIES[2], "file_unique_id": "a", "width": 9, "height": 9}
            self._last[person] = await self.server.user_sends(chat, caption=text, photo=[size])
        else:
            self._last[person] = await self.server.user_says(chat, text or "")
        # Asked for again: what was brought is stored, or has failed.
        await until(lambda: len(self.server.calls_of("getUpdates")) > asked + 1 or not self.server.updates.pending)

    async def repeat(self, person: str) -> None:
        self.server.deliver(self._last[person])
        await until(lambda: not self.server.updates.pending)

    def sent(self, person: str) -> list[Shown]:
        shown = [one for one in self.server.messages(int(person)) if one.from_bot]
        return [Shown(text=one.text, choices=one.choices) for one in shown]

    def refuse_next(self, kind: Refusal) -> None:
        fault = faults.status(403, "Forbidden: bot was blocked by the user") if kind == "permanent" else faults.flood(2)
        self.server.fail_next("sendMessage", fault)


class TestTelegram(Contract):
    adapter = staticmethod(TelegramAdapter)
