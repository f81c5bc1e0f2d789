"""A Bot API server, a bot that talks to it, a channel without waits, and an inbox that takes each message once."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import pytest
from telegram import Bot

from bot.channels.pace import Pace
from bot.channels.port import Received
from bot.channels.telegram.send import TelegramChannel
from bot.channels.telegram.setup import make_bot
from tests.telegram.bot_api_server import BotApiServer

PATIENCE_SECONDS = 20  # what takes milliseconds may take long on a busy machine


@dataclass(slots=True)
class Inbox:
    """Stands for the durable inbox: the same external id of an address twice is one."""

    rows: dict[tuple[str, str], Received] = field(default_factory=dict)
    offered: list[str] = field(default_factory=list)
    failures: int = 0  # how many of the next calls fail
    refuses: Callable[[Received], bool] = lambda _: False
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, channel: str, received: Received) -> None:
        assert channel == "telegram"
        self.offered.append(received.external_id)
        await asyncio.sleep(0)
        if self.failures:
            self.failures -= 1
            raise ConnectionError("the database with the words of a child")
        if self.refuses(received):
            raise ValueError("the row with the words of a child")
        self.rows.setdefault((received.address, received.external_id), received)
        self.changed.set()
        self.changed = asyncio.Event()

    @property
    def received(self) -> list[Received]:
        return list(self.rows.values())

    @property
    def texts(self) -> list[str | None]:
        return [received.text for received in self.received]

    async def holds(self, count: int) -> list[Received]:
        """Wait until so many messages are stored."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(self.rows) < count:
                await self.changed.wait()
        return self.received


async def until(is_so: Callable[[], bool]) -> None:
    """Wait until something holds that nothing announces."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not is_so():
            await asyncio.sleep(0.005)


@pytest.fixture
async def server() -> AsyncIterator[BotApiServer]:
    async with BotApiServer() as running:
        yield running


@pytest.fixture
async def bot(server: BotApiServer) -> AsyncIterator[Bot]:
    made = make_bot(server.token, server.url)
    await made.initialize()
    yield made
    await made.shutdown()


async def _at_once(_: float) -> None:
    """Wait no time."""


@pytest.fixture
def channel(bot: Bot) -> TelegramChannel:
    return TelegramChannel(bot, Pace(sleep=_at_once))


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()
