"""Neither a token, nor a child's words, nor anybody's id may stand in a log line, an error or on the terminal."""

import logging
import traceback

import pytest
import structlog
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.channels.messenger.join import WEBHOOK_PATH
from bot.channels.messenger.request import Page, SendApi
from bot.channels.messenger.send import MessengerChannel
from bot.channels.messenger.webhook import SIGNATURE_HEADER, verification_handler, webhook_handler
from bot.channels.port import ChannelError, OutgoingChoice, OutgoingMessage
from tests.channels import faults
from tests.channels.inbox import Inbox
from tests.messenger.graph_server import (
    APP_SECRET,
    NAME,
    PAGE_TOKEN,
    VERIFY_TOKEN,
    VERSION,
    GraphServer,
    batch,
    failing,
    signature,
)

PERSON = "987654321012345"
CHILD = "bố đánh em"
COUNSELLOR = "cô ở đây với em"
TROUBLE = [
    failing(190, 460, f"{PAGE_TOKEN}"),
    failing(10, 2018278, f"{COUNSELLOR} {PERSON}"),
    failing(551, None, f"{NAME} {PERSON}"),
    failing(613),
    failing(2, None, f"{CHILD}", 500),
    faults.bad_gateway(),
    faults.nonsense(f"{CHILD} {COUNSELLOR}".encode()),
    faults.cut(),
    faults.answer_lost(),
]


async def _everything_that_goes_wrong(server: GraphServer, page: Page) -> list[str]:
    """Send through all the trouble; returns the errors that came out, as they would be printed."""
    errors: list[str] = []
    server.hours_since[PERSON] = 0
    for url in (server.url, "http://127.0.0.1:9"):
        api = SendApi(page, url, VERSION)
        channel = MessengerChannel(api, human_agent=True)
        for fault in TROUBLE if url == server.url else TROUBLE[:1]:
            for name in (None, "Cô Lan"):
                server.fail_next(fault, times=2 if fault is TROUBLE[1] and name else 1)
                choices = (OutgoingChoice(id="a", label="a" * 30, number=1),)
                with pytest.raises(ChannelError) as caught:
                    await channel.send(PERSON, OutgoingMessage(text=COUNSELLOR, choices=choices, name=name))
                errors.append("".join(traceback.format_exception(caught.value)))
        await api.close()
        errors += [repr(api), repr(channel), repr(page)]
    return errors


async def _a_webhook_in_trouble(server: GraphServer, inbox: Inbox, page: Page) -> None:
    app = web.Application()
    app.router.add_get(WEBHOOK_PATH, verification_handler(VERIFY_TOKEN))
    app.router.add_post(WEBHOOK_PATH, webhook_handler(inbox, page))
    body = batch([server.message(PERSON, text=CHILD)])
    inbox.failures = 1
    async with TestClient(TestServer(app)) as client:
        for headers in ({}, {SIGNATURE_HEADER: signature(body)}, {SIGNATURE_HEADER: signature(body)}):
            async with client.post(WEBHOOK_PATH, data=body, headers=headers) as response:
                await response.read()
        for word in ("wrong", VERIFY_TOKEN):
            asked = {"hub.mode": "subscribe", "hub.verify_token": word, "hub.challenge": "1"}
            async with client.get(WEBHOOK_PATH, params=asked) as response:
                await response.read()


async def test_nothing_secret_is_written_down(
    server: GraphServer, inbox: Inbox, page: Page, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    with structlog.testing.capture_logs() as lines:
        errors = await _everything_that_goes_wrong(server, page)
        await _a_webhook_in_trouble(server, inbox, page)
    assert len(errors) > 15
    assert {line["event"] for line in lines} == {"messenger.ingest_failed", "messenger.token_refused"}
    printed = capfd.readouterr()
    # The product is served without an access log, which would write query strings.
    ours = "\n".join(record.getMessage() for record in caplog.records if record.name != "aiohttp.access")
    everything = "\n".join((*errors, str(lines), ours, printed.out, printed.err))
    secrets = (PAGE_TOKEN, page.proof, APP_SECRET, VERIFY_TOKEN, CHILD, COUNSELLOR, PERSON, NAME)
    assert [word for word in secrets if word in everything] == []
