"""While nothing can be stored, the chat is given 111 from memory: once, not at once, and never to who leaves."""

import pytest
from telegram import Bot

from bot.channels.away import AGAIN_SECONDS, PATIENCE_SECONDS, Away
from bot.channels.port import Received
from bot.channels.telegram.send import TelegramChannel
from tests.telegram.bot_api_server import BotApiServer
from tests.telegram.conftest import Inbox, until

CHAT = 711
WORDS = "Máy đang trục trặc. Nếu cần giúp ngay, gọi 111."


class Storing:
    """An inbox whose database can be taken away, and a clock."""

    def __init__(self, bot: Bot) -> None:
        self.now, self.is_away = 0.0, True
        self.inbox = Inbox()
        self.away = Away(TelegramChannel(bot), self.ingest, WORDS, lambda: self.now)

    async def ingest(self, channel: str, received: Received) -> None:
        if self.is_away:
            raise ConnectionError
        await self.inbox(channel, received)

    async def comes(self, *, text: str | None = "bố đánh em", choice: str | None = None) -> None:
        received = Received(address=str(CHAT), external_id="update:1", text=None if choice else text, choice=choice)
        if not self.is_away:
            await self.away.take_in("telegram", received)
            return
        with pytest.raises(ConnectionError):
            await self.away.take_in("telegram", received)


def told(server: BotApiServer) -> list[str]:
    return [shown.text for shown in server.messages(CHAT) if shown.from_bot]


async def test_a_chat_is_told_once_when_storing_goes_on_failing(server: BotApiServer, bot: Bot) -> None:
    storing = Storing(bot)
    await server.user_says(CHAT, "bố đánh em")
    await storing.comes()
    assert told(server) == []
    for seconds in (PATIENCE_SECONDS, 1, 60):
        storing.now += seconds
        await storing.comes()
    await until(lambda: told(server) == [WORDS])
    storing.now += AGAIN_SECONDS
    await storing.comes()
    await until(lambda: told(server) == [WORDS, WORDS])


async def test_who_leaves_in_a_hurry_is_shown_nothing(server: BotApiServer, bot: Bot) -> None:
    storing = Storing(bot)
    await server.user_says(CHAT, "bố đánh em")
    await storing.comes()
    await storing.comes(choice="exit")
    storing.now += PATIENCE_SECONDS * 2
    await storing.comes()
    await storing.away.close()
    assert told(server) == []


async def test_once_it_is_stored_the_count_begins_anew(server: BotApiServer, bot: Bot) -> None:
    storing = Storing(bot)
    await storing.comes()
    storing.is_away = False
    await storing.comes()
    storing.is_away, storing.now = True, PATIENCE_SECONDS * 2
    await storing.comes()
    await storing.away.close()
    assert told(server) == []
    assert storing.inbox.texts == ["bố đánh em"]
