"""A Zalo Bot Platform on loopback: real HTTP, chats that are kept, every call checked, misbehaviour on demand.

It behaves as docs/zalo_bot.md says: one event a call and never again, HTTP 408 when nobody wrote, no buttons. A call
that is not as documented is refused and noted in `violations`.
"""

import asyncio
import contextlib
import itertools
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

import aiohttp
from aiohttp import web

from content.channels import ZALO_BOT_TEXT, units
from tests.channels.faults import Fault

JSON = dict[str, Any]
NAME = "Lan Canary"  # of whoever writes; nobody may take it
TOKEN = "424242:zalo-token-for-tests-that-must-never-be-seen"
# What each method must and may hold: types, and longest texts.
METHODS: dict[str, dict[str, type]] = {
    "getMe": {},
    "getUpdates": {"timeout": int},
    "setWebhook": {"url": str, "secret_token": str},
    "deleteWebhook": {},
    "sendMessage": {"chat_id": str, "text": str},
    "sendChatAction": {"chat_id": str, "action": str},
}


@dataclass(slots=True, kw_only=True)
class Shown:
    """A message on a person's screen."""

    number: int
    text: str
    from_bot: bool


class ZaloBotServer:
    """The server and the people who write to its one bot. Use as an async context manager."""

    def __init__(self, *, flat: bool = False) -> None:
        self.token = TOKEN
        self.url = ""
        self.flat = flat  # events alone, not inside {ok, result}
        self.violations: list[str] = []
        self.calls: list[tuple[str, JSON]] = []
        self.pending: deque[JSON] = deque()
        self.webhook = ""
        self.secret = ""
        self.deliveries: list[int] = []  # HTTP statuses
        self.blocked: set[str] = set()
        self.screens: dict[str, list[Shown]] = defaultdict(list)
        self._faults: dict[str, deque[Fault]] = defaultdict(deque)
        self._numbers = itertools.count(1000)
        self._changed = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self._posting: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        """Listen on a free port of loopback."""
        app = web.Application()
        app.router.add_route("*", "/bot{token}/{method}", self._handle)
        app.router.add_route("*", "/{anything:.*}", self._lost)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close every connection."""
        for posting in tuple(self._posting):
            posting.cancel()
        await asyncio.gather(*self._posting, return_exceptions=True)
        if self._runner is not None:
            await self._runner.cleanup()

    # What a person does

    def event(self, chat: str, kind: str = "text", *, chat_type: str = "PRIVATE", **content: Any) -> JSON:
        """Return a new event of a person."""
        return {
            "event_name": f"message.{kind}.received",
            "message": {
                "message_id": f"m{next(self._numbers)}",
                "date": 1_750_316_131_602,
                "from": {"id": chat, "display_name": NAME, "is_bot": False},
                "chat": {"id": chat, "chat_type": chat_type},
                **content,
            },
        }

    def says(self, chat: str, text: str) -> JSON:
        """Let a person write; returns the event."""
        self._show(chat, text, from_bot=False)
        return self.deliver(self.event(chat, text=text))

    def deliver(self, event: JSON) -> JSON:
        """Bring any event to the bot, also one that came before."""
        self.screens.setdefault(event["message"]["chat"]["id"], [])  # a chat exists once somebody wrote in it
        if self.webhook:
            posting = asyncio.create_task(self._post(event))
            self._posting.add(posting)
            posting.add_done_callback(self._posting.discard)
        else:
            self.pending.append(event)
            self._touch()
        return event

    async def _post(self, event: JSON) -> None:
        """Deliver by webhook, and again while the answer is not 2xx."""
        body = event if self.flat else {"ok": True, "result": event}
        async with aiohttp.ClientSession() as client:
            while True:
                status = 0
                with contextlib.suppress(aiohttp.ClientError, TimeoutError, OSError):
                    headers = {"X-Bot-Api-Secret-Token": self.secret}
                    async with client.post(self.webhook, json=body, headers=headers) as response:
                        status = response.status
                self.deliveries.append(status)
                if 200 <= status < 300:
                    return
                await asyncio.sleep(0.1)

    # What a test asks for

    def answers(self, chat: str) -> list[str]:
        """Return what the bot wrote to a person."""
        return [shown.text for shown in self.screens[chat] if shown.from_bot]

    async def wait_for(self, chat: str, predicate: Callable[[Shown], bool], seconds: float = 20) -> Shown:
        """Return the bot's first message for which the predicate holds. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while True:
                changed = self._changed
                for shown in self.screens[chat]:
                    if shown.from_bot and predicate(shown):
                        return shown
                await changed.wait()

    def fail_next(self, method: str, fault: Fault, *, times: int = 1) -> None:
        """Let the next calls of a method go wrong."""
        self._faults[method].extend([fault] * times)

    def calls_of(self, method: str) -> list[JSON]:
        """Return the values of all calls of a method."""
        return [values for name, values in self.calls if name == method]

    # The wire

    async def _lost(self, request: web.Request) -> web.Response:
        self.violations.append(f"no such address: {request.method} with {request.path.count('/')} slashes")
        return _refused(404, "Not Found")

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] != self.token:
            return _refused(401, "Unauthorized")
        method = request.match_info["method"]
        faults = self._faults[method]
        fault = faults.popleft() if faults else Fault(does=True)
        answer: web.StreamResponse = web.json_response({"ok": True, "result": True})
        if fault.does:
            answer = await self._run(request, method)
        await asyncio.sleep(fault.hangs_seconds)
        if fault.drops:
            if request.transport is not None:
                request.transport.close()
            return web.Response()
        if fault.body is not None:
            headers = {} if fault.location is None else {"Location": fault.location}
            return web.Response(status=fault.status, body=fault.body, headers=headers)
        if fault.code is not None:
            return _refused(fault.code, fault.description, status=fault.status)
        return answer

    async def _run(self, request: web.Request, method: str) -> web.StreamResponse:
        problems = await self._problems(request, method)
        if problems:
            self.violations += problems
            return _refused(400, problems[0])
        values: JSON = await request.json()
        self.calls.append((method, values))
        match method:
            case "getUpdates":
                return await self._updates(values["timeout"])
            case "setWebhook":
                self.webhook, self.secret = values["url"], values["secret_token"]
                return _answer({"url": self.webhook, "verification": {"ok": False, "outcome": "unreachable"}})
            case "deleteWebhook":
                had, self.webhook = self.webhook, ""
                return _answer("done") if had else _refused(404, "no webhook")
            case "sendMessage":
                return self._send(values)
            case "sendChatAction":
                return web.json_response({"ok": True})
        return _answer({"id": "14", "account_name": "bot.Khien", "account_type": "BASIC", "can_join_groups": False})

    async def _problems(self, request: web.Request, method: str) -> list[str]:
        if method not in METHODS:
            return [f"unknown method {method}"]
        if request.method != "POST" or request.content_type != "application/json" or request.query:
            return [f"{method}: {request.method} {request.content_type}, query of {len(request.query)}"]
        values = await request.json()
        allowed = METHODS[method]
        problems = [f"{method}: unknown {name}" for name in values if name not in allowed]
        problems += [
            f"{method}: {name} missing or not {kind.__name__}"
            for name, kind in allowed.items()
            if type(values.get(name)) is not kind
        ]
        text = values.get("text")
        if isinstance(text, str) and not (text.strip() and 1 <= units(text) <= ZALO_BOT_TEXT):
            problems.append(f"{method}: text of {units(text)}")
        if values.get("action", "typing") != "typing":
            problems.append(f"{method}: action")
        url, secret = values.get("url", "https://"), values.get("secret_token", "a" * 8)
        if not str(url).startswith(("https://", "http://127.0.0.1")) or not 8 <= len(str(secret)) <= 256:
            problems.append(f"{method}: url or secret_token")
        return problems

    async def _updates(self, seconds: int) -> web.StreamResponse:
        if self.webhook:
            return _refused(400, "a webhook is set")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not self.pending:
                    await self._changed.wait()
        if not self.pending:
            return _refused(408, "Request timeout", status=408)
        event = self.pending.popleft()  # given once: there is no offset to ask for it again
        return web.json_response(event if self.flat else {"ok": True, "result": event})

    def _send(self, values: JSON) -> web.StreamResponse:
        chat = values["chat_id"]
        if chat in self.blocked or chat not in self.screens:
            return _refused(400, "chat not found")
        shown = self._show(chat, values["text"], from_bot=True)
        return _answer({"message_id": f"b{shown.number}", "date": 1_750_316_131_602})

    def _show(self, chat: str, text: str, *, from_bot: bool) -> Shown:
        shown = Shown(number=next(self._numbers), text=text, from_bot=from_bot)
        self.screens[chat].append(shown)
        self._touch()
        return shown

    def _touch(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()


def _answer(result: object) -> web.Response:
    return web.json_response({"ok": True, "result": result})


def _refused(code: int, description: str, *, status: int = 200) -> web.Response:
    return web.json_response({"ok": False, "error_code": code, "description": description}, status=status)
