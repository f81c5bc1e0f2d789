"""A person's own data as a file: POST with the session in the body, so that no secret stands in an address."""

import json
from collections.abc import Awaitable, Callable

from aiohttp import web
from pydantic import ValidationError

from bot.channels.bodies import read_body
from bot.channels.web import receive
from bot.channels.web.bodies import ExportBody
from bot.flows.own_data import may_tell
from bot.own_data import document, read_own_data, read_own_words
from bot.state import from_json

PLACE = "/chat/api/export"
# Harmless among other downloads: it names neither the hotline nor the child.
FILE_NAME = "du-lieu.json"


def export_handler(chat: "receive.WebChat") -> Callable[[web.Request], Awaitable[web.Response]]:
    """Return the handler of POST /chat/api/export.

    The file holds what the chat itself would tell now: after a quick exit or a change of person no word that was said.
    """

    async def export(request: web.Request) -> web.Response:
        try:
            body = ExportBody.model_validate_json(await read_body(request, receive.NAME) or b"")
        except ValidationError:
            return web.json_response({"error": receive.UNREADABLE}, status=422)
        held = await chat.find(body.session)
        if held is None:
            return web.json_response({"error": receive.GONE}, status=404)
        state, now = from_json(held.state), chat.clock.now()
        async with chat.database.reading() as unit:
            own = await read_own_data(unit, held, state.person)
            words = await read_own_words(unit, held, state.person) if may_tell(state, now) else None
        text = json.dumps(document(state, state.person, own, words, now), ensure_ascii=False, indent=2)
        disposition = f'attachment; filename="{FILE_NAME}"'
        return web.Response(text=text, content_type="application/json", headers={"Content-Disposition": disposition})

    return export
