import asyncio
import time

import pytest
from telegram import Bot
from telegram.error import NetworkError, TelegramError, TimedOut

from bot.channels.telegram.poll import UpdatesRequest
from bot.channels.telegram.request import AiohttpRequest
from bot.channels.telegram.setup import make_bot
from tests.telegram import faults
from tests.telegram.bot_api_server import BotApiServer


async def test_a_call_goes_out_and_its_answer_comes_back(bot: Bot) -> None:
    me = await bot.get_me()
    assert (me.username, me.is_bot) == ("khien_nho_bot", True)


async def test_values_arrive_as_they_were(server: BotApiServer, bot: Bot) -> None:
    await server.user_says(42, "a")
    text = "Dấu: ăâđêôơư ỗ & + = % 😀\n\t?#"
    await bot.send_message(42, text, protect_content=True)
    assert server.calls_of("sendMessage") == [{"chat_id": 42, "text": text, "protect_content": True}]


async def test_many_calls_at_once(server: BotApiServer, bot: Bot) -> None:
    await asyncio.gather(*(bot.get_me() for _ in range(50)))
    assert len(server.calls_of("getMe")) == 51  # one was made to connect


async def test_an_answer_that_does_not_come(server: BotApiServer, bot: Bot) -> None:
    await server.user_says(42, "a")
    server.fail_next("sendMessage", faults.answer_late(2))
    began = time.monotonic()
    with pytest.raises(TimedOut):
        await bot.send_message(42, "b", read_timeout=0.05, connect_timeout=0.05)
    assert time.monotonic() - began < 1
    assert server.messages(42)[-1].text == "b"


async def test_default_timeouts() -> None:
    request = AiohttpRequest(read_timeout=3)
    assert request.read_timeout == 3


async def test_long_polling_waits_longer_than_a_call(server: BotApiServer) -> None:
    request, updates = AiohttpRequest(read_timeout=0.3, connect_timeout=0.1), UpdatesRequest(read_timeout=0.3)
    bot = Bot(server.token, base_url=f"{server.url}/bot", request=request, get_updates_request=updates)
    async with bot:
        assert await bot.get_updates(timeout=1) == ()


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1:9", "http://127.0.0.1:99999", "http://", "nonsense", "http://[::1", "https://127.0.0.1:9"],
)
async def test_a_server_that_is_not_there(server: BotApiServer, address: str) -> None:
    bot = make_bot(server.token, address)
    with pytest.raises(NetworkError) as caught:
        await bot.initialize()
    assert server.token not in repr(caught.value)
    assert caught.value.__context__ is None
    await bot.shutdown()


async def test_a_bot_that_is_not_connected(server: BotApiServer) -> None:
    with pytest.raises(NetworkError, match="not initialized"):
        await make_bot(server.token, server.url).get_me()


async def test_opening_and_closing_twice() -> None:
    request = AiohttpRequest()
    await request.initialize()
    session = request._session
    await request.initialize()
    assert request._session is session
    await request.shutdown()
    await request.shutdown()


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"5", b'{"ok": true}', b"\xff", b"[" * 100_000])
def test_an_answer_that_is_none(body: bytes) -> None:
    for wire in (AiohttpRequest, UpdatesRequest):
        with pytest.raises(TelegramError, match="Invalid server response"):
            wire.parse_json_payload(body)


def test_updates_are_made_readable() -> None:
    body = b'{"ok": true, "result": [{"update_id": 1, "message": {"text": 5}}, {"update_id": 2}, {"message": 5}, 7]}'
    answer = UpdatesRequest.parse_json_payload(body)
    assert [update["update_id"] for update in answer["result"]] == [1, 2]
    assert UpdatesRequest.parse_json_payload(b'{"ok": false, "description": "a"}')["description"] == "a"


async def test_a_redirect_is_not_followed(server: BotApiServer, bot: Bot) -> None:
    await server.user_says(42, "a")
    server.fail_next("sendMessage", faults.elsewhere(f"{server.url}/bot{server.token}/sendMessage"))
    with pytest.raises(NetworkError):
        await bot.send_message(42, "b")
    assert server.calls_of("sendMessage") == []
