"""The web chat's contract in one small server: scripted replies, and slowness, failures and events on demand.

`python tests/browser/child_page_stub.py` serves the page at http://127.0.0.1:8099 for looking at it.
"""

import asyncio
import json
import sys
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from aiohttp import web

STATIC = Path(__file__).parents[2] / "bot" / "channels" / "web" / "static"
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

Json = dict[str, Any]


def reply(text: str, *choices: tuple[str, str], **more: Any) -> Json:
    """Return a reply without an id; the server gives it one."""
    return {"text": text, "choices": [{"id": id_, "label": label} for id_, label in choices], "from": "bot"} | more


NHIM = {"url": "/chat/static/nhim.svg", "alt": "Nhím", "width": 320, "height": 320}
EXIT = ("exit", "Thoát nhanh")
HELP = (("safe.yes", "Mình an toàn"), ("safe.no", "Mình không an toàn"), ("talk.now", "Gặp cô chú 111"))
MENU = (("learn", "Học cùng Nhím"), ("quiz", "Thử tài"), ("advice", "Lời khuyên"), ("talk.now", "Gặp cô chú 111"), EXIT)
NOTICE = (
    "Chào bạn, mình là Nhím, một chương trình máy, không phải người. Chưa ai đọc điều bạn viết, trừ khi bạn đồng ý."
)

SCRIPT: dict[str, list[Json]] = {
    "menu": [
        reply(NOTICE),
        reply(
            "Bạn là ai?",
            ("role.child", "Mình là trẻ em"),
            ("role.parent", "Tôi là cha mẹ"),
            ("lang.vi", "Tiếng Việt"),
            ("lang.en", "English"),
        ),
    ],
    "role.child": [
        reply("Bạn mấy tuổi?", ("band.6-10", "6-10 tuổi"), ("band.11-14", "11-14 tuổi"), ("band.15-17", "15-17 tuổi"))
    ],
    "band.11-14": [reply("Cảm ơn bạn. Mình cùng làm gì nào?", *MENU)],
    "lang.en": [
        reply("Hello, I am Nhím, a program.", ("role.child", "I am a child"), ("role.parent", "I am a parent"))
    ],
    "quiz": [
        reply(
            "Có người lạ xin ảnh của bạn. Bạn làm gì?\n1. Gửi một tấm\n2. Không gửi, kể cho người lớn\n3. Xóa máy",
            ("answer.1", "1"),
            ("answer.2", "2"),
            ("answer.3", "3"),
        )
    ],
    "learn": [reply("Chiếc khiên của Nhím đây.", ("next", "Tiếp"), image=NHIM)],
    "bị đánh": [
        reply(
            "Cảm ơn bạn đã kể. Mình tin bạn. Đây không phải lỗi của bạn.\n"
            "Gọi 111 lúc nào cũng được, không mất tiền. Nếu có người đang làm bạn đau, gọi 113.\n"
            "Bây giờ bạn có an toàn không?",
            *HELP,
            ("talk.later", "Để sau"),
            EXIT,
        )
    ],
    "html": [reply('<img src=x onerror="alert(1)"><b>đậm</b> & <a href="http://evil.example">nhấn</a>')],
    "ảnh lạ": [reply("Ảnh", image=NHIM | {"url": "https://elsewhere.example/a.png"})],
}
DEFAULT = [reply("Mình nghe đây. Bạn kể thêm nhé.")]


@dataclass(kw_only=True)
class Stub:
    """What the page met and what it will meet."""

    received: list[Json] = field(default_factory=list)  # every POST of a message, as it came
    typed: list[Json] = field(default_factory=list)  # every POST that the child writes, as it came
    sessions: list[str] = field(default_factory=list)
    trouble: deque[int] = field(default_factory=deque)  # for the next messages: a status
    words: str = "Tin này dài quá. Bạn gửi từng phần nhé."  # of a 422
    delay: float = 0.0
    silent: bool = False  # as with a counsellor connected: replies is []
    down: bool = False
    listening: list[str | None] = field(default_factory=list)  # `last` of every stream that was opened
    streams: list[web.StreamResponse] = field(default_factory=list)
    known: dict[str, list[Json]] = field(default_factory=dict)
    _count: int = 0

    def new_id(self) -> str:
        """Return the next reply id."""
        self._count += 1
        return f"r{self._count}"

    async def open(self, _: web.Request) -> web.Response:
        """Begin a session."""
        if self.down:
            return web.json_response({}, status=503)
        self.sessions.append(f"session-{len(self.sessions) + 1}")
        return web.json_response({"session": self.sessions[-1]})

    async def message(self, request: web.Request) -> web.Response:
        """Take one message; the same id twice is one message."""
        body = await request.json()
        self.received.append(body)
        trouble = 503 if self.down else self.trouble.popleft() if self.trouble else None
        if trouble:
            return web.json_response({"message": self.words}, status=trouble)
        if body["session"] not in self.sessions:
            return web.json_response({"message": "unknown"}, status=404)
        await asyncio.sleep(self.delay)
        if body["id"] not in self.known:
            said = [] if self.silent else SCRIPT.get(body.get("choice") or body.get("text") or "", DEFAULT)
            self.known[body["id"]] = [{"id": self.new_id()} | each for each in said]
        return web.json_response({"replies": self.known[body["id"]]})

    async def typing(self, request: web.Request) -> web.Response:
        """Hear that the child writes."""
        self.typed.append(await request.json())
        return web.Response(status=204)

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Keep a stream open until the browser or the test ends it."""
        if self.down or request.query["session"] not in self.sessions:
            return web.json_response({}, status=503 if self.down else 404)
        self.listening.append(request.headers.get("Last-Event-ID") or request.query.get("last"))
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await stream.prepare(request)
        await stream.write(b"retry: 200\n\n")
        self.streams.append(stream)
        await asyncio.Event().wait()  # until the browser goes: the handler is cancelled
        return stream

    async def push(self, event: str, data: Json, event_id: str | None = None) -> None:
        """Send an event to every open stream."""
        head = f"id: {event_id}\n" if event_id else ""
        for stream in self.streams:
            await stream.write(f"{head}event: {event}\ndata: {json.dumps(data)}\n\n".encode())

    async def say(self, said: Json) -> str:
        """Push a reply nobody asked for; return its id."""
        id_ = self.new_id()
        await self.push("message", {"id": id_} | said, id_)
        return id_

    def app(self) -> web.Application:
        """Build the server."""

        async def page(request: web.Request) -> web.FileResponse:
            name = request.match_info.get("name")
            cache = "no-store" if name is None else "private, max-age=300"
            return web.FileResponse(STATIC / (name or "index.html"), headers={**HEADERS, "Cache-Control": cache})

        app = web.Application()
        app.router.add_get("/", page)
        app.router.add_get("/chat/static/{name}", page)
        app.router.add_post("/chat/api/sessions", self.open)
        app.router.add_post("/chat/api/messages", self.message)
        app.router.add_post("/chat/api/typing", self.typing)
        app.router.add_get("/chat/api/events", self.events)
        return app


class Running:
    """A stub on a free loopback port, for as long as the block lasts."""

    def __init__(self, stub: Stub, port: int = 0) -> None:
        self.stub = stub
        self._port = port
        self._runner = web.AppRunner(stub.app(), shutdown_timeout=0.1, handler_cancellation=True)

    async def __aenter__(self) -> Self:
        """Start to serve."""
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop serving."""
        await self._runner.cleanup()


async def main() -> None:
    """Serve until interrupted; a counsellor says something after the first disclosure."""
    stub = Stub(delay=0.4)
    async with Running(stub, 8099) as running:
        sys.stdout.write(f"{running.url}\n")
        seen = 0
        while True:
            await asyncio.sleep(1)
            told = sum(each.get("choice") == "talk.now" for each in stub.received)
            if told > seen:
                seen = told
                await stub.push("typing", {})
                await asyncio.sleep(2)
                await stub.say(
                    reply("Chào con, cô là Lan. Cô đang ở đây với con.", name="Cô Lan", **{"from": "counsellor"})
                )


if __name__ == "__main__":
    asyncio.run(main())
