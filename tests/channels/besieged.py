"""The product with every door to the outside open, on a thread of its own, and all that it takes in and writes down."""

import asyncio
import contextlib
import logging
import socket
import threading
import time
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from unittest.mock import patch

import structlog
from aiohttp import web
from prometheus_client import generate_latest
from pydantic import SecretStr
from sqlalchemy import Table, func, select

from bot.channels import bodies
from bot.channels.joining import Joining
from bot.channels.port import Received
from bot.channels.web.receive import WebChat
from bot.channels.zalo_oa import join as zalo_oa
from bot.logs import NameAndLevel
from bot.main import JOINERS, Product
from bot.opening import opened
from bot.server import application, chat_routes
from bot.settings import Settings
from bot.worker import loop
from content.library import Content
from escalation.tables import cases, consent
from nlu.listener import Listener
from store import conversations
from store.clock import SystemClock
from store.signals import INBOX
from store.tables import inbox
from tests.messenger.graph_server import APP_SECRET, PAGE, PAGE_TOKEN, VERIFY_TOKEN
from tests.telegram.bot_api_server import TOKEN as TELEGRAM_TOKEN
from tests.zalo_bot.bot_server import TOKEN as ZALO_BOT_TOKEN
from tests.zalo_oa.server import APP_ID, OA_SECRET
from tests.zalo_oa.server import APP_SECRET as ZALO_SECRET

_LONGEST_NAME, _LONGEST_MESSAGE_ID = 160, 64  # of the columns; SQLite would take more
_PATIENCE_SECONDS = 60.0  # with one request
_LONG_PATIENCE_SECONDS = 600.0  # until a long run is read to its end
_A_WHILE = 0.5  # for a body to end
_A_MOMENT = 0.003  # so that the server has begun to read
_NOBODY = "http://127.0.0.1:9"  # no messenger is there: what goes out is not looked at here
T = TypeVar("T")


@dataclass(slots=True)
class Siege:
    """One product. Its methods are called from the test's thread."""

    product: Product
    port: int
    loop: asyncio.AbstractEventLoop
    log: list[Any]  # every event as it was given, before any key is dropped
    lines: list[str]  # what libraries wrote, as the product's log shows it
    taken: list[tuple[str, Received]] = field(default_factory=list)
    unfit: list[str] = field(default_factory=list)  # what the columns of PostgreSQL would refuse

    async def ingest(self, channel: str, received: Received) -> None:
        """Store a message as the product does; remember it, and what of it would not fit everywhere."""
        if len(received.external_id) > _LONGEST_NAME or len(received.message_id or "") > _LONGEST_MESSAGE_ID:
            self.unfit.append(f"{channel}: an id of {len(received.external_id)} characters")
        if "\x00" in received.external_id + received.address + (received.message_id or ""):
            self.unfit.append(f"{channel}: NUL in an id")
        await self.product.ingest(channel, received)
        self.taken.append((channel, received))

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something on the product's thread."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(_LONG_PATIENCE_SECONDS)

    def send(self, raw: bytes, *, in_two: bool = False) -> int:
        """Send bytes as they are and hang up once a status has come; 0 where the line went dead instead."""
        head = raw.index(b"\r\n\r\n") + 4 if in_two else 0
        with socket.create_connection(("127.0.0.1", self.port), _PATIENCE_SECONDS) as line:
            answer = b""
            with contextlib.suppress(ConnectionError):
                if head:
                    line.sendall(raw[:head])
                    time.sleep(_A_MOMENT)
                line.sendall(raw[head:])
            with contextlib.suppress(ConnectionError):
                while b"\r\n" not in answer and (more := line.recv(4096)):
                    answer += more
        status = answer.split(b" ", 2)[1:2]
        return int(status[0]) if status else 0

    def leave(self, raw: bytes) -> None:
        """Send bytes and hang up at once."""
        with (
            socket.create_connection(("127.0.0.1", self.port), _PATIENCE_SECONDS) as line,
            contextlib.suppress(ConnectionError),
        ):
            line.sendall(raw)

    async def new_session(self, session: str) -> str:
        """Open a web chat by a secret that the test can recognise; returns the secret."""
        async with self.product.database.transaction() as unit:
            await conversations.upsert(unit, self.product.vault, "web", session, self.product.clock.now())
        return session

    async def kept_of(self, channel: str, address: str) -> tuple[int, bool]:
        """Return how many messages are kept of somebody, and whether they are noted as gone."""
        async with self.product.database.reading() as unit:
            held = await conversations.find(unit, self.product.vault, channel, address)
            if held is None:
                return 0, False
            mine = select(func.count()).where(inbox.c.conversation_id == held.id)
            gone = await conversations.left_at(unit, held.id)
            return (await unit.execute(mine)).scalar_one(), gone is not None

    async def settled(self) -> dict[str, int]:
        """Wait until everything is read; returns what was set aside, and what nobody may have brought about."""
        async with asyncio.timeout(_LONG_PATIENCE_SECONDS):
            while await self._count(inbox, inbox.c.status == "pending"):
                await asyncio.sleep(0.05)
        counts = {table.name: await self._count(table) for table in (cases, consent)}
        return counts | {"parked": await self._count(inbox, inbox.c.status == "parked")}

    async def _count(self, table: Table, *which: Any) -> int:
        async with self.product.database.reading() as unit:
            found = await unit.execute(select(func.count()).select_from(table).where(*which))
            return int(found.scalar_one())

    def written(self) -> str:
        """Return everything that was logged or counted."""
        return "\n".join([*map(repr, self.log), *self.lines, generate_latest().decode()])


class _Lines(logging.Handler):
    def __init__(self, lines: list[str]) -> None:
        super().__init__(logging.WARNING)
        self.setFormatter(NameAndLevel())
        self._lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        self._lines.append(self.format(record))


@contextlib.contextmanager
def besieged(folder: Path) -> Iterator[Siege]:
    """Open the product with all its doors on a thread beside the test, and close it again."""
    events = asyncio.new_event_loop()
    thread = threading.Thread(target=events.run_forever, daemon=True)
    thread.start()
    lines: list[str] = []
    handler = _Lines(lines)
    logging.getLogger().addHandler(handler)
    stack, stop = AsyncExitStack(), asyncio.Event()
    try:
        with (
            structlog.testing.capture_logs() as log,
            patch.object(bodies, "READ_SECONDS", _A_WHILE),
            # Zalo waits only 2 seconds: on a busy machine a late store is told as 503, which is right, not looked for.
            patch.object(zalo_oa, "STORE_SECONDS", _PATIENCE_SECONDS),
        ):
            opening = _opened(folder, stack, stop, log, lines)
            siege = asyncio.run_coroutine_threadsafe(opening, events).result(_LONG_PATIENCE_SECONDS)
            yield siege
            siege.run(_closed(stack, stop))
    finally:
        logging.getLogger().removeHandler(handler)
        events.call_soon_threadsafe(events.stop)
        thread.join()
        events.close()


async def _opened(folder: Path, stack: AsyncExitStack, stop: asyncio.Event, log: Any, lines: list[str]) -> Siege:
    settings = Settings(data_dir=folder, public_url="https://khien.example", **_MESSENGERS)
    database, vault = await stack.enter_async_context(opened(settings))
    await database.open()
    product = Product(
        settings=settings,
        database=database,
        vault=vault,
        content=Content.load(),
        listener=Listener.load(),
        clock=SystemClock(),
    )
    siege = Siege(product=product, port=0, loop=asyncio.get_running_loop(), log=log, lines=lines)
    joining = Joining(
        settings=settings,
        database=database,
        vault=vault,
        clock=product.clock,
        ingest=siege.ingest,
        sorry="111",
        is_choice=product.content.is_choice,
        channels=product.channels,
        stack=stack,
        stop=stop,
    )
    routes = [route for join in JOINERS for route in join(joining)]
    chat = WebChat(database=database, vault=vault, clock=product.clock)
    runner = web.AppRunner(application([*routes, *chat_routes(chat)], {}), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    siege.port = runner.addresses[0][1]
    turns = asyncio.create_task(loop(database, product.worker.turns, stop, INBOX))
    stack.push_async_callback(_ended, turns)
    return siege


_MESSENGERS: dict[str, Any] = {
    "TELEGRAM_TOKEN": SecretStr(TELEGRAM_TOKEN),
    "telegram_base_url": _NOBODY,
    "zalo_oa_app_id": APP_ID,
    "zalo_oa_app_secret": SecretStr(ZALO_SECRET),
    "zalo_oa_webhook_secret": SecretStr(OA_SECRET),
    "zalo_oa_base_url": _NOBODY,
    "zalo_oa_oauth_url": _NOBODY,
    "zalo_bot_token": SecretStr(ZALO_BOT_TOKEN),
    "zalo_bot_base_url": _NOBODY,
    "messenger_page_id": PAGE,
    "messenger_page_token": SecretStr(PAGE_TOKEN),
    "messenger_app_secret": SecretStr(APP_SECRET),
    "messenger_verify_token": SecretStr(VERIFY_TOKEN),
    "messenger_base_url": _NOBODY,
}


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def _closed(stack: AsyncExitStack, stop: asyncio.Event) -> None:
    stop.set()
    await stack.aclose()
