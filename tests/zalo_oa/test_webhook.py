"""The webhook: nothing forged gets in, what is stored is answered in time, what is not is stored later."""

import asyncio
import gzip
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
import structlog
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.channels.patience import within
from bot.channels.port import Received
from bot.channels.zalo_oa.receive import Left
from bot.channels.zalo_oa.signature import HEADER, Signing, matching
from bot.channels.zalo_oa.spool import Spool
from bot.channels.zalo_oa.webhook import MAX_BODY, PATH, STORE_SECONDS, webhook_handler
from tests.zalo_oa.conftest import CHILD, Inbox, at_once, is_choice
from tests.zalo_oa.server import APP_ID, OA_SECRET, ZaloServer

Client = TestClient[web.Request, web.Application]
SIGNING = Signing(first=APP_ID, secret=OA_SECRET)
WORDS = "bố đánh em"
EVENT = {
    "app_id": APP_ID,
    "event_name": "user_send_text",
    "sender": {"id": "246"},
    "recipient": {"id": "388"},
    "message": {"text": WORDS, "msg_id": "m1"},
    "timestamp": "1700000000000",
}


@pytest.fixture
def gone() -> list[Left]:
    return []


@pytest.fixture
async def client(inbox: Inbox, gone: list[Left], server: ZaloServer) -> AsyncIterator[Client]:
    async def on_left(left: Left) -> None:
        gone.append(left)

    spool = Spool(inbox, sleep=at_once)
    app = web.Application()
    app.router.add_post(PATH, webhook_handler(spool.take_in, SIGNING, is_choice, on_left))
    async with TestClient(TestServer(app)) as opened:
        server.webhook = str(opened.make_url(PATH))
        yield opened
    await spool.close()


def signed(body: bytes, timestamp: str = "1700000000000") -> dict[str, str]:
    return {HEADER: SIGNING.sign(body, timestamp)}


async def post(client: Client, body: bytes, headers: dict[str, str] | None = None) -> int:
    async with client.post(PATH, data=body, headers=signed(body) if headers is None else headers) as response:
        assert await response.read() == b""
        return response.status


def test_the_signature_is_that_of_the_vector() -> None:
    body = (
        '{"app_id":"1234567890","event_name":"user_send_text","sender":{"id":"246"},"recipient":{"id":"388"},'
        '"message":{"text":"Xin chào","msg_id":"m1"},"timestamp":"1700000000000"}'
    ).encode()
    told = "mac=cc4d6d093c0ffe8a14cff69cf00c6965d81ea7e08a3742c6f2d9890701678489"
    assert Signing(first="1234567890", secret="oa-secret").sign(body, "1700000000000") == told
    found = matching(
        body,
        "1700000000000",
        told,
        firsts={"app_id": "1234567890", "oa_id": "388"},
        secrets={"A": "x", "B": "oa-secret"},
    )
    assert list(found) == [("app_id", "B")]


async def test_an_event_is_stored_before_the_answer(client: Client, inbox: Inbox) -> None:
    assert await post(client, json.dumps(EVENT).encode()) == 200
    assert inbox.received == [Received(address="246", external_id="msg:m1", text=WORDS)]


@pytest.mark.parametrize("probe", [b"", b"{}", b" {}\n"])
async def test_the_consoles_probe_is_answered_without_a_signature(client: Client, inbox: Inbox, probe: bytes) -> None:
    assert await post(client, probe, {}) == 200
    assert inbox.offered == []


BODY = json.dumps(EVENT).encode()


@pytest.mark.parametrize(
    "header",
    [
        "", "mac=", SIGNING.sign(BODY, "1700000000001"), SIGNING.sign(BODY + b" ", "1700000000000"),
        SIGNING.sign(BODY, "1700000000000").upper(), SIGNING.sign(BODY, "1700000000000")[4:],
        Signing(first=APP_ID, secret="other").sign(BODY, "1700000000000"),
        Signing(first="388", secret=OA_SECRET).sign(BODY, "1700000000000"), "chữ-ký",
    ],
)  # fmt: skip
async def test_a_forged_event_does_nothing(client: Client, inbox: Inbox, header: str) -> None:
    with structlog.testing.capture_logs() as logs:
        assert await post(client, BODY, {HEADER: header}) == 401
    assert inbox.offered == []
    assert logs == [{"event": "zalo_oa.wrong_signature", "log_level": "warning"}]


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\xff\xfe\x00",
        b"null",
        b"[]",
        b"[" * 100_000,
        b'{"timestamp": 1e400}',
        b'{"event_name": "user_send_text"}',
    ],
)
async def test_what_is_no_event_does_nothing(client: Client, inbox: Inbox, body: bytes) -> None:
    assert await post(client, body, signed(body, "")) in {200, 401}
    assert await post(client, body, {}) == 401
    assert inbox.offered == []


async def test_a_body_that_is_too_long_is_not_read(client: Client, inbox: Inbox) -> None:
    body = b"a" * (MAX_BODY + 1)
    assert await post(client, body) == 413
    bomb = gzip.compress(b" " * 20_000_000)
    assert await post(client, bomb, signed(bomb) | {"Content-Encoding": "gzip"}) == 413
    assert inbox.offered == []


async def test_a_body_cut_off_is_not_stored(client: Client, inbox: Inbox) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", client.port)
    head = f"POST {PATH} HTTP/1.1\r\nHost: a\r\nContent-Length: 900\r\n{HEADER}: {SIGNING.sign(BODY, '1')}\r\n\r\n"
    writer.write(head.encode() + BODY)
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    await asyncio.sleep(0.05)
    assert inbox.offered == []


@pytest.mark.usefixtures("client")
async def test_repeated_and_replayed_events_are_one(inbox: Inbox, server: ZaloServer) -> None:
    event = await server.says(CHILD, WORDS)
    for retry in range(1, 6):
        assert await server.post(event, retry=retry) == 200
    assert inbox.texts == [WORDS]


@pytest.mark.usefixtures("client")
async def test_an_old_event_is_still_a_childs_message(inbox: Inbox, server: ZaloServer) -> None:
    server.shift = -2 * 3600
    await server.says(CHILD, WORDS)
    assert inbox.texts == [WORDS]
    assert server.statuses == [200]


@pytest.mark.usefixtures("client")
async def test_what_could_not_be_stored_is_stored_from_memory_in_order(inbox: Inbox, server: ZaloServer) -> None:
    inbox.failures = 3
    for number in range(5):
        await server.says(CHILD, f"em {number}")
    await server.says("247", "chào")
    async with asyncio.timeout(20):
        while len(inbox.rows) < 6:
            await asyncio.sleep(0.01)
    assert [one.text for one in inbox.received if one.address == CHILD] == [f"em {number}" for number in range(5)]
    assert 503 in server.statuses


@pytest.mark.usefixtures("client")
async def test_words_whose_storing_failed_stand_before_their_picture(inbox: Inbox, server: ZaloServer) -> None:
    inbox.failures = 1
    await server.sends_picture(CHILD, WORDS)
    async with asyncio.timeout(20):
        while len(inbox.rows) < 2:
            await asyncio.sleep(0.01)
    assert inbox.texts == [WORDS, None]


async def test_zalo_is_answered_in_time_while_the_database_hangs(server: ZaloServer) -> None:
    async def hangs(*_: object) -> None:
        await within(STORE_SECONDS, asyncio.sleep(30))

    spool = Spool(hangs)
    app = web.Application()
    app.router.add_post(PATH, webhook_handler(spool.take_in, SIGNING, is_choice, hangs))
    async with TestClient(TestServer(app)) as client:
        server.webhook = str(client.make_url(PATH))
        for happens in (server.sends_picture(CHILD, WORDS), server.says(CHILD, "nữa"), server.unfollows(CHILD)):
            began = time.monotonic()
            await happens
            assert time.monotonic() - began < 2
    assert server.statuses == [503, 503, 503]
    await spool.close()


@pytest.mark.usefixtures("client")
async def test_leaving_is_told(gone: list[Left], server: ZaloServer) -> None:
    await server.unfollows(CHILD)
    assert [left.address for left in gone] == [CHILD]


_LEAVES = st.none() | st.booleans() | st.integers() | st.text(st.characters(), max_size=8)
_ANYTHING = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=100)
@given(bent=st.dictionaries(st.sampled_from(sorted(EVENT)), _ANYTHING, max_size=2), knows=st.booleans())
async def test_any_event_is_answered_and_only_a_signed_one_stored(
    client: Client, inbox: Inbox, bent: dict[str, Any], *, knows: bool
) -> None:
    event, before = EVENT | bent, len(inbox.offered)
    body, stamp = json.dumps(event).encode(), event["timestamp"]
    told = str(stamp) if isinstance(stamp, str | int) and not isinstance(stamp, bool) else ""
    told = told if told.isascii() and len(told) <= 32 else ""
    status = await post(client, body, signed(body, told) if knows else {HEADER: "mac=0"})
    assert status == (200 if knows else 401)
    assert knows or len(inbox.offered) == before
    inbox.rows.clear()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
@given(body=st.binary(max_size=200))
async def test_any_bytes_are_answered(client: Client, body: bytes) -> None:
    assert await post(client, body, {}) in {200, 401}
