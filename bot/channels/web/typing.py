"""Tells that the other one is writing, both ways between a child's page and the counsellor; stored nowhere.

It passes only while the two talk and nothing hides the talk: after a quick exit, in discreet mode or before a
counsellor came, nobody learns that the other writes.
"""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from aiohttp import web
from pydantic import ValidationError

from bot.channels.bodies import read_body
from bot.channels.web import receive
from bot.channels.web.bodies import TypingBody
from bot.flows.contact import talking
from bot.state import State, from_json
from store import conversations
from store.conversations import Conversation
from store.signals import typing_topic

PLACE = "/chat/api/typing"


def typing_handler(chat: "receive.WebChat") -> Callable[[web.Request], Awaitable[web.Response]]:
    """Return the handler of POST /chat/api/typing: the child writes just now."""

    async def typing(request: web.Request) -> web.Response:
        try:
            body = TypingBody.model_validate_json(await read_body(request, receive.NAME) or b"")
        except ValidationError:
            return web.json_response({"error": receive.UNREADABLE}, status=422)
        held = await chat.find(body.session)
        if held is None:
            return web.json_response({"error": receive.GONE}, status=404)
        if _talks(chat, held):
            await chat.database.stir(typing_topic(held.id, "child"))
        return web.Response(status=204)

    return typing


@contextlib.asynccontextmanager
async def passing_on_typing(chat: "receive.WebChat", conversation_id: str, stream: Any) -> AsyncIterator[None]:
    """Send the event "typing" into a child's stream while the counsellor writes, for the length of the block."""

    async def pass_on() -> None:
        if await _still_talks(chat, conversation_id):
            await stream.send("{}", event="typing")

    async with chat.database.signals.whenever(typing_topic(conversation_id, "counsellor"), pass_on):
        yield


async def _still_talks(chat: "receive.WebChat", conversation_id: str) -> bool:
    async with chat.database.reading() as unit:
        return _talks(chat, await conversations.read(unit, chat.vault, conversation_id))


def _talks(chat: "receive.WebChat", held: Conversation) -> bool:
    state = State() if held.state is None else from_json(held.state)
    return talking(state, chat.clock.now())
