"""The HTTP front: health, metrics for those who may, headers that protect, a test clock that only goes forward."""

from collections.abc import AsyncIterator

import pytest
from aiohttp.test_utils import TestClient, TestServer, make_mocked_request

from bot.server import application, clock_routes, health_routes
from content.library import Content
from nlu.listener import Listener
from store.clock import MovableClock
from store.database import Database
from tests.bot.chat_server import ChatServer, chat_server

pytest_plugins = ("tests.store.databases",)
TOKEN = "a-token-of-the-operator"


@pytest.fixture
async def chat(lite: Database, content: Content, listener: Listener) -> AsyncIterator[ChatServer]:
    async with chat_server(lite, content, listener, metrics_token=TOKEN) as running:
        yield running


async def test_healthz_is_well_while_the_database_is_there(chat: ChatServer) -> None:
    async with chat.browser.get(chat.url("/healthz")) as answer:
        assert (answer.status, await answer.json()) == (200, {"status": "ok"})


async def test_healthz_says_so_when_the_database_is_gone() -> None:
    gone = Database("postgresql+asyncpg://khien:secret-word@127.0.0.1:1/khien")
    server = TestServer(application(health_routes(gone, None), {}))
    async with TestClient(server) as client, client.get("/healthz") as answer:
        assert answer.status == 503
        assert "secret-word" not in await answer.text()
    await gone.close()


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ({}, 403),
        ({"Authorization": "Bearer wrong"}, 403),
        ({"Authorization": TOKEN[:-1]}, 403),
        ({"Authorization": f"Bearer {TOKEN}"}, 200),
    ],
)
async def test_with_a_token_set_metrics_are_for_its_holder_only(
    chat: ChatServer, header: dict[str, str], status: int
) -> None:
    async with chat.browser.get(chat.url("/metrics"), headers=header) as answer:
        assert answer.status == status
        assert ("khien_turns_total" in await answer.text()) is (status == 200)


async def test_a_token_of_other_letters_is_refused_and_breaks_nothing(chat: ChatServer) -> None:
    async with chat.browser.get(chat.url("/metrics"), headers={"Authorization": "Bearer mật khẩu"}) as answer:
        assert answer.status == 403


@pytest.mark.parametrize(("remote", "status"), [("127.0.0.1", 200), ("::1", 200), ("203.0.113.9", 403), ("", 403)])
async def test_without_a_token_metrics_are_for_this_machine_only(lite: Database, remote: str, status: int) -> None:
    (metrics,) = [route for route in health_routes(lite, None) if route.path == "/metrics"]
    request = make_mocked_request("GET", "/metrics").clone(remote=remote)
    answer = await metrics.handler(request)
    assert answer.status == status


@pytest.mark.parametrize(
    "path", ["/", "/healthz", "/metrics", "/chat/static/chat.css", "/chat/api/events", "/no-such-page"]
)
async def test_every_answer_carries_the_headers_that_protect(chat: ChatServer, path: str) -> None:
    async with chat.browser.get(chat.url(path)) as answer:
        headers = answer.headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["Cache-Control"] == ("public, max-age=300" if "static" in path else "no-store")


@pytest.mark.parametrize(("path", "kind"), [("/", "text/html"), ("/favicon.ico", "image/svg+xml")])
async def test_page_and_icon_are_there(chat: ChatServer, path: str, kind: str) -> None:
    async with chat.browser.get(chat.url(path)) as answer:
        assert (answer.status, answer.content_type) == (200, kind)


@pytest.mark.parametrize(
    "path", ["/chat/static/../server.py", "/chat/static/%2e%2e/%2e%2e/settings.py", "/chat/static/"]
)
async def test_nothing_outside_the_static_folder_is_given(chat: ChatServer, path: str) -> None:
    async with chat.browser.get(chat.url("/").rstrip("/") + path) as answer:
        assert answer.status in {403, 404}


async def test_without_a_test_clock_there_is_no_way_to_move_time(chat: ChatServer) -> None:
    async with chat.browser.post(chat.url("/test/clock"), json={"advance_seconds": 1}) as answer:
        assert answer.status in {404, 405}


async def test_the_test_clock_moves_and_wakes_everyone() -> None:
    clock, woken = MovableClock(), []
    server = TestServer(application(clock_routes(clock, lambda: woken.append(1)), {}))
    before = clock.now()
    async with TestClient(server) as client, client.post("/test/clock", json={"advance_seconds": 90}) as answer:
        assert answer.status == 200
        assert (await answer.json())["now"] > before.isoformat()
    assert (clock.now() - before).total_seconds() >= 90
    assert woken == [1]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'{"advance_seconds": -1}',
        b'{"advance_seconds": "x"}',
        b'{"seconds": 1}',
        b'{"advance_seconds": 1e99}',
    ],
)
async def test_a_test_clock_that_cannot_be_read_stands_still(body: bytes) -> None:
    clock, woken = MovableClock(), []
    server = TestServer(application(clock_routes(clock, lambda: woken.append(1)), {}))
    async with TestClient(server) as client, client.post("/test/clock", data=body) as answer:
        assert answer.status == 422
        assert "advance_seconds" in (await answer.json())["error"]
    assert woken == []
