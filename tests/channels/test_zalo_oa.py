"""The Zalo Official Account by the contract of every messenger."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web

from bot.channels.joining import Joining
from bot.channels.pace import Pace
from bot.channels.zalo_oa.join import join
from bot.channels.zalo_oa.send import ZaloOaChannel
from bot.channels.zalo_oa.webhook import PATH
from store import messenger_tokens
from tests.channels.contract import Contract, Refusal, Shown
from tests.zalo_oa import faults
from tests.zalo_oa.server import APP_ID, APP_SECRET, OA_SECRET, ZaloServer


class ZaloOaAdapter:
    name = "zalo_oa"

    def __init__(self) -> None:
        self.server = ZaloServer()
        self._last: dict[str, dict[str, Any]] = {}
        self._joining: Joining | None = None

    @property
    def problems(self) -> list[str]:
        return self.server.problems

    async def open(self) -> dict[str, Any]:
        await self.server.__aenter__()
        return {
            "zalo_oa_app_id": APP_ID,
            "zalo_oa_app_secret": APP_SECRET,
            "zalo_oa_webhook_secret": OA_SECRET,
            "zalo_oa_base_url": self.server.url,
            "zalo_oa_oauth_url": self.server.url,
        }

    async def close(self) -> None:
        await self.server.__aexit__()

    def join(self, joining: Joining) -> list[web.RouteDef]:
        routes = join(joining)
        channel = joining.channels[self.name]
        assert isinstance(channel, ZaloOaChannel)
        channel._pace = Pace(sleep=lambda _: asyncio.sleep(0))
        self._joining = joining
        return routes

    async def joined(self, url: str) -> None:
        self.server.webhook = url + PATH
        assert self._joining is not None
        async with self._joining.database.transaction() as unit:
            await messenger_tokens.put(
                unit,
                self._joining.vault,
                self.name,
                access=self.server.access,
                refresh=self.server.refresh,
                expires_at=datetime.now(UTC) + timedelta(hours=25),
            )

    async def deliver(
        self, person: str, *, text: str | None = None, choice: str | None = None, attachment: bool = False
    ) -> None:
        if choice is not None:
            self._last[person] = await self.server.taps(person, choice)
        elif attachment:
            self._last[person] = await self.server.sends_picture(person, text)
        else:
            self._last[person] = await self.server.says(person, text or "")

    async def repeat(self, person: str) -> None:
        await self.server.post(self._last[person], retry=1)

    def sent(self, person: str) -> list[Shown]:
        return [
            Shown(text=shown.text, choices=tuple(payload.removeprefix("#") for _, payload in shown.buttons))
            for shown in self.server.people[person].screen
        ]

    def refuse_next(self, kind: Refusal) -> None:
        self.server.fail_next("message", faults.error(-213 if kind == "permanent" else -32))


class TestZaloOa(Contract):
    adapter = staticmethod(ZaloOaAdapter)
