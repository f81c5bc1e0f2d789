import asyncio
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
from bot.channels.messenger.join import WEBHOOK_PATH
from bot.channels.messenger.request import Page
from bot.channels.messenger.webhook import SIGNATURE_HEADER, verification_handler, webhook_handler
from bot.channels.port import Received
from tests.channels.anything import ANYTHING, bent
from tests.channels.inbox import Inbox, until
from tests.messenger.graph_server import PAGE, VERIFY_TOKEN, GraphServer, batch, signature

Client = TestClient[web.Request, web.Application]
LAN, MAI = "24601", "24602"
TOLD = {
    "sender": {"id": LAN},
    "recipient": {"id": PAGE},
    "timestamp": 1700000000000,
    "message": {"mid": "m_1", "text": "bố đánh em"},
}
BODY = batch([TOLD])
ASKED = {"hub.mode": "subscribe", "hub.verify_token": VERIFY_TOKEN, "hub.challenge": "1158201444"}


@pytest.fixture
async def client(inbox: Inbox, page: Page) -> AsyncIterator[Client]:
    app = web.Application()
    app.router.add_get(WEBHOOK_PATH, verification_handler(VERIFY_TOKEN))
    app.router.add_post(WEBHOOK_PATH, webhook_handler(inbox, page))
    async with TestClient(TestServer(app)) as opened:
        yield opened


async def _post(client: Client, body: bytes, headers: dict[str, str] | None = None) -> int:
    given_headers = {SIGNATURE_HEADER: signature(body)} if headers is None else headers
    async with client.post(WEBHOOK_PATH, data=io.BytesIO(body), headers=given_headers) as response:
        assert await response.read() == b""
        return response.status


# --- the question whether this address wants events ---


async def test_the_challenge_is_given_back(client: Client) -> None:
    async with client.get(WEBHOOK_PATH, params=ASKED) as response:
        assert (response.status, response.content_type) == (200, "text/plain")
        assert await response.text() == "1158201444"


@pytest.mark.parametrize(
    "changed",
    [
        {"hub.mode": "unsubscribe"},
        {"hub.verify_token": "wrong"},
        {"hub.verify_token": ""},
        {"hub.verify_token": "bí-mật"},
        {"hub.challenge": ""},
        {"hub.challenge": "1" * 257},
    ],
)
async def test_who_does_not_know_the_word_gets_nothing(client: Client, changed: dict[str, str]) -> None:
    async with client.get(WEBHOOK_PATH, params=ASKED | changed) as response:
        assert (response.status, await response.read()) == (403, b"")
    async with client.get(WEBHOOK_PATH) as response:
        assert response.status == 403


# --- events ---


async def test_a_message_is_stored_before_the_answer(client: Client, inbox: Inbox) -> None:
    assert await _post(client, BODY) == 200
    assert inbox.texts == ["bố đánh em"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {SIGNATURE_HEADER: ""},
        {SIGNATURE_HEADER: "sha256="},
        {SIGNATURE_HEADER: signature(BODY, "another secret")},
        {SIGNATURE_HEADER: signature(BODY).upper()},
        {SIGNATURE_HEADER: signature(BODY).removeprefix("sha256=")},
        {SIGNATURE_HEADER: signature(BODY)[:-1]},
        {SIGNATURE_HEADER: "bí-mật"},
        {SIGNATURE_HEADER: signature(BODY + b" ")},
        {"X-Hub-Signature": signature(BODY)},
    ],
)
async def test_what_is_not_signed_is_not_read(client: Client, inbox: Inbox, headers: dict[str, str]) -> None:
    assert await _post(client, BODY, headers) == 401
    assert inbox.offered == []


async def test_the_signature_is_of_the_bytes_and_not_of_what_they_mean(client: Client, inbox: Inbox) -> None:
    escaped = json.dumps(json.loads(BODY)).encode()
    assert escaped != BODY
    assert await _post(client, escaped, {SIGNATURE_HEADER: signature(BODY)}) == 401
    assert await _post(client, escaped) == 200
    assert inbox.texts == ["bố đánh em"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        BODY[:-9],
        BODY.replace(b"m_1", b"\xff\xfe"),
        b"null",
        b"[" * 200_000,
        b'{"object": "page"}',
        b'{"object": "page", "entry": [{"messaging": [{}]}]}',
    ],
)
async def test_what_is_signed_and_no_event_is_taken_and_dropped(client: Client, inbox: Inbox, body: bytes) -> None:
    assert await _post(client, body) == 200
    assert inbox.offered == []


async def test_too_long_a_body_is_refused(client: Client, inbox: Inbox) -> None:
    assert await _post(client, b"a" * (MAX_BODY + 1)) == 401
    assert inbox.offered == []


async def test_a_batch_is_answered_with_200_only_when_all_of_it_is_stored(client: Client, inbox: Inbox) -> None:
    events = [
        {**TOLD, "sender": {"id": person}, "message": {"mid": mid, "text": mid}}
        for person, mid in ((LAN, "m_1"), (MAI, "m_2"), (LAN, "m_3"), (MAI, "m_4"))
    ]
    inbox.refuses = lambda received: received.text == "m_1"
    with structlog.testing.capture_logs() as logs:
        assert await _post(client, batch(events)) == 503
    assert inbox.texts == ["m_2", "m_4"]  # "m_3" waits for what the same person said before
    assert logs == [
        {"event": "messenger.ingest_failed", "channel": "messenger", "error": "ValueError", "log_level": "error"}
    ]
    inbox.refuses = lambda _: False
    for _ in range(2):  # repeated, and replayed by somebody who has seen it
        assert await _post(client, batch(events)) == 200
    assert inbox.texts == ["m_2", "m_4", "m_1", "m_3"]


async def test_the_people_of_a_batch_do_not_wait_for_one_another(inbox: Inbox, page: Page) -> None:
    async def waiting(channel: str, received: Received) -> None:
        if received.address == LAN:
            await inbox.holds(1)  # somebody else
        await inbox(channel, received)

    app = web.Application()
    app.router.add_post(WEBHOOK_PATH, webhook_handler(waiting, page))
    events = [{**TOLD, "sender": {"id": person}} for person in (LAN, MAI)]
    async with TestClient(TestServer(app)) as client:
        assert await _post(client, batch(events)) == 200
    assert [received.address for received in inbox.received] == [MAI, LAN]


async def test_a_body_cut_off_is_not_stored(client: Client, inbox: Inbox) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", client.port)
    head = (
        f"POST {WEBHOOK_PATH} HTTP/1.1\r\nHost: a\r\nContent-Length: 900\r\n{SIGNATURE_HEADER}: {signature(BODY)}\r\n"
    )
    writer.write(head.encode() + b"\r\n" + BODY)
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    await asyncio.sleep(0.05)
    assert inbox.offered == []


_EVENTS = [
    TOLD,
    {**TOLD, "message": {"mid": "m_2", "text": "Có", "quick_reply": {"payload": "talk.now"}}},
    {**TOLD, "message": {"mid": "m_3", "attachments": [{"type": "image", "payload": {"url": "a"}}]}},
    {**TOLD, "postback": {"mid": "m_4", "title": "Bắt đầu", "payload": "menu"}},
]
_BENT = bent(st.lists(st.sampled_from(_EVENTS), min_size=1, max_size=3).map(lambda events: json.loads(batch(events))))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=200)
@given(value=ANYTHING | _BENT, knows=st.booleans())
async def test_any_json_is_answered_and_only_sound_messages_are_stored(
    client: Client, inbox: Inbox, value: Any, *, knows: bool
) -> None:
    before, body = len(inbox.offered), json.dumps(value).encode()
    assert await _post(client, body, None if knows else {}) == (200 if knows else 401)
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


async def test_what_the_server_repeats_is_one(server: GraphServer, client: Client, inbox: Inbox) -> None:
    server.webhook = str(client.make_url(WEBHOOK_PATH))
    inbox.failures = 2
    server.says(LAN, "một")
    await inbox.holds(1)
    server.deliver(server.message(LAN, text="hai"), server.message(MAI, text="ba"))
    await inbox.holds(3)
    await until(lambda: server.deliveries.count(200) == 2)
    assert inbox.texts == ["một", "hai", "ba"]
    assert server.deliveries.count(503) == 2
