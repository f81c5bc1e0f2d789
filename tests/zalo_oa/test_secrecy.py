"""No token, secret, id or word of a child may stand in a log line, in an error or on the terminal."""

import json
import logging
import traceback
from pathlib import Path

import pytest
import structlog
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.channels.pace import Pace
from bot.channels.port import ChannelError, OutgoingMessage
from bot.channels.zalo_oa.receive import Left
from bot.channels.zalo_oa.request import ZaloRequest
from bot.channels.zalo_oa.send import ZaloOaChannel
from bot.channels.zalo_oa.signature import HEADER, Signing
from bot.channels.zalo_oa.spool import Spool
from bot.channels.zalo_oa.webhook import PATH, webhook_handler
from store.database import Database
from tests.zalo_oa import faults
from tests.zalo_oa.conftest import Inbox, at_once, is_choice
from tests.zalo_oa.server import APP_ID, APP_SECRET, OA_SECRET, ZaloServer
from tests.zalo_oa.test_tokens import Office

pytest_plugins = ("tests.store.databases",)
CHAT = "9876543210123456789"
CHILD, COUNSELLOR = "bố đánh em", "cô ở đây với em"
SECRETS = (CHAT, CHILD, COUNSELLOR, APP_SECRET, OA_SECRET, "AT-", "RT-", "Lan Canary", "84900000042")
LEAK = f"{CHILD} {COUNSELLOR} {CHAT} AT-0 RT-0"
TROUBLE = [
    faults.error(-213, LEAK), faults.error(-32, LEAK), faults.error(-9999, LEAK), faults.error(-216, LEAK),
    faults.status(502), faults.nonsense(LEAK.encode()), faults.cut(), faults.answer_lost(),
    faults.elsewhere(f"http://127.0.0.1:1/{CHAT}"),
]  # fmt: skip


async def _sending_goes_wrong(office: Office) -> list[str]:
    errors: list[str] = []
    for fault in TROUBLE:
        tokens = office.process()
        office.server.fail_next("message", fault, faults.error(-216, LEAK))
        office.server.fail_next("token", faults.error(-14014, LEAK))
        channel = ZaloOaChannel(office.request, tokens, pace=Pace(sleep=at_once))
        try:
            await channel.send(CHAT, OutgoingMessage(text=COUNSELLOR))
        except ChannelError as error:
            errors.append("".join(traceback.format_exception(error)))
        await tokens.close()
        errors.append(repr(tokens._pair))
    return errors


async def _the_webhook_in_trouble(server: ZaloServer) -> None:
    inbox = Inbox(failures=3)

    async def on_left(_: Left) -> None:
        raise ConnectionError(LEAK)

    spool = Spool(inbox, sleep=at_once)
    signing = Signing(first=APP_ID, secret=OA_SECRET)
    app = web.Application()
    app.router.add_post(PATH, webhook_handler(spool.take_in, signing, is_choice, on_left))
    async with TestClient(TestServer(app)) as client:
        server.webhook = str(client.make_url(PATH))
        await server.says(CHAT, CHILD)
        await server.unfollows(CHAT)
        body = json.dumps({"event_name": "user_send_text", "message": {"text": CHILD}}).encode()
        await client.post(PATH, data=body, headers={HEADER: OA_SECRET})
        await client.post(PATH, data=body, headers={"Content-Encoding": "gzip"})
    await spool.close()


async def test_nothing_secret_is_written_down(
    database: Database, server: ZaloServer, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    office = Office(database, server)
    await office.seed(hours=1)
    with structlog.testing.capture_logs() as lines:
        errors = await _sending_goes_wrong(office)
        await _the_webhook_in_trouble(server)
    await office.request.close()
    assert len(errors) > 15
    assert {str(line["event"]) for line in lines} >= {
        "zalo_oa.ingest_failed", "zalo_oa.wrong_signature", "zalo_oa.leaving_not_noted",
    }  # fmt: skip
    printed = capfd.readouterr()
    everything = "\n".join((*errors, str(lines), caplog.text, printed.out, printed.err))
    assert [secret for secret in SECRETS if secret in everything] == []


async def test_what_holds_a_secret_does_not_show_it(tmp_path: Path) -> None:
    request = ZaloRequest(base_url=f"http://127.0.0.1:1/{tmp_path.name}")
    token = "AT-0"  # on a line of its own: a traceback quotes the line of the call
    with pytest.raises(ChannelError) as caught:
        await request.call("/x", {"text": CHILD}, token, seconds=1)
    await request.close()
    shown = "".join(traceback.format_exception(caught.value)) + repr(Signing(first=APP_ID, secret=OA_SECRET))
    assert [secret for secret in SECRETS if secret in shown] == []
