"""The Zalo Bot Platform by the contract of every messenger, by webhook; by polling in tests/zalo_bot."""

from typing import Any

from aiohttp import web

from bot.channels.joining import Joining
from bot.channels.zalo_bot.join import join
from bot.channels.zalo_bot.setup import WEBHOOK_PATH
from tests.channels import faults
from tests.channels.contract import CANARIES, Contract, Refusal, Shown, until
from tests.zalo_bot.bot_server import ZaloBotServer


class ZaloBotAdapter:
    name = "zalo_bot"

    def __init__(self) -> None:
        self.server = ZaloBotServer()
        self._last: dict[str, dict[str, Any]] = {}

    @property
    def problems(self) -> list[str]:
        return self.server.violations

    async def open(self) -> dict[str, Any]:
        await self.server.__aenter__()
        return {
            "zalo_bot_token": self.server.token,
            "zalo_bot_base_url": self.server.url,
            "public_url": "https://khien.example",
        }

    async def close(self) -> None:
        await self.server.__aexit__()

    def join(self, joining: Joining) -> list[web.RouteDef]:
        return join(joining)

    async def joined(self, url: str) -> None:
        await until(lambda: bool(self.server.webhook))
        self.server.webhook = url + WEBHOOK_PATH

    async def deliver(
        self, person: str, *, text: str | None = None, choice: str | None = None, attachment: bool = False
    ) -> None:
        assert choice is None, "there are no buttons"
        if attachment:
            content = {"photo": CANARIES[2]} | ({} if text is None else {"caption": text})
            event = self.server.event(person, "image", **content)
        else:
            event = self.server.event(person, text=text)
        self._last[person] = event
        await self._brought(event)

    async def repeat(self, person: str) -> None:
        await self._brought(self._last[person])

    async def _brought(self, event: dict[str, Any]) -> None:
        answered = len(self.server.deliveries)
        self.server.deliver(event)
        await until(lambda: len(self.server.deliveries) > answered)

    def sent(self, person: str) -> list[Shown]:
        return [Shown(text=text) for text in self.server.answers(person)]

    def refuse_next(self, kind: Refusal) -> None:
        self.server.fail_next("sendMessage", faults.refused(400 if kind == "permanent" else 403))


class TestZaloBot(Contract):
    adapter = staticmethod(ZaloBotAdapter)
