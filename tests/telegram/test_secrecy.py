"""Neither the token, nor a child's words, nor a chat's id may stand in a log line, an error or on the terminal."""

import asyncio
import logging
import traceback

import pytest
import structlog
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.channels.pace import Pace
from bot.channels.port import ChannelError, OutgoingChoice, OutgoingMessage
from bot.channels.telegram.poll import poll
from bot.channels.telegram.send import TelegramChannel
from bot.channels.telegram.setup import WEBHOOK_PATH, make_bot, prepare
from bot.channels.telegram.webhook import webhook_handler
from tests.telegram import faults
from tests.telegram.bot_api_server import BotApiServer
from tests.telegram.conftest import Inbox

CHAT = 987654321
SECRET = "a-Secret_2026"
CHILD = "bố đánh em"
COUNSELLOR = "cô ở đây với em"
TROUBLE = [
    faults.flood(1),
    faults.status(500, f"{CHILD} {COUNSELLOR}"),
    faults.bad_gateway(),
    faults.nonsense(f"{CHILD} {COUNSELLOR}".encode()),
    faults.cut(),
    faults.answer_lost(),
    faults.status(400, f"Bad Request: {COUNSELLOR} {CHAT}"),
    faults.status(403, f"Forbidden: {CHAT}"),
    faults.status(401, "Unauthorized"),
    faults.status(404, "Not Found"),
]


def _is_secret(text: str, token: str) -> list[str]:
    return [word for word in (token, token.split(":")[1], SECRET, CHILD, COUNSELLOR, str(CHAT)) if word in text]


async def _everything_that_goes_wrong(server: BotApiServer, inbox: Inbox) -> list[str]:
    """Run the whole channel through all its trouble; returns the errors that came out, as they would be printed."""
    errors: list[str] = []
    bot = make_bot(server.token, server.url)
    for method in ("getMe", "setMyCommands", "deleteWebhook"):
        server.fail_next(method, faults.status(404, "Not Found"))
        try:
            await prepare(bot, None)
        except ChannelError as error:
            errors.append("".join(traceback.format_exception(error)))
    await prepare(bot, None)
    channel = TelegramChannel(bot, Pace(sleep=lambda _: asyncio.sleep(0)))
    await server.user_says(CHAT, CHILD)
    inbox.failures = 1
    for fault in TROUBLE:
        server.fail_next("sendMessage", fault)
        server.fail_next("deleteMessages", fault)
        for call in (
            channel.send(
                str(CHAT), OutgoingMessage(text=COUNSELLOR, choices=(OutgoingChoice(id="a" * 65, label="a"),))
            ),
            channel.delete(str(CHAT), ["1"]),
        ):
            try:
                await call
            except ChannelError as error:
                errors.append("".join(traceback.format_exception(error)))
    server.fail_next("getUpdates", faults.nonsense(CHILD.encode()))
    server.fail_next("getUpdates", faults.status(404, "Not Found"))
    stop = asyncio.Event()
    polling = asyncio.create_task(poll(bot, inbox, stop))
    await inbox.holds(1)
    stop.set()
    await polling
    await bot.shutdown()
    return errors


async def _a_webhook_in_trouble(inbox: Inbox) -> None:
    app = web.Application()
    app.router.add_post(WEBHOOK_PATH, webhook_handler(inbox, SECRET))
    chat = {"id": CHAT, "type": "private", "first_name": "Lan"}
    update = {"update_id": 1, "message": {"message_id": 1, "date": 1, "chat": chat, "text": CHILD}}
    inbox.failures = 1
    async with TestClient(TestServer(app)) as client:
        headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
        for tried in ({}, headers, headers):
            async with client.post(WEBHOOK_PATH, json=update, headers=tried) as response:
                await response.read()


async def test_nothing_secret_is_written_down(
    server: BotApiServer, inbox: Inbox, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("telegram.Bot", "telegram", "aiohttp.client", "asyncio"):
        logging.getLogger(name)
    with structlog.testing.capture_logs() as lines:
        errors = await _everything_that_goes_wrong(server, inbox)
        await _a_webhook_in_trouble(inbox)
    assert len(errors) > 15
    assert {line["event"] for line in lines} >= {
        "telegram.ingest_failed",
        "telegram.polling_failed",
        "telegram.choice_left_out",
    }
    printed = capfd.readouterr()
    everything = "\n".join((*errors, str(lines), caplog.text, printed.out, printed.err))
    assert _is_secret(everything, server.token) == []


async def test_the_librarys_own_log_stays_shut_at_debug(
    server: BotApiServer, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    async with make_bot(server.token, server.url) as bot:
        await server.user_says(CHAT, CHILD)
        await bot.get_updates()
        await bot.send_message(CHAT, COUNSELLOR)
    assert not any(record.name.startswith("telegram") for record in caplog.records)
    assert capfd.readouterr() == ("", "")
