"""A Send API on loopback, a page that writes through it, its channel, and an inbox."""

from collections.abc import AsyncIterator

import pytest

from bot.channels.messenger.request import Page, SendApi
from bot.channels.messenger.send import MessengerChannel
from tests.channels.inbox import Inbox
from tests.messenger.graph_server import APP_SECRET, PAGE, PAGE_TOKEN, VERSION, GraphServer


@pytest.fixture
async def server() -> AsyncIterator[GraphServer]:
    async with GraphServer() as running:
        yield running


@pytest.fixture
def page() -> Page:
    return Page(id=PAGE, token=PAGE_TOKEN, app_secret=APP_SECRET)


@pytest.fixture
async def api(server: GraphServer, page: Page) -> AsyncIterator[SendApi]:
    made = SendApi(page, server.url, VERSION)
    yield made
    await made.close()


@pytest.fixture
def channel(api: SendApi) -> MessengerChannel:
    return MessengerChannel(api, human_agent=True)


@pytest.fixture
def inbox() -> Inbox:
    return Inbox("messenger")
