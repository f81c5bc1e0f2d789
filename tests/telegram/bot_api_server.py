"""A Bot API server on loopback: real HTTP, chats that are kept, every call checked, misbehaviour on demand.

A call that the documentation does not allow is answered as Telegram would and noted in `violations`, so that any test
can end with `assert server.violations == []`. A child's side is played by `user_says`, `user_presses` and the like.
"""

import asyncio
import contextlib
import secrets
import time
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from aiohttp import web

from tests.telegram.chats import BOT, DELETABLE_SECONDS, JSON, Chats, Shown, chat_json, file_id, user_json
from tests.telegram.checking import Values, check_call
from tests.telegram.faults import Fault
from tests.telegram.methods import METHODS, UPDATE_KINDS
from tests.telegram.updates import ConflictError, Updates

TOKEN = "4242:AAH-a-token-for-tests-that-must-never-be-seen"
_LONGEST_POLL = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call that the bot made, decoded."""

    method: str
    values: Values


class RefusalError(Exception):
    """The server says no, with a status."""

    def __init__(self, status: int, description: str) -> None:
        super().__init__(description)
        self.status = status


class BotApiServer:
    """The server and the people who write to its one bot. Use as an async context manager."""

    def __init__(self, token: str = TOKEN) -> None:
        self.token = token
        self.url = ""
        self.violations: list[str] = []
        self.calls: list[Call] = []
        self.commands: dict[str, list[JSON]] = {}
        self.photos: dict[str, bytes] = {}  # by file id, what was uploaded
        self.answered: list[str] = []
        self.chats = Chats()
        self.updates = Updates(self._reply)
        self._faults: dict[str, deque[Fault]] = defaultdict(deque)
        self._queries: set[str] = set()
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        """Listen on a free port of loopback."""
        app = web.Application()
        app.router.add_route("*", "/bot{token}/{method}", self._handle)
        app.router.add_route("*", "/{anything:.*}", self._lost)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close every connection."""
        await self.updates.close()
        if self._runner is not None:
            await self._runner.cleanup()

    # What a person does

    async def user_says(self, chat_id: int, text: str) -> JSON:
        """Let a person write; returns the update."""
        shown = self.chats.add(chat_id, text, from_bot=False)
        message = shown.as_json()
        if text.startswith("/"):
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text.split(maxsplit=1)[0])}]
        return self.deliver(self.updates.make("message", message))

    async def user_sends(self, chat_id: int, *, caption: str | None = None, **content: Any) -> JSON:
        """Let a person send something other than words, as the fields of a Message."""
        message = self.chats.add(chat_id, caption or "", from_bot=False).as_json() | content
        del message["text"]
        if caption is not None:
            message["caption"] = caption
        return self.deliver(self.updates.make("message", message))

    async def user_sends_photo(self, chat_id: int, *, caption: str | None = None) -> JSON:
        """Let a person send a picture."""
        size = {"file_id": "A", "file_unique_id": "a", "width": 90, "height": 60, "file_size": 1200}
        return await self.user_sends(chat_id, caption=caption, photo=[size])

    async def user_presses(self, chat_id: int, data: str) -> str:
        """Let a person press the newest button with this data; returns the query's id. Raises LookupError."""
        shown = next((shown for shown in reversed(self.messages(chat_id)) if data in shown.choices), None)
        if shown is None:
            raise LookupError(f"no button {data} in the chat")
        query_id = secrets.token_hex(8)
        self._queries.add(query_id)
        content = {
            "id": query_id,
            "from": user_json(chat_id),
            "chat_instance": "1",
            "data": data,
            "message": shown.as_json(),
        }
        self.deliver(self.updates.make("callback_query", content))
        return query_id

    async def edit(self, chat_id: int, message_id: int, text: str) -> JSON:
        """Let a person change an own message. Raises LookupError."""
        shown = self.chats.find(chat_id, message_id)
        if shown is None or shown.from_bot:
            raise LookupError(message_id)
        shown.text = text
        return self.deliver(self.updates.make("edited_message", shown.as_json() | {"edit_date": shown.date + 1}))

    async def block(self, chat_id: int) -> None:
        """Let a person block the bot."""
        self.chats.blocked.add(chat_id)
        member = {"user": BOT, "status": "member"}
        content = {
            "chat": chat_json(chat_id),
            "from": user_json(chat_id),
            "date": 1_700_000_000,
            "old_chat_member": member,
            "new_chat_member": {"user": BOT, "status": "kicked", "until_date": 0},
        }
        self.deliver(self.updates.make("my_chat_member", content))

    def deliver(self, update: JSON) -> JSON:
        """Put any update into the queue, also one that was there before."""
        self.updates.put(update)
        return update

    # What a test asks for

    def messages(self, chat_id: int) -> list[Shown]:
        """Return what stands on the person's screen."""
        return self.chats.messages(chat_id)

    async def wait_for(self, chat_id: int, predicate: Callable[[Shown], bool], timeout: float = 5) -> Shown:  # noqa: ASYNC109
        """Return the bot's first message for which the predicate holds. Raises TimeoutError."""
        return await self.chats.wait_for(chat_id, predicate, timeout)

    def fail_next(self, method: str, fault: Fault, *, times: int = 1) -> None:
        """Let the next calls of a method go wrong."""
        self._faults[method].extend([fault] * times)

    def calls_of(self, method: str) -> list[Values]:
        """Return the values of all calls of a method."""
        return [call.values for call in self.calls if call.method == method]

    # The wire

    async def _lost(self, request: web.Request) -> web.Response:
        self.violations.append(f"no such address: {request.method} with {request.path.count('/')} slashes")
        return _refused(404, "Not Found")

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] != self.token:
            return _refused(401, "Unauthorized")
        method = request.match_info["method"]
        given: dict[str, str | bytes] = {**request.query}
        for name, value in (await request.post()).items():
            given[name] = _uploaded(value) if isinstance(value, web.FileField) else str(value)
        faults = self._faults[method]
        fault = faults.popleft() if faults else Fault(does=True)
        result: object = None
        if fault.does:
            try:
                result = await self._run(method, given)
            except RefusalError as refusal:
                return _refused(refusal.status, str(refusal))
        await asyncio.sleep(fault.hangs_seconds)
        if fault.drops:
            if request.transport is not None:
                request.transport.close()
            return web.Response()
        if fault.body is not None:
            return web.Response(status=fault.status or 200, body=fault.body)
        if fault.status is not None:
            return _refused(fault.status, fault.description, fault.retry_after, fault.location)
        return web.json_response({"ok": True, "result": result})

    def _check(self, method: str, given: Mapping[str, str | bytes]) -> Values:
        if method not in METHODS:
            self.violations.append(f"unknown method {method}")
            raise RefusalError(404, "Not Found")
        values, problems = check_call(method, given)
        if problems:
            self.violations += problems
            raise RefusalError(400, f"Bad Request: {problems[0]}")
        self.calls.append(Call(method=method, values=values))
        return values

    async def _run(self, method: str, given: Mapping[str, str | bytes]) -> object:
        values = self._check(method, given)
        if method == "getUpdates":
            self.updates.kinds = tuple(values.get("allowed_updates", self.updates.kinds))
            wait = min(values.get("timeout", 0), _LONGEST_POLL)
            try:
                return await self.updates.ask(values.get("offset"), values.get("limit", 100), wait)
            except ConflictError as conflict:
                raise RefusalError(409, f"Conflict: {conflict}") from None
        return _DOES[method](self, values)

    def _reply(self, method: str, given: Mapping[str, str]) -> None:
        """Run what a webhook's answer called; as with Telegram, nobody learns whether it was refused."""
        if method.startswith("get"):
            self.violations.append(f"{method} in a webhook's answer")
            return
        with contextlib.suppress(RefusalError):
            _DOES[method](self, self._check(method, given))

    # What the methods do

    def get_me(self, _: Values) -> JSON:
        return BOT | {"can_join_groups": False, "can_read_all_group_messages": False, "supports_inline_queries": False}

    def send_message(self, values: Values) -> JSON:
        is_preview = not values.get("link_preview_options", {}).get("is_disabled", False)
        return self._send(values, values["text"], preview=is_preview)

    def send_photo(self, values: Values) -> JSON:
        given = values["photo"]
        if isinstance(given, str) and given not in self.photos:
            raise RefusalError(400, "Bad Request: wrong file identifier/HTTP URL specified")
        photo = self.photos[given] if isinstance(given, str) else given
        self.photos[file_id(photo)] = photo
        return self._send(values, values.get("caption", ""), photo=photo)

    def edit_message_text(self, values: Values) -> JSON:
        return self._edit(values, values["text"], "there is no text in the message to edit", photo=False)

    def edit_message_caption(self, values: Values) -> JSON:
        return self._edit(values, values.get("caption", ""), "there is no caption in the message to edit", photo=True)

    def _edit(self, values: Values, words: str, wrong_kind: str, *, photo: bool) -> JSON:
        shown = self.chats.find(self._chat(values), values["message_id"])
        if shown is None:
            raise RefusalError(400, "Bad Request: message to edit not found")
        if not shown.from_bot:
            raise RefusalError(400, "Bad Request: message can't be edited")
        if bool(shown.photo) is not photo:
            raise RefusalError(400, f"Bad Request: {wrong_kind}")
        shown.text, shown.buttons = words, ()
        self.chats.touch()
        return shown.as_json() | {"edit_date": shown.date + 1}

    def _send(self, values: Values, words: str, **more: Any) -> JSON:
        chat_id = self._chat(values)
        if chat_id in self.chats.blocked:
            raise RefusalError(403, "Forbidden: bot was blocked by the user")
        rows = values.get("reply_markup", {}).get("inline_keyboard", [])
        shown = self.chats.add(
            chat_id,
            words,
            from_bot=True,
            buttons=tuple(tuple((button["text"], button["callback_data"]) for button in row) for row in rows),
            protected=values.get("protect_content", False),
            **more,
        )
        return shown.as_json()

    def send_chat_action(self, values: Values) -> bool:
        self._chat(values)
        return True

    def answer_callback_query(self, values: Values) -> bool:
        query_id = values["callback_query_id"]
        if query_id not in self._queries:
            raise RefusalError(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        self.answered.append(query_id)
        self.chats.touch()
        return True

    def delete_message(self, values: Values) -> bool:
        shown = self.chats.find(self._chat(values), values["message_id"])
        if shown is None:
            raise RefusalError(400, "Bad Request: message to delete not found")
        self._delete([shown])
        return True

    def delete_messages(self, values: Values) -> bool:
        chat_id = self._chat(values)
        found = [self.chats.find(chat_id, message_id) for message_id in values["message_ids"]]
        self._delete([shown for shown in found if shown is not None])
        return True

    def _delete(self, messages: list[Shown]) -> None:
        """Delete all or, where one is too old, none: the documentation leaves this open, so the worse is done."""
        if any(_is_old(shown) for shown in messages):
            raise RefusalError(400, "Bad Request: message can't be deleted")
        for shown in messages:
            shown.deleted = True
        self.chats.touch()

    def set_my_commands(self, values: Values) -> bool:
        self.commands[values.get("language_code", "")] = values["commands"]
        return True

    def set_webhook(self, values: Values) -> bool:
        self.updates.kinds = tuple(values.get("allowed_updates", self.updates.kinds))
        self.updates.set_webhook(values["url"], values.get("secret_token"))
        return True

    def delete_webhook(self, _: Values) -> bool:
        self.updates.set_webhook("", None)
        return True

    def get_webhook_info(self, _: Values) -> JSON:
        return {
            "url": self.updates.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self.updates.pending),
            "allowed_updates": list(self.updates.kinds or UPDATE_KINDS),
        }

    def _chat(self, values: Values) -> int:
        chat_id = values["chat_id"]
        if not isinstance(chat_id, int) or not self.chats.exists(chat_id):
            raise RefusalError(400, "Bad Request: chat not found")
        return chat_id


_DOES: Mapping[str, Callable[[BotApiServer, Values], object]] = {
    "getMe": BotApiServer.get_me,
    "sendMessage": BotApiServer.send_message,
    "sendPhoto": BotApiServer.send_photo,
    "editMessageText": BotApiServer.edit_message_text,
    "editMessageCaption": BotApiServer.edit_message_caption,
    "sendChatAction": BotApiServer.send_chat_action,
    "answerCallbackQuery": BotApiServer.answer_callback_query,
    "deleteMessage": BotApiServer.delete_message,
    "deleteMessages": BotApiServer.delete_messages,
    "setMyCommands": BotApiServer.set_my_commands,
    "setWebhook": BotApiServer.set_webhook,
    "deleteWebhook": BotApiServer.delete_webhook,
    "getWebhookInfo": BotApiServer.get_webhook_info,
}


def _uploaded(part: web.FileField) -> bytes:
    with part.file as file:
        return file.read()


def _is_old(shown: Shown) -> bool:
    return time.time() - shown.date >= DELETABLE_SECONDS


def _refused(
    status: int, description: str, retry_after: int | None = None, location: str | None = None
) -> web.Response:
    answer: JSON = {"ok": False, "error_code": status, "description": description}
    headers = {} if location is None else {"Location": location}
    if retry_after is not None:
        answer["parameters"] = {"retry_after": retry_after}
        headers["Retry-After"] = str(retry_after)
    return web.json_response(answer, status=status, headers=headers)
