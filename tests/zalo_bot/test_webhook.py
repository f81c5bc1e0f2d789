import asyncio
import gzip
import io
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import structlog
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.channels.bodies import MAX_BODY
from bot.channels.port import Received
from bot.channels.zalo_bot.request import BotApi
from bot.channels.zalo_bot.setup import WEBHOOK_PATH, prepare
from bot.channels.zalo_bot.webhook import SECRET_HEADER, webhook_handler
from tests.channels.anything import ANYTHING, bent
from tests.channels.inbox import Inbox, until
from tests.zalo_bot.bot_server import ZaloBotServer

Client = TestClient[web.Request, web.Application]
SECRET = "a-Secret_2026"
HEADERS = {SECRET_HEADER: SECRET}
MESSAGE = {
    "message_id": "2d75",
    "date": 1750316131602,
    "from": {"id": "6ede", "display_name": "Lan", "is_bot": False},
    "chat": {"id": "6ede", "chat_type": "PRIVATE"},
    "text": "bố đánh em",
}
EVENT = {"event_name": "message.text.received", "message": MESSAGE}
WRAPPED = {"ok": True, "result": EVENT}


@pytest.fixture
async def client(inbox: Inbox) -> AsyncIterator[Client]:
    app = web.Application()
    app.router.add_post(WEBHOOK_PATH, webhook_handler(inbox, SECRET))
    async with TestClient(TestServer(app)) as opened:
        yield opened


async def _post(client: Client, body: bytes, headers: dict[str, str] = HEADERS) -> int:
    async with client.post(WEBHOOK_PATH, data=io.BytesIO(body), headers=headers) as response:
        assert await response.read() == b""
        return response.status


@pytest.mark.parametrize("body", [EVENT, WRAPPED])
async def test_an_event_is_stored_before_the_answer(client: Client, inbox: Inbox, body: object) -> None:
    assert await _post(client, json.dumps(body).encode()) == 200
    assert inbox.received == [Received(address="6ede", external_id="message:2d75", text="bố đánh em")]


async def test_the_answer_waits_for_the_inbox(inbox: Inbox) -> None:
    stored = asyncio.Event()

    async def slow(channel: str, received: Received) -> None:
        await stored.wait()
        await inbox(channel, received)

    app = web.Application()
    app.router.add_post(WEBHOOK_PATH, webhook_handler(slow, SECRET))
    async with TestClient(TestServer(app)) as client:
        posting = asyncio.create_task(_post(client, json.dumps(EVENT).encode()))
        await asyncio.sleep(0.05)
        assert not posting.done()
        stored.set()
        assert await posting == 200
    assert len(inbox.received) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {SECRET_HEADER: ""},
        {SECRET_HEADER: SECRET + "x"},
        {SECRET_HEADER: SECRET[:-1]},
        {SECRET_HEADER: SECRET.upper()},
        {SECRET_HEADER: "bí-mật"},
        {"X-Telegram-Bot-Api-Secret-Token": SECRET},
    ],
)
@pytest.mark.parametrize("body", [json.dumps(EVENT).encode(), b"{", b""])
async def test_without_the_secret_nothing_is_read(
    client: Client, inbox: Inbox, headers: dict[str, str], body: bytes
) -> None:
    assert await _post(client, body, headers) == 401
    assert inbox.offered == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe\x00",
        b"null",
        b"[]",
        b"[" * 200_000,
        json.dumps(EVENT).encode().replace(b"2d75", b"\xff\xfe"),
        json.dumps(EVENT).encode()[:-9],
        b'{"event_name": "message.text.received"}',
        b'{"ok": true, "result": {"event_name": "webhook.test", "message": null}}',
        b"a" * (MAX_BODY + 1),
        json.dumps({"event_name": "message.text.received", "message": MESSAGE | {"text": "a" * MAX_BODY}}).encode(),
    ],
)
async def test_what_is_no_event_is_taken_and_dropped(client: Client, inbox: Inbox, body: bytes) -> None:
    assert await _post(client, body) == 200
    assert inbox.offered == []


async def test_a_body_that_is_packed_otherwise_than_it_says(client: Client, inbox: Inbox) -> None:
    packed = HEADERS | {"Content-Encoding": "gzip"}
    assert await _post(client, gzip.compress(b" " * 50_000_000), packed) == 200
    async with client.post(WEBHOOK_PATH, data=io.BytesIO(json.dumps(EVENT).encode()), headers=packed) as response:
        assert response.status < 500
    assert inbox.offered == []


async def test_a_body_cut_off_is_not_stored(client: Client, inbox: Inbox) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", client.port)
    head = f"POST {WEBHOOK_PATH} HTTP/1.1\r\nHost: a\r\nContent-Length: 900\r\n{SECRET_HEADER}: {SECRET}\r\n\r\n"
    writer.write(head.encode() + json.dumps(EVENT).encode())
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    await asyncio.sleep(0.05)
    assert inbox.offered == []


async def test_a_failing_inbox_asks_for_a_repeat_and_says_nothing(client: Client, inbox: Inbox) -> None:
    inbox.failures = 1
    with structlog.testing.capture_logs() as logs:
        assert await _post(client, json.dumps(EVENT).encode()) == 503
    assert logs == [
        {"event": "zalo_bot.ingest_failed", "channel": "zalo_bot", "error": "ConnectionError", "log_level": "error"}
    ]
    for _ in range(2):  # repeated, and replayed by somebody who has seen it
        assert await _post(client, json.dumps(EVENT).encode()) == 200
    assert inbox.texts == ["bố đánh em"]


@pytest.mark.parametrize("secret", ["", "a" * 7, "bí-mật-của-mình", "a" * 257, "a\nbbbbbbbb"])
def test_a_secret_that_zalo_would_not_take(inbox: Inbox, secret: str) -> None:
    with pytest.raises(ValueError, match="8 to 256"):
        webhook_handler(inbox, secret)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=200)
@given(body=ANYTHING | bent(st.sampled_from([EVENT, WRAPPED])), knows=st.booleans())
async def test_any_json_is_answered_and_only_sound_messages_are_stored(
    client: Client, inbox: Inbox, body: Any, *, knows: bool
) -> None:
    before = len(inbox.offered)
    assert await _post(client, json.dumps(body).encode(), HEADERS if knows else {}) == (200 if knows else 401)
    assert knows or len(inbox.offered) == before
    for received in inbox.received:
        assert sum(part is not None for part in (received.text, received.choice, received.attachment)) == 1
        assert 0 < len(received.address) <= 200
        json.dumps(received.body(), ensure_ascii=False).encode()
    inbox.rows.clear()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=100)
@given(body=st.binary(max_size=200))
async def test_any_bytes_are_answered(client: Client, body: bytes) -> None:
    assert await _post(client, body) == 200


@pytest.mark.parametrize("flat", [True, False])
async def test_a_conversation_by_webhook(
    server: ZaloBotServer, api: BotApi, client: Client, inbox: Inbox, flat: bool
) -> None:
    server.flat = flat
    with structlog.testing.capture_logs() as logs:
        await prepare(api, str(client.make_url("/")), SECRET)
    assert [line["event"] for line in logs] == ["zalo_bot.webhook_not_seen"]
    inbox.failures = 2
    event = server.says("6ede", "một")
    await inbox.holds(1)
    server.deliver(event)
    server.says("6ede", "hai")
    await inbox.holds(2)
    await until(lambda: server.deliveries.count(200) == 3)
    assert inbox.texts == ["một", "hai"]
    assert server.deliveries.count(503) == 2
    assert server.violations == []


async def test_polling_takes_a_webhook_away_if_there_is_one(server: ZaloBotServer, api: BotApi) -> None:
    server.webhook = "https://old.example/"
    await prepare(api, None, SECRET)
    await prepare(api, None, SECRET)  # "no webhook" is what was wanted
    assert server.webhook == ""
    assert server.violations == []
