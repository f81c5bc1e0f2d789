"""The stream of what no POST returned: a counsellor's words, waiting notes, deletions."""

import json
import re
import time
from typing import Any

from aiohttp import web
from aiohttp_sse import sse_response

from bot import silence
from bot.channels.web import receive
from bot.channels.web.pictures import image_of
from bot.channels.web.typing import passing_on_typing
from store import conversations, outbox
from store.outbox import Outgoing
from store.signals import conversation_topic

_EVENT_ID = re.compile(r"[0-9]{1,9}")
_BEAT_SECONDS = 15.0  # rare enough for a phone's battery; the page gives a line up that says nothing for 40 s


def reply_of(row: Outgoing) -> dict[str, Any]:
    """Return an outbox row as the page's reply."""
    reply: dict[str, Any] = {
        "id": str(row.seq),
        "text": row.body["text"],
        "choices": [{"id": choice["id"], "label": choice["label"]} for choice in row.body["choices"]],
        "from": "bot" if row.body["name"] is None else "counsellor",
    }
    if row.body["name"] is not None:
        reply["name"] = row.body["name"]
    image = image_of(row.body)
    if image is not None:
        reply["image"] = image
    return reply


def events_handler(chat: "receive.WebChat") -> Any:
    """Return the handler of GET /chat/api/events."""

    async def events(request: web.Request) -> web.StreamResponse:
        held = await chat.find(request.query.get("session", ""))
        if held is None:
            return web.json_response({"error": receive.GONE}, status=404)
        last = request.headers.get("Last-Event-ID") or request.query.get("last") or ""
        resumed = _EVENT_ID.fullmatch(last) is not None
        async with sse_response(request) as stream, passing_on_typing(chat, held.id, stream):
            cursor, beat_at = int(last) if resumed else 0, time.monotonic()
            with chat.database.signals.listen(conversation_topic(held.id)) as waiter:
                while stream.is_connected():
                    rows = await _in_place(chat, await _fetch(chat, held.id, cursor, unsent_only=not resumed))
                    for row in rows:
                        await _emit(stream, row)
                        cursor, resumed = row.seq, True
                    await _mark(chat, held.id, rows)
                    if rows:
                        beat_at = time.monotonic()
                    elif time.monotonic() - beat_at >= _BEAT_SECONDS:
                        beat_at = time.monotonic()
                        await stream.send("{}", event="beat")
                    await waiter.wait(chat.database.signals.until_next_look())
        return stream

    return events


async def _fetch(
    chat: "receive.WebChat", conversation_id: str, after: int, *, unsent_only: bool
) -> tuple[Outgoing, ...]:
    async with chat.database.reading() as unit:
        held = await conversations.read(unit, chat.vault, conversation_id)
        return await outbox.pushes_after(unit, held, after, unsent_only=unsent_only)


async def _in_place(chat: "receive.WebChat", rows: tuple[Outgoing, ...]) -> tuple[Outgoing, ...]:
    """Return what may be shown now; what the bot said before a counsellor came goes no further."""
    if not rows:
        return ()
    now = chat.clock.now()
    async with chat.database.reading() as unit:
        late = [row for row in rows if await silence.is_out_of_place(unit, chat.vault, row, now)]
    if late:
        async with chat.database.transaction() as unit:
            for row in late:
                await outbox.cancel(unit, row.conversation_id, row.seq)
    return tuple(row for row in rows if row not in late)


async def _emit(stream: Any, row: Outgoing) -> None:
    kind = "delete" if row.kind == outbox.DELETE else "message"
    data = row.body if row.kind == outbox.DELETE else reply_of(row)
    await stream.send(json.dumps(data, ensure_ascii=False), id=str(row.seq), event=kind)


async def _mark(chat: "receive.WebChat", conversation_id: str, rows: tuple[Outgoing, ...]) -> None:
    if rows:
        async with chat.database.transaction() as unit:
            for row in rows:
                await outbox.mark_sent(unit, conversation_id, row.seq, chat.clock.now())
