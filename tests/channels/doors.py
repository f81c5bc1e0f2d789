"""Every door by which the outside brings us something: its address, what really comes, and how that is proved."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.channels.messenger.join import WEBHOOK_PATH as MESSENGER_PATH
from bot.channels.telegram.setup import WEBHOOK_PATH as TELEGRAM_PATH
from bot.channels.telegram.webhook import SECRET_HEADER as TELEGRAM_HEADER
from bot.channels.web import export, typing
from bot.channels.zalo_bot.setup import WEBHOOK_PATH as ZALO_BOT_PATH
from bot.channels.zalo_bot.webhook import SECRET_HEADER as ZALO_BOT_HEADER
from bot.channels.zalo_oa.webhook import PATH as ZALO_OA_PATH
from store.vault import Vault
from tests.messenger.graph_server import GraphServer, batch, signature
from tests.telegram.bot_api_server import BotApiServer
from tests.zalo_bot.bot_server import ZaloBotServer
from tests.zalo_oa.server import ZaloServer

JSON = dict[str, Any]
CANARY = "chuồn chuồn kim tước"
"""Stands in every text that is sent, and may stand in nothing that is written down."""
Proof = Callable[[bytes], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """One address that takes something in."""

    name: str  # of the channel
    path: str
    header: str | None  # that carries the proof; None where what is known stands in the body
    proof: Proof
    events: Callable[[str], tuple[JSON, ...]]  # what a person really brings; the first is a message
    turns_away: frozenset[int]  # what whoever proves nothing is told
    takes_messages: bool = True


def doors(vault: Vault) -> tuple[Door, ...]:
    """Return the doors of a product with these keys."""
    return (
        Door(
            name="telegram",
            path=TELEGRAM_PATH,
            header=TELEGRAM_HEADER,
            proof=lambda _: vault.address_hash("telegram", "webhook"),
            events=lambda person: asyncio.run(_of_telegram(int(person))),
            turns_away=frozenset({401}),
        ),
        Door(
            name="zalo_oa",
            path=ZALO_OA_PATH,
            header="X-ZEvent-Signature",
            proof=_of_zalo,
            events=lambda person: asyncio.run(_of_zalo_oa(person)),
            turns_away=frozenset({401}),
        ),
        Door(
            name="zalo_bot",
            path=ZALO_BOT_PATH,
            header=ZALO_BOT_HEADER,
            proof=lambda _: vault.address_hash("zalo_bot", "webhook"),
            events=_of_zalo_bot,
            turns_away=frozenset({401}),
        ),
        Door(
            name="messenger",
            path=MESSENGER_PATH,
            header="X-Hub-Signature-256",
            proof=signature,
            events=_of_messenger,
            turns_away=frozenset({401}),
        ),
        Door(
            name="web",
            path="/chat/api/messages",
            header=None,
            proof=lambda _: "",
            events=lambda person: (
                {"session": person, "id": "1", "text": CANARY},
                {"session": person, "id": "2", "choice": "menu"},
            ),
            turns_away=frozenset({404, 422}),
        ),
        *(
            Door(
                name="web",
                path=path,
                header=None,
                proof=lambda _: "",
                events=lambda person: ({"session": person},),
                turns_away=frozenset({404, 422}),
                takes_messages=False,
            )
            for path in (export.PLACE, typing.PLACE)
        ),
    )


async def _of_telegram(person: int) -> tuple[JSON, ...]:
    server = BotApiServer()
    said = await server.user_says(person, CANARY)
    pressed = dict(said["message"]) | {"from": {"id": 4242, "is_bot": True, "first_name": "Nhím"}}
    query = {"id": "9", "from": said["message"]["from"], "chat_instance": "1", "data": "menu", "message": pressed}
    return (
        said,
        await server.user_says(person, "/menu"),
        await server.user_sends_photo(person, caption=CANARY),
        await server.edit(person, said["message"]["message_id"], f"{CANARY}!"),
        server.updates.make("callback_query", query),
    )


class _Recorded(ZaloServer):
    """The server, whose events are kept instead of being posted."""

    async def post(self, event: JSON, *, retry: int = 0) -> int:  # noqa: ARG002
        return 200


async def _of_zalo_oa(person: str) -> tuple[JSON, ...]:
    server = _Recorded()
    return (
        await server.says(person, CANARY),
        await server.says(person, "#menu"),
        await server.sends_picture(person, CANARY),
        await server.follows(person),
        await server.unfollows(person),
    )


def _of_zalo(body: bytes) -> str:
    """Sign a body by the time that stands in it, if any does."""
    try:
        event = json.loads(body)
    except (ValueError, RecursionError):
        event = None
    stamp = event.get("timestamp") if isinstance(event, dict) else None
    text = str(stamp) if isinstance(stamp, str | int) and not isinstance(stamp, bool) else ""
    return ZaloServer().sign(body, text if text.isascii() and len(text) <= 32 else "")


def _of_zalo_bot(person: str) -> tuple[JSON, ...]:
    server = ZaloBotServer()
    said = server.event(person, text=CANARY)
    return (
        said,
        {"ok": True, "result": server.event(person, text=CANARY)},
        server.event(person, "image", photo="https://elsewhere.example/canary.jpg", caption=CANARY),
        server.event(person, "sticker", sticker="24"),
    )


def _of_messenger(person: str) -> tuple[JSON, ...]:
    server = GraphServer()
    events = (
        server.message(person, text=CANARY),
        server.message(person, text="A", quick_reply={"payload": "menu"}),
        server.message(person, attachments=[{"type": "image", "payload": {"url": "https://elsewhere.example/a"}}]),
        server.event(person, postback={"mid": "m_2", "title": CANARY, "payload": "menu"}),
    )
    return tuple(json.loads(batch([event])) for event in events)


def forged(body: bytes) -> str:
    """Return a proof by somebody who knows the way but not the secret."""
    return "sha256=" + hmac.new(b"guessed", body, hashlib.sha256).hexdigest()
