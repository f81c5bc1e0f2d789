"""The children's page and its API on a real server on loopback, with the turns behind it."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientSession
from aiohttp.test_utils import TestServer

from bot.channels.web.receive import WebChat
from bot.playback import Player
from bot.server import application, chat_routes, health_routes
from bot.worker import Worker, loop
from content.library import Content
from nlu.listener import Listener
from store.clock import MovableClock
from store.database import Database
from store.signals import INBOX, QUEUE
from tests.store.keys import VAULT


@dataclass(slots=True)
class ChatServer:
    """A running server, a browser, and a counsellor who can be called to the desk."""

    server: TestServer
    browser: ClientSession
    player: Player  # the same product from behind: clock, counsellor, database
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)
    _stop: asyncio.Event = field(default_factory=asyncio.Event)

    def url(self, path: str) -> str:
        return str(self.server.make_url(path))

    def work(self) -> None:
        """Begin to run turns, timers and the watch."""
        worker, database = self.player.worker, self.player.database
        for step, topic in ((worker.turns, INBOX), (worker.ring, QUEUE), (worker.watch, QUEUE)):
            self._tasks.append(asyncio.create_task(loop(database, step, self._stop, topic)))

    async def rest(self) -> None:
        """Stop the loops."""
        self._stop.set()
        for topic in (INBOX, QUEUE):
            self.player.database.signals.dispatch(topic)
        await asyncio.gather(*self._tasks)

    async def session(self) -> str:
        async with self.browser.post(self.url("/chat/api/sessions")) as answer:
            assert answer.status == 200
            session: str = (await answer.json())["session"]
        self.player.address = session
        return session

    async def post(self, body: Any) -> tuple[int, Any]:
        """Post a body; returns the status and the JSON answer."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        async with self.browser.post(self.url("/chat/api/messages"), data=data) as answer:
            return answer.status, await answer.json()

    async def send(self, session: str, message_id: str, **body: str) -> list[Any]:
        """Post a good message; returns its replies."""
        status, answer = await self.post({"session": session, "id": message_id, **body})
        assert status == 200, answer
        replies: list[Any] = answer["replies"]
        return replies

    async def events(
        self, session: str, how_many: int, *, last: str | None = None, header: str | None = None
    ) -> list[tuple[str, str, Any]]:
        """Read that many events: kind, id and data of each."""
        query = {"session": session} | ({"last": last} if last is not None else {})
        headers = {} if header is None else {"Last-Event-ID": header}
        found: list[tuple[str, str, Any]] = []
        async with (
            asyncio.timeout(10),
            self.browser.get(self.url("/chat/api/events"), params=query, headers=headers) as answer,
        ):
            assert answer.content_type == "text/event-stream"
            fields: dict[str, str] = {}
            while len(found) < how_many:
                line = (await answer.content.readline()).decode().rstrip("\r\n")
                name, _, value = line.partition(": ")
                if line:
                    fields[name] = value
                elif "data" in fields:
                    found.append((fields.get("event", "message"), fields.get("id", ""), json.loads(fields["data"])))
                    fields = {}
        return found

    async def known_child(self) -> str:
        """Return the session of a child who has said who it is."""
        session = await self.session()
        for number, choice in enumerate(("role.child", "band.11-14")):
            await self.send(session, f"hello{number}", choice=choice)
        return session

    async def shared_case(self) -> str:
        """Return the session of a child who told something and agreed that 111 reads it."""
        session = await self.known_child()
        await self.send(session, "told", text="bố đánh em hoài, em sợ")
        await self.send(session, "ask", choice="talk.now")
        await self.send(session, "yes", choice="consent.conversation.yes")
        return session


@contextlib.asynccontextmanager
async def chat_server(
    database: Database, content: Content, listener: Listener, *, metrics_token: str | None = None
) -> AsyncIterator[ChatServer]:
    """Open server and browser on a database; turns run once `work` is called."""
    clock = MovableClock()
    worker = Worker(database=database, vault=VAULT, content=content, listener=listener, clock=clock)
    chat = WebChat(database=database, vault=VAULT, clock=clock)
    routes = [*chat_routes(chat), *health_routes(database, metrics_token)]
    server = TestServer(application(routes, {}))
    await server.start_server()
    async with ClientSession() as browser:
        running = ChatServer(server, browser, Player(worker=worker, clock=clock))
        try:
            yield running
        finally:
            await running.rest()
            await server.close()
