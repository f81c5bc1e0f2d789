"""Facebook Messenger by the contract of every messenger."""

from typing import Any

from aiohttp import web

from bot.channels.joining import Joining
from bot.channels.messenger.join import WEBHOOK_PATH, join
from tests.channels.contract import CANARIES, Contract, Refusal, Shown, until
from tests.messenger.graph_server import APP_SECRET, PAGE, PAGE_TOKEN, VERIFY_TOKEN, GraphServer, failing


class MessengerAdapter:
    name = "messenger"

    def __init__(self) -> None:
        self.server = GraphServer()
        self._last: dict[str, dict[str, Any]] = {}

    @property
    def problems(self) -> list[str]:
        return self.server.violations

    async def open(self) -> dict[str, Any]:
        await self.server.__aenter__()
        return {
            "messenger_page_id": PAGE,
            "messenger_page_token": PAGE_TOKEN,
            "messenger_app_secret": APP_SECRET,
            "messenger_verify_token": VERIFY_TOKEN,
            "messenger_base_url": self.server.url,
            "public_url": "https://khien.example",
        }

    async def close(self) -> None:
        await self.server.__aexit__()

    def join(self, joining: Joining) -> list[web.RouteDef]:
        return join(joining)

    async def joined(self, url: str) -> None:
        self.server.webhook = url + WEBHOOK_PATH

    async def deliver(
        self, person: str, *, text: str | None = None, choice: str | None = None, attachment: bool = False
    ) -> None:
        if choice is not None:
            screen = reversed(self.server.screens[person])
            replies = (reply for shown in screen for reply in shown.choices)
            title = next(title for title, payload in replies if payload == choice)
            event = self.server.message(person, text=title, quick_reply={"payload": choice})
        elif attachment:
            picture = {"type": "image", "payload": {"url": f"https://cdn.example/{CANARIES[2]}"}}
            words = {} if text is None else {"text": text}
            event = self.server.message(person, attachments=[picture], **words)
        else:
            event = self.server.message(person, text=text)
        self._last[person] = event
        await self._brought(event)

    async def repeat(self, person: str) -> None:
        await self._brought(self._last[person])

    async def _brought(self, event: dict[str, Any]) -> None:
        answered = len(self.server.deliveries)
        self.server.deliver(event)
        await until(lambda: len(self.server.deliveries) > answered)

    def sent(self, person: str) -> list[Shown]:
        return [
            Shown(text=one.text, choices=tuple(payload for _, payload in one.choices))
            for one in self.server.screens[person]
        ]

    def refuse_next(self, kind: Refusal) -> None:
        self.server.fail_next(failing(551) if kind == "permanent" else failing(613))


class TestMessenger(Contract):
    adapter = staticmethod(MessengerAdapter)
