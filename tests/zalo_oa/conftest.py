"""Zalo on loopback, a channel that writes to it without waits, and an inbox that takes each message once."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from bot.channels.pace import Pace
from bot.channels.port import Received
from bot.channels.zalo_oa.errors import as_channel_error
from bot.channels.zalo_oa.request import ZaloRequest
from bot.channels.zalo_oa.send import ZaloOaChannel
from tests.bot.moments import our_content
from tests.zalo_oa.server import ZaloServer

CHILD = "246"
is_choice = our_content().is_choice


@dataclass(slots=True)
class Inbox:
    """Stands for the durable inbox: the same external id of an address twice is one."""

    rows: dict[tuple[str, str], Received] = field(default_factory=dict)
    offered: list[str] = field(default_factory=list)
    failures: int = 0  # how many of the next calls fail

    async def __call__(self, channel: str, received: Received) -> None:
        assert channel == "zalo_oa"
        self.offered.append(received.external_id)
        await asyncio.sleep(0)
        if self.failures:
            self.failures -= 1
            raise ConnectionError("the database with the words of a child")
        self.rows.setdefault((received.address, received.external_id), received)

    @property
    def received(self) -> list[Received]:
        return list(self.rows.values())

    @property
    def texts(self) -> list[str | None]:
        return [received.text for received in self.received]


@dataclass(slots=True)
class Door:
    """Tokens as the server has them, renewed by asking it, with nothing stored."""

    server: ZaloServer
    token: str
    renewals: int = 0
    can_renew: bool = True

    async def access(self) -> str:
        return self.token

    async def renewed(self, refused: str) -> str:
        assert refused == self.token
        self.renewals += 1
        if not self.can_renew:
            raise as_channel_error(-216)
        self.token = self.server.access
        return self.token


async def at_once(_: float) -> None:
    """Wait no time."""


@pytest.fixture
async def server() -> AsyncIterator[ZaloServer]:
    async with ZaloServer() as running:
        running.people[CHILD].follows = True
        yield running
        assert running.problems == []


@pytest.fixture
async def request_(server: ZaloServer) -> AsyncIterator[ZaloRequest]:
    made = ZaloRequest(base_url=server.url, oauth_url=server.url)
    yield made
    await made.close()


@pytest.fixture
def door(server: ZaloServer) -> Door:
    return Door(server, server.access)


@pytest.fixture
def channel(request_: ZaloRequest, door: Door) -> ZaloOaChannel:
    return ZaloOaChannel(request_, door, pace=Pace(sleep=at_once))


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()
