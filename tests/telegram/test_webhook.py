import asyncio
import copy
import gzip
import io
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import structlog
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from telegram import Bot

from bot.channels.bodies import MAX_BODY
from bot.channels.port import OutgoingChoice, OutgoingMessage, Received
from bot.channels.telegram.send import TelegramChannel
from bot.channels.telegram.setup import WEBHOOK_PATH, prepare
from bot.channels.telegram.webhook import SECRET_HEADER, webhook_handler
from tests.telegram.bot_api_server import BotApiServer
from tests.telegram.conftest import Inbox, until

Client = TestClient[web.Request, web.Application]

SECRET = "a-Secret_2026"
HEADERS = {SECRET_HEADER: SECRET}
LAN, MAI = 42, 43
CHAT = {"id": LAN, "type": "private", "first_name": "Lan"}
USER = {"id": LAN, "is_bot": False, "first_name": "Lan"}
MESSAGE = {"message_id": 5, "date": 1700000000, "chat": CHAT, "from": USER, "text": "bố đánh em"}
QUERY = {"id": "77", "from": USER, "chat_instance": "1", "data": "exit", "message": MESSAGE}
UPDATE = {"update_id": 10, "message": MESSAGE}


@pytest.fixture
async def client(inbox: Inbox) -> AsyncIterator[Client]:
    app = web.Application()
    app.router.add_post(WEBHOOK_PATH, webhook_handler(inbox, SECRET))
    async with TestClient(TestServer(app)) as opened:
        yield opened


async def _post(client: Client, body: bytes, headers: dict[str, str] = HEADERS) -> tuple[int, bytes]:
    async with client.post(WEBHOOK_PATH, data=io.BytesIO(body), headers=headers) as response:
        return response.status, await response.read()


async def test_an_update_is_stored_before_the_answer(client: Client, inbox: Inbox) -> None:
    assert await _post(client, json.dumps(UPDATE).encode()) == (200, b"")
    assert inbox.received == [Received(address="42", external_id="update:10", text="bố đánh em", message_id="5")]


async def test_the_answer_waits_for_the_inbox(inbox: Inbox) -> None:
    stored = asyncio.Event()

    async def slow(channel: str, received: Received) -> None:
        await stored.wait()
        await inbox(channel, received)

    app = web.Application()
    app.router.add_post(WEBHOOK_PATH, webhook_handler(slow, SECRET))
    async with TestClient(TestServer(app)) as client:
        posting = asyncio.create_task(_post(client, json.dumps(UPDATE).encode()))
        await asyncio.sleep(0.05)
        assert not posting.done()
        stored.set()
        assert await posting == (200, b"")
    assert len(inbox.received) == 1


async def test_a_press_is_answered_in_the_answer(client: Client, inbox: Inbox) -> None:
    status, body = await _post(client, json.dumps({"update_id": 10, "callback_query": QUERY}).encode())
    assert status == 200
    assert json.loads(body) == {"method": "answerCallbackQuery", "callback_query_id": "77"}
    assert inbox.received[0].choice == "exit"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {SECRET_HEADER: ""},
        {SECRET_HEADER: SECRET + "x"},
        {SECRET_HEADER: SECRET[:-1]},
        {SECRET_HEADER: SECRET.upper()},
        {SECRET_HEADER: "bí-mật"},
        {"Authorization": SECRET},
    ],
)
@pytest.mark.parametrize("body", [json.dumps(UPDATE).encode(), b"{", b""])
async def test_without_the_secret_nothing_is_read(
    client: Client, inbox: Inbox, headers: dict[str, str], body: bytes
) -> None:
    assert await _post(client, body, headers) == (401, b"")
    assert inbox.offered == []


async def test_a_secret_of_odd_bytes_is_wrong(client: Client) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", client.port)
    head = f"POST {WEBHOOK_PATH} HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nConnection: close\r\n"
    writer.write(head.encode() + f"{SECRET_HEADER}: ".encode() + b"\xff\xfe\r\n\r\n")
    assert b" 401 " in await reader.readline()
    writer.close()
    await writer.wait_closed()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe\x00",
        b"null",
        b"[]",
        b'"' + b"a" * 1000 + b'"',
        b"[" * 200_000,
        b'{"update_id": 1e400}',
        b'{"update_id": 10}',
        b'{"update_id": 10, "hologram": {}}',
        b'{"update_id": 10, "message": {"text": "a"}}',
        b'{"update_id": 10, "message": null}',
        json.dumps({"update_id": 10, "message": MESSAGE | {"chat": {"id": -1, "type": "group"}}}).encode(),
        b"a" * (MAX_BODY + 1),
        json.dumps({"update_id": 10, "message": MESSAGE | {"text": "a" * MAX_BODY}}).encode(),
    ],
)
async def test_what_is_no_update_is_taken_and_dropped(client: Client, inbox: Inbox, body: bytes) -> None:
    assert await _post(client, body) == (200, b"")
    assert inbox.offered == []


async def test_a_body_in_pieces(client: Client, inbox: Inbox) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for byte in json.dumps(UPDATE).encode():
            yield bytes([byte])

    async with client.post(WEBHOOK_PATH, data=pieces(), headers=HEADERS) as response:
        assert response.status == 200
    assert inbox.texts == ["bố đánh em"]


async def test_a_body_that_unpacks_to_very_much(client: Client, inbox: Inbox) -> None:
    bomb = gzip.compress(b" " * 50_000_000)
    assert await _post(client, bomb, HEADERS | {"Content-Encoding": "gzip"}) == (200, b"")
    assert inbox.offered == []


async def test_a_body_that_is_not_packed_as_it_says(client: Client, inbox: Inbox) -> None:
    status, _ = await _post(client, json.dumps(UPDATE).encode(), HEADERS | {"Content-Encoding": "gzip"})
    assert status < 500
    assert inbox.offered == []


async def test_a_body_cut_off_is_not_stored(client: Client, inbox: Inbox) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", client.port)
    head = f"POST {WEBHOOK_PATH} HTTP/1.1\r\nHost: a\r\nContent-Length: 500\r\n{SECRET_HEADER}: {SECRET}\r\n\r\n"
    writer.write(head.encode() + json.dumps(UPDATE).encode())
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    await asyncio.sleep(0.05)
    assert inbox.offered == []


async def test_a_failing_inbox_makes_telegram_repeat(client: Client, inbox: Inbox) -> None:
    inbox.failures = 1
    with structlog.testing.capture_logs() as logs:
        assert await _post(client, json.dumps(UPDATE).encode()) == (503, b"")
    assert logs == [
        {"event": "telegram.ingest_failed", "update_id": 10, "error": "ConnectionError", "log_level": "error"}
    ]
    assert await _post(client, json.dumps(UPDATE).encode()) == (200, b"")
    assert inbox.texts == ["bố đánh em"]


async def test_a_failure_between_caption_and_picture_repeats_both(client: Client, inbox: Inbox) -> None:
    size = {"file_id": "A", "file_unique_id": "a", "width": 9, "height": 9}
    picture: dict[str, Any] = {**MESSAGE, "caption": "a", "photo": [size]}
    del picture["text"]
    body = json.dumps({"update_id": 10, "message": picture}).encode()
    inbox.refuses = lambda received: received.attachment is not None
    assert (await _post(client, body))[0] == 503
    inbox.refuses = lambda _: False
    assert (await _post(client, body))[0] == 200
    assert [found.external_id for found in inbox.received] == ["update:10:caption", "update:10"]


@pytest.mark.parametrize("secret", ["", "a b", "bí-mật", "a" * 257])
def test_a_secret_that_telegram_would_not_take(inbox: Inbox, secret: str) -> None:
    with pytest.raises(ValueError, match="1 to 256"):
        webhook_handler(inbox, secret)


_LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=8)
_ANYTHING = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
_UPDATES = [
    UPDATE,
    {"update_id": 11, "callback_query": QUERY},
    {"update_id": 12, "edited_message": MESSAGE | {"photo": [{"file_id": "A", "width": 1, "height": 1}]}},
    {"update_id": 13, "my_chat_member": {"chat": CHAT, "from": USER, "date": 1}},
]


@st.composite
def _bent(draw: st.DrawFn) -> Any:
    """Draw an update in which one or two places hold anything at all."""
    update: Any = copy.deepcopy(draw(st.sampled_from(_UPDATES)))
    for _ in range(draw(st.integers(min_value=1, max_value=2))):
        place = update
        while True:
            key = draw(st.sampled_from(sorted(place)))
            if not isinstance(place[key], dict) or not place[key] or draw(st.booleans()):
                break
            place = place[key]
        place[key] = draw(_ANYTHING)
    return update


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=200)
@given(body=_ANYTHING | _bent(), knows=st.booleans())
async def test_any_json_is_answered_and_only_sound_messages_are_stored(
    client: Client, inbox: Inbox, body: Any, *, knows: bool
) -> None:
    before = len(inbox.offered)
    status, _ = await _post(client, json.dumps(body).encode(), HEADERS if knows else {})
    assert status == (200 if knows else 401)
    assert knows or len(inbox.offered) == before
    for received in inbox.received:
        assert sum(part is not None for part in (received.text, received.choice, received.attachment)) == 1
        assert received.address.lstrip("-").isdecimal()
        json.dumps(received.body(), ensure_ascii=False).encode()
    inbox.rows.clear()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=100)
@given(body=st.binary(max_size=200))
async def test_any_bytes_are_answered(client: Client, body: bytes) -> None:
    assert (await _post(client, body))[0] == 200


async def _directed(server: BotApiServer, bot: Bot, client: Client) -> None:
    await prepare(bot, str(client.make_url("/")), SECRET)
    assert server.updates.url.endswith(WEBHOOK_PATH)


async def _all_delivered(server: BotApiServer) -> None:
    await until(lambda: not server.updates.pending)


async def test_a_whole_conversation_by_webhook(
    server: BotApiServer, bot: Bot, client: Client, inbox: Inbox, channel: TelegramChannel
) -> None:
    await server.user_says(LAN, "trước")
    await _directed(server, bot, client)
    await server.user_says(LAN, "/start")
    await inbox.holds(2)
    await channel.send(str(LAN), OutgoingMessage(text="Chào", choices=(OutgoingChoice(id="learn", label="Học"),)))
    query = await server.user_presses(LAN, "learn")
    await inbox.holds(3)
    await _all_delivered(server)
    assert [found.text or found.choice for found in inbox.received] == ["trước", "menu", "learn"]
    assert server.answered == [query]
    assert server.violations == []


async def test_a_failing_inbox_loses_and_shuffles_nothing(
    server: BotApiServer, bot: Bot, client: Client, inbox: Inbox
) -> None:
    await _directed(server, bot, client)
    inbox.failures = 5
    for n in range(4):
        await server.user_says(LAN, f"lan {n}")
        await server.user_says(MAI, f"mai {n}")
    await inbox.holds(8)
    await _all_delivered(server)
    for address, name in (("42", "lan"), ("43", "mai")):
        texts = [found.text for found in inbox.received if found.address == address]
        assert texts == [f"{name} {n}" for n in range(4)]
    assert [delivery.status for delivery in server.updates.deliveries].count(503) == 5


async def test_late_and_repeated_updates(server: BotApiServer, bot: Bot, client: Client, inbox: Inbox) -> None:
    await _directed(server, bot, client)
    first = await server.user_says(LAN, "a")
    await inbox.holds(1)
    server.deliver(first)
    server.deliver({**first, "update_id": first["update_id"] - 100})
    await inbox.holds(2)
    await _all_delivered(server)
    assert len(inbox.received) == 2
    assert {delivery.status for delivery in server.updates.deliveries} == {200}


async def test_a_press_repeated_too_late_to_be_answered(
    server: BotApiServer, bot: Bot, client: Client, inbox: Inbox
) -> None:
    await _directed(server, bot, client)
    server.deliver({"update_id": 5, "callback_query": QUERY})
    await inbox.holds(1)
    await _all_delivered(server)
    assert server.answered == []
    assert server.violations == []


async def test_a_stranger_who_found_the_address(client: Client, inbox: Inbox) -> None:
    async with ClientSession() as session, session.post(client.make_url(WEBHOOK_PATH), json=UPDATE) as response:
        assert response.status == 401
        assert "Lan" not in await response.text()
    assert inbox.offered == []
