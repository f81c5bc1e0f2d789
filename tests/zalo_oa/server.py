"""Zalo on loopback: the API that messages go to, the host that gives tokens, and the people who write.

Every call is checked; what is wrong with one is noted in `problems`, so that any test can end with
`assert server.problems == []`. Refresh tokens are good for one refresh, and the access token before dies with it.
Events are signed and posted to the product's webhook, and posted again as Zalo does, in the header `num_retry`.
"""

import asyncio
import hashlib
import itertools
import json
import time
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import aiohttp
from aiohttp import web

from bot.channels.zalo_oa.oauth import challenge_of
from tests.zalo_oa.checking import problems_of
from tests.zalo_oa.faults import Fault

JSON = dict[str, Any]
APP_ID, OA_ID = "1234567890", "388"
APP_SECRET, OA_SECRET = "app-secret-never-seen", "oa-secret-never-seen"
NAME, PHONE, FILE = "Lan Canary", "84900000042", "canary.jpg"
DAY = 86_400.0
_CODE_SECONDS = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A message of ours on a person's screen."""

    id: str
    text: str
    buttons: tuple[tuple[str, str], ...] = ()  # title and payload


@dataclass(slots=True, kw_only=True)
class Person:
    """One person and the account."""

    follows: bool = True
    last_word: float = field(default_factory=time.time)
    screen: list[Shown] = field(default_factory=list)


class ZaloServer:
    """Both hosts, in one. Use as an async context manager."""

    def __init__(self, *, template: bool = False, signed_first: str = APP_ID, secret: str = OA_SECRET) -> None:
        self.url = ""
        self.webhook = ""
        self.problems: list[str] = []
        self.calls: list[JSON] = []
        self.refreshes: list[str] = []  # the refresh tokens that were shown, in order
        self.statuses: list[int] = []  # with which the product answered events
        self.people: defaultdict[str, Person] = defaultdict(Person)
        self.access, self.refresh = "AT-0", "RT-0"
        self.expires_in = "90000"
        self.shift = 0.0  # seconds by which the server's clock is ahead
        self._template, self._first, self._secret = template, signed_first, secret
        self._codes: dict[str, tuple[str, float]] = {}
        self._used: set[str] = set()
        self._numbers = itertools.count(1)
        self._faults: defaultdict[str, deque[Fault]] = defaultdict(deque)
        self._runner: web.AppRunner | None = None
        self._client: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        """Listen on a free port of loopback."""
        app = web.Application()
        app.router.add_route("*", "/v3.0/oa/message/cs", self._message)
        app.router.add_route("*", "/v4/oa/access_token", self._token)
        app.router.add_route("*", "/{anything:.*}", self._lost)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self._client = aiohttp.ClientSession()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close every connection."""
        if self._client is not None:
            await self._client.close()
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def now(self) -> float:
        """Return the server's time in seconds since 1970."""
        return time.time() + self.shift

    def fail_next(self, what: str, *faults: Fault) -> None:
        """Let the next calls ("message" or "token") go wrong."""
        self._faults[what].extend(faults)

    def give_code(self, verifier: str) -> str:
        """Let an administrator agree on the consent page; returns the code."""
        code = f"code-{next(self._numbers)}"
        self._codes[code] = (challenge_of(verifier), self.now)
        return code

    # --- what a person does ---

    async def says(self, user: str, text: str) -> JSON:
        """Let a person write; returns the event."""
        return await self.happens(user, "user_send_text", {"text": text})

    async def taps(self, user: str, choice: str) -> JSON:
        """Let a person tap the newest button of this choice. Raises LookupError."""
        payloads = [payload for shown in reversed(self.people[user].screen) for _, payload in shown.buttons]
        if f"#{choice}" not in payloads:
            raise LookupError(choice)
        return await self.says(user, f"#{choice}")

    async def sends_picture(self, user: str, text: str | None = None) -> JSON:
        """Let a person send a picture."""
        payload = {"thumbnail": f"http://127.0.0.1:1/{FILE}", "url": f"http://127.0.0.1:1/{FILE}"}
        message = {"attachments": [{"type": "image", "payload": payload}]} | ({"text": text} if text else {})
        return await self.happens(user, "user_send_image", message)

    async def happens(self, user: str, name: str, message: JSON) -> JSON:
        """Let a person send anything."""
        self._word_of(user)
        event = self._envelope(name) | {
            "user_id_by_app": "55",
            "sender": {"id": user, "name": NAME, "phone": PHONE},
            "recipient": {"id": OA_ID},
            "message": {"msg_id": f"m{next(self._numbers)}"} | message,
        }
        await self.post(event)
        return event

    async def follows(self, user: str) -> JSON:
        """Let a person follow the account."""
        self.people[user].follows = True
        self._word_of(user)
        return await self._follower(user, "follow")

    async def unfollows(self, user: str) -> JSON:
        """Let a person stop following the account."""
        self.people[user].follows = False
        return await self._follower(user, "unfollow")

    async def _follower(self, user: str, name: str) -> JSON:
        event = self._envelope(name) | {"oa_id": OA_ID, "follower": {"id": user}, "source": "oa_profile"}
        await self.post(event)
        return event

    def _word_of(self, user: str) -> None:
        self.people[user].last_word = self.now

    def _envelope(self, name: str) -> JSON:
        return {"app_id": APP_ID, "event_name": name, "timestamp": str(int(self.now * 1000))}

    async def post(self, event: JSON, *, retry: int = 0) -> int:
        """Bring an event to the product; returns its status, which must come within 2 seconds."""
        body = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
        headers = {"Content-Type": "application/json", "X-ZEvent-Signature": self.sign(body, str(event["timestamp"]))}
        if retry:
            headers["num_retry"] = str(retry)
        assert self._client is not None
        async with self._client.post(self.webhook, data=body, headers=headers) as answer:
            self.statuses.append(answer.status)
            return answer.status

    def sign(self, body: bytes, timestamp: str) -> str:
        """Return the signature of a body, by a way of its own."""
        digest = hashlib.sha256()
        for part in (self._first.encode(), body, timestamp.encode(), self._secret.encode()):
            digest.update(part)
        return f"mac={digest.hexdigest()}"

    # --- what the product asks ---

    async def _lost(self, request: web.Request) -> web.Response:
        self.problems.append(f"unknown address {request.method} {request.path}")
        return web.Response(status=404)

    async def _message(self, request: web.Request) -> web.StreamResponse:
        fault = self._faults["message"].popleft() if self._faults["message"] else None
        if fault is not None and not fault.does:
            return await self._wrong(request, fault)
        self._check(request, "application/json")
        body = json.loads(await request.read())
        self.calls.append(body)
        answer = self._sent(request.headers.get("access_token", ""), body)
        return web.json_response(answer) if fault is None else await self._wrong(request, fault, answer)

    def _sent(self, token: str, body: Any) -> JSON:
        problems = list(problems_of(body, template=self._template))
        if problems:
            self.problems += problems
            return {"error": -201, "message": "Params is invalid"}
        if token != self.access:
            return {"error": -216, "message": "Access token is invalid"}
        user = self.people.get(body["recipient"]["user_id"])
        if user is None or not user.follows:
            return {"error": -213, "message": "User has not followed OA"}
        if self.now - user.last_word > 7 * DAY:
            return {"error": -230, "message": "User has not interacted with the OA in the past 7 days"}
        message = body["message"]
        buttons = message.get("attachment", {}).get("payload", {}).get("buttons", [])
        shown = Shown(
            id=f"x{next(self._numbers)}",
            text=message["text"],
            buttons=tuple((button["title"], button["payload"]) for button in buttons),
        )
        user.screen.append(shown)
        data = {"message_id": shown.id, "user_id": body["recipient"]["user_id"], "sent_time": str(int(self.now * 1000))}
        return {"error": 0, "message": "Success", "data": data}

    async def _token(self, request: web.Request) -> web.StreamResponse:
        fault = self._faults["token"].popleft() if self._faults["token"] else None
        if fault is not None and not fault.does:
            return await self._wrong(request, fault)
        self._check(request, "application/x-www-form-urlencoded")
        form = {name: str(value) for name, value in (await request.post()).items()}
        answer = self._given(form, request.headers)
        return web.json_response(answer) if fault is None else await self._wrong(request, fault, answer)

    def _given(self, form: Mapping[str, str], headers: Mapping[str, str]) -> JSON:
        if headers.get("secret_key") != APP_SECRET or form.get("app_id") != APP_ID:
            return {"error": -14001, "error_name": "Invalid app", "error_description": "app"}
        if form.get("grant_type") == "refresh_token":
            if set(form) != {"refresh_token", "app_id", "grant_type"}:
                self.problems.append(f"form {sorted(form)}")
            token = form.get("refresh_token", "")
            self.refreshes.append(token)
            if token != self.refresh or token in self._used:
                return {"error": -14014, "error_name": "Invalid refresh token", "error_description": token}
            self._used.add(token)
        else:
            if set(form) != {"code", "app_id", "grant_type", "code_verifier"}:
                self.problems.append(f"form {sorted(form)}")
            challenge, at = self._codes.pop(form.get("code", ""), ("", 0.0))
            if challenge != challenge_of(form.get("code_verifier", "")) or self.now - at > _CODE_SECONDS:
                return {"error": -14010, "error_name": "Invalid code", "error_description": "code"}
        number = next(self._numbers)
        self.access, self.refresh = f"AT-{number}", f"RT-{number}"
        return {"access_token": self.access, "refresh_token": self.refresh, "expires_in": self.expires_in}

    def _check(self, request: web.Request, kind: str) -> None:
        if request.method != "POST" or request.query_string:
            self.problems.append(f"{request.method} {request.path}?{request.query_string}")
        if request.content_type != kind:
            self.problems.append(f"content type {request.content_type}")
        if "Authorization" in request.headers or "Cookie" in request.headers:
            self.problems.append("a header that Zalo does not know")

    async def _wrong(self, request: web.Request, fault: Fault, answer: JSON | None = None) -> web.StreamResponse:
        await asyncio.sleep(fault.hangs_seconds)
        if fault.drops:
            if request.transport is not None:
                request.transport.close()
            return web.Response()
        headers = {"Retry-After": str(fault.retry_after)} if fault.retry_after is not None else {}
        if fault.location is not None:
            headers["Location"] = fault.location
        if fault.code is not None:
            return web.json_response({"error": fault.code, "message": fault.message}, headers=headers)
        if fault.body is not None:
            return web.Response(status=fault.status, body=fault.body, headers=headers)
        return web.json_response(answer, status=fault.status)
