"""Takes messages in from the web page and answers each with the replies of its turn."""

import asyncio
import json
import secrets
from dataclasses import dataclass

import structlog
from aiohttp import web
from pydantic import ValidationError

from bot.batch import asks_to_leave
from bot.channels.bodies import read_body
from bot.channels.patience import STORE_SECONDS, within
from bot.channels.port import Received
from bot.channels.web.bodies import MessageBody, openapi
from bot.channels.web.send import reply_of
from store import conversations, inbox, outbox
from store.clock import Clock
from store.conversations import Conversation
from store.database import Database
from store.signals import conversation_topic
from store.vault import Vault

log = structlog.get_logger()
NAME = "web"
WAIT_SECONDS = 20.0
_SESSION_BYTES = 16
MAX_BODY_BYTES = 200_000
UNREADABLE = "Tin này mình không đọc được. Bạn gõ lại rồi gửi giúp mình nhé."
TOO_LONG = "Tin này dài quá. Bạn chia thành vài tin ngắn hơn rồi gửi nhé."
LATE = "Mình vẫn đang đọc tin của bạn, câu trả lời sẽ hiện ở đây. Nếu cần giúp ngay, gọi 111 (miễn phí, ngày đêm)."
GONE = "Cuộc trò chuyện này đã khép lại. Bạn tải lại trang nhé."


@dataclass(frozen=True, slots=True, kw_only=True)
class WebChat:
    """What the web chat's handlers need."""

    database: Database
    vault: Vault
    clock: Clock

    async def create_session(self, _request: web.Request) -> web.Response:
        """Make a session: an unguessable secret and an empty conversation."""
        session = secrets.token_urlsafe(_SESSION_BYTES)
        async with self.database.transaction() as unit:
            await conversations.upsert(unit, self.vault, NAME, session, self.clock.now())
        return _answer({"session": session})

    async def post_message(self, request: web.Request) -> web.Response:
        """Store one message for good, wait for its turn, and answer with the replies."""
        body = await _read(request)
        if isinstance(body, web.Response):
            return body
        received = Received(address=body.session, external_id=body.id, text=body.text, choice=body.choice)
        taken = await within(STORE_SECONDS, self._store(received))
        if taken is None:
            return _refuse(404, GONE)
        replies = self._replies(taken.conversation_id, taken.seq, leaves=asks_to_leave(body.choice, body.text))
        return _answer({"replies": await within(WAIT_SECONDS + STORE_SECONDS, replies)})

    async def _store(self, received: Received) -> inbox.Taken | None:
        async with self.database.transaction() as unit:
            if await conversations.find(unit, self.vault, NAME, received.address) is None:
                return None
            return await inbox.take_in(
                unit,
                self.vault,
                channel=NAME,
                address=received.address,
                external_id=received.external_id,
                body=received.body(),
                now=self.clock.now(),
            )

    async def _replies(self, conversation_id: str, seq: int, *, leaves: bool) -> list[dict[str, object]]:
        await self._turn_done(conversation_id, seq)
        async with self.database.transaction() as unit:
            if await inbox.status_of(unit, conversation_id, seq) == "pending":
                # The turn is late: this request stops waiting, and the stream will carry the replies.
                await inbox.mark_streamed(unit, conversation_id, seq)
                return [] if leaves else [{"id": str(seq), "text": LATE, "choices": [], "from": "bot"}]
            held = await conversations.read(unit, self.vault, conversation_id)
            replies = await outbox.replies_to(unit, held, seq)
            for reply in replies:
                await outbox.mark_sent(unit, conversation_id, reply.seq, self.clock.now())
        return [reply_of(reply) for reply in replies]

    async def _turn_done(self, conversation_id: str, seq: int) -> None:
        with self.database.signals.listen(conversation_topic(conversation_id)) as waiter:
            loop = asyncio.get_running_loop()
            until = loop.time() + WAIT_SECONDS
            while loop.time() < until:
                async with self.database.reading() as unit:
                    if await inbox.status_of(unit, conversation_id, seq) != "pending":
                        return
                await waiter.wait(1.0)

    async def find(self, session: str) -> Conversation | None:
        """Return the conversation of a session, or None."""
        async with self.database.reading() as unit:
            return await conversations.find(unit, self.vault, NAME, session)


async def openapi_json(_request: web.Request) -> web.Response:
    """Describe the API."""
    return _answer(openapi())


async def _read(request: web.Request) -> MessageBody | web.Response:
    raw = await read_body(request, NAME)
    if raw is None:
        return _refuse(422, UNREADABLE)
    if len(raw) > MAX_BODY_BYTES:
        return _refuse(422, TOO_LONG)
    try:
        return MessageBody.model_validate(_whole(json.loads(raw)))
    except ValidationError as error:
        # Field names only: the values are a child's words.
        fields = sorted({".".join(str(part) for part in mistake["loc"]) or "body" for mistake in error.errors()})
        return _refuse(422, TOO_LONG if fields == ["text"] else UNREADABLE, fields=fields)
    except (ValueError, RecursionError):
        return _refuse(422, UNREADABLE)


def _whole(value: object) -> object:
    """Return the body with half emoji (lone surrogates, as some keyboards send them) replaced: the rest is read."""
    if isinstance(value, dict):
        return {name: _whole(part) for name, part in value.items()}
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


def _answer(body: object) -> web.Response:
    return web.json_response(body, dumps=lambda value: json.dumps(value, ensure_ascii=False))


def _refuse(status: int, words: str, *, fields: list[str] | None = None) -> web.Response:
    """Refuse in words that the page can show to a child; `fields` helps whoever wrote the page."""
    body: dict[str, object] = {"error": words} if fields is None else {"error": words, "fields": fields}
    return web.json_response(body, status=status)
