"""A Send API on loopback, and the people who write to its one page: every call checked, misbehaviour on demand.

It behaves as docs/messenger.md says: 24 hours after what a person last did only HUMAN_AGENT gets through, for 7 days.
A call that is not as documented is refused and noted in `violations`.
"""

import asyncio
import contextlib
import hashlib
import hmac
import itertools
import json
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Self

import aiohttp
from aiohttp import web

from content.channels import MESSENGER_BUTTONS, MESSENGER_LABEL, MESSENGER_TEXT, units
from tests.channels.faults import Fault

JSON = dict[str, Any]
NAME = "Lan Canary"  # of whoever writes; nobody may ask for it
PAGE = "1234567890"
PAGE_TOKEN = "EAAG-page-token-for-tests-that-must-never-be-seen"
APP_SECRET = "app-secret-for-tests-that-must-never-be-seen"
VERIFY_TOKEN = "verify-token-for-tests-that-must-never-be-seen"
VERSION = "v25.0"
_DAY = 24.0
_REPEAT_SECONDS = 0.1


@dataclass(slots=True, kw_only=True)
class Shown:
    """A message on a person's screen."""

    mid: str
    text: str
    from_page: bool
    choices: tuple[tuple[str, str], ...] = ()  # title and payload of its quick replies
    tag: str | None = None


class GraphServer:
    """The server. Use as an async context manager; `webhook` is where it brings what people write."""

    def __init__(self) -> None:
        self.url = ""
        self.webhook = ""
        self.violations: list[str] = []
        self.calls: list[JSON] = []
        self.deliveries: list[int] = []  # HTTP statuses
        self.screens: dict[str, list[Shown]] = defaultdict(list)
        self.hours_since: dict[str, float] = {}  # since a person last did something
        self._faults: deque[Fault] = deque()
        self._numbers = itertools.count(1000)
        self._changed = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self._posting: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        """Listen on a free port of loopback."""
        app = web.Application()
        app.router.add_post(f"/{VERSION}/{PAGE}/messages", self._messages)
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

    def event(self, person: str, **content: Any) -> JSON:
        """Return a new event: `message`, `postback` or whatever is given."""
        return {"sender": {"id": person}, "recipient": {"id": PAGE}, "timestamp": next(self._numbers), **content}

    def message(self, person: str, **content: Any) -> JSON:
        """Return a new message of a person."""
        return self.event(person, message={"mid": f"m_{next(self._numbers)}", **content})

    def says(self, person: str, text: str) -> JSON:
        """Let a person write; returns the event."""
        return self.deliver(self.message(person, text=text))

    def taps(self, person: str, payload: str) -> JSON:
        """Let a person tap a quick reply below the newest message. Raises LookupError."""
        newest = next((shown for shown in reversed(self.screens[person]) if shown.from_page), None)
        title = next((title for title, own in newest.choices if own == payload), None) if newest else None
        if title is None:
            raise LookupError(f"no quick reply {payload} below the newest message")
        return self.deliver(self.message(person, text=title, quick_reply={"payload": payload}))

    def deliver(self, *events: JSON) -> JSON:
        """Bring events in one POST, and again until the answer is 200; returns the last."""
        for event in events:
            self.hours_since[event["sender"]["id"]] = 0
        posting = asyncio.create_task(self._post(batch(events)))
        self._posting.add(posting)
        posting.add_done_callback(self._posting.discard)
        return events[-1]

    async def _post(self, body: bytes) -> None:
        headers = {"Content-Type": "application/json", "X-Hub-Signature-256": signature(body)}
        async with aiohttp.ClientSession() as client:
            while True:
                status = 0
                with contextlib.suppress(aiohttp.ClientError, TimeoutError, OSError):
                    async with client.post(self.webhook, data=body, headers=headers) as response:
                        status = response.status
                self.deliveries.append(status)
                if status == 200:
                    return
                await asyncio.sleep(_REPEAT_SECONDS)

    # What a test asks for

    def answers(self, person: str) -> list[str]:
        """Return what the page wrote to a person."""
        return [shown.text for shown in self.screens[person] if shown.from_page]

    async def wait_for(self, person: str, predicate: Callable[[Shown], bool], seconds: float = 20) -> Shown:
        """Return the page's first message for which the predicate holds. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while True:
                changed = self._changed
                for shown in self.screens[person]:
                    if shown.from_page and predicate(shown):
                        return shown
                await changed.wait()

    def fail_next(self, fault: Fault, *, times: int = 1) -> None:
        """Let the next messages (not the signs of typing) go wrong."""
        self._faults.extend([fault] * times)

    # The wire

    async def _lost(self, request: web.Request) -> web.Response:
        self.violations.append(f"no such address: {request.method} with {request.path.count('/')} slashes")
        return refused(2500)

    async def _messages(self, request: web.Request) -> web.StreamResponse:
        values: JSON = await request.json()
        if request.query.get("access_token") != PAGE_TOKEN:
            return refused(190)
        problems = _problems(request, values)
        self.violations += problems
        if problems:
            return refused(100)
        self.calls.append(values)
        if "sender_action" in values:
            return web.json_response({"recipient_id": values["recipient"]["id"]})
        fault = self._faults.popleft() if self._faults else Fault(does=True)
        answer = self._send(values) if fault.does else web.Response()
        await asyncio.sleep(fault.hangs_seconds)
        if fault.drops:
            if request.transport is not None:
                request.transport.close()
            return web.Response()
        if fault.body is not None:
            headers = {} if fault.location is None else {"Location": fault.location}
            return web.Response(status=fault.status, body=fault.body, headers=headers)
        return answer

    def _send(self, values: JSON) -> web.Response:
        person = values["recipient"]["id"]
        if person not in self.hours_since:
            return refused(100, 2018001)
        longest = 7 * _DAY if values.get("tag") == "HUMAN_AGENT" else _DAY
        if self.hours_since[person] > longest:
            return refused(10, 2018278)
        message = values["message"]
        shown = Shown(
            mid=f"m_{next(self._numbers)}",
            text=message["text"],
            from_page=True,
            choices=tuple((reply["title"], reply["payload"]) for reply in message.get("quick_replies", [])),
            tag=values.get("tag"),
        )
        self.screens[person].append(shown)
        self._changed.set()
        self._changed = asyncio.Event()
        return web.json_response({"recipient_id": person, "message_id": shown.mid})


def batch(events: Sequence[JSON]) -> bytes:
    """Return the body of a POST, as it goes over the wire."""
    entries = [{"id": PAGE, "time": 1_700_000_000_000, "messaging": [event]} for event in events]
    return json.dumps({"object": "page", "entry": entries}, ensure_ascii=False).encode("utf-8", "surrogatepass")


def signature(body: bytes, secret: str = APP_SECRET) -> str:
    """Return the header by which Meta signs a body."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def refused(code: int, subcode: int | None = None, message: str = "no", status: int = 400) -> web.Response:
    """Return an error of the Graph API."""
    return web.json_response(refusal(code, subcode, message), status=status)


def refusal(code: int, subcode: int | None = None, message: str = "no") -> JSON:
    """Return the body of such an error."""
    error = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "BLBz"}
    return {"error": error | ({} if subcode is None else {"error_subcode": subcode})}


def failing(code: int, subcode: int | None = None, message: str = "no", status: int = 400) -> Fault:
    """Refuse a message with an error of the Graph API."""
    return Fault(status=status, body=json.dumps(refusal(code, subcode, message)).encode())


def _problems(request: web.Request, values: JSON) -> list[str]:
    proof = hmac.new(APP_SECRET.encode(), PAGE_TOKEN.encode(), hashlib.sha256).hexdigest()
    problems = [] if dict(request.query) == {"access_token": PAGE_TOKEN, "appsecret_proof": proof} else ["query"]
    if request.content_type != "application/json":
        problems.append("not JSON")
    if set(values.get("recipient", {})) != {"id"} or not isinstance(values["recipient"]["id"], str):
        problems.append("recipient")
    if "sender_action" in values:
        return problems + (
            [] if values == {"recipient": values["recipient"], "sender_action": "typing_on"} else ["action"]
        )
    kind, tag = values.get("messaging_type"), values.get("tag")
    if set(values) - {"recipient", "messaging_type", "tag", "message"}:
        problems.append("unknown field")
    if (kind, tag) not in {("RESPONSE", None), ("MESSAGE_TAG", "HUMAN_AGENT")}:
        problems.append("messaging_type or tag")
    return problems + _message_problems(values.get("message", {}))


def _message_problems(message: JSON) -> list[str]:
    problems = ["unknown field of message"] if set(message) - {"text", "quick_replies"} else []
    text, replies = message.get("text"), message.get("quick_replies", [])
    if not isinstance(text, str) or not text.strip() or units(text) > MESSENGER_TEXT:
        problems.append("text")
    if len(replies) > MESSENGER_BUTTONS or ("quick_replies" in message and not replies):
        problems.append(f"{len(replies)} quick replies")
    for reply in replies:
        is_sound = set(reply) == {"content_type", "title", "payload"} and reply["content_type"] == "text"
        if not is_sound or not 0 < units(reply["title"]) <= MESSENGER_LABEL or not 0 < len(reply["payload"]) <= 1000:
            problems.append("quick reply")
    return problems
