"""A Zalo Bot Platform on loopback, a bot that talks to it, its channel, a vault, and an inbox."""

from collections.abc import AsyncIterator

import pytest

from bot.channels.zalo_bot.request import BotApi
from bot.channels.zalo_bot.send import ZaloBotChannel
from store.vault import Vault
from tests.channels.inbox import Inbox
from tests.zalo_bot.bot_server import ZaloBotServer


@pytest.fixture
async def server() -> AsyncIterator[ZaloBotServer]:
    async with ZaloBotServer() as running:
        yield running


@pytest.fixture
async def api(server: ZaloBotServer) -> AsyncIterator[BotApi]:
    made = BotApi(server.token, server.url)
    yield made
    await made.close()


@pytest.fixture
def channel(api: BotApi) -> ZaloBotChannel:
    return ZaloBotChannel(api, frozenset({400}))


@pytest.fixture
def vault() -> Vault:
    return Vault({1: b"k" * 32}, b"h" * 32)


@pytest.fixture
def inbox() -> Inbox:
    return Inbox("zalo_bot")
