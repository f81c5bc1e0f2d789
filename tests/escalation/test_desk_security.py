"""Headers, cross-site requests, the https cookie, calm errors."""

import logging
from http import HTTPStatus

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from escalation.desk import DeskServices, desk_app
from escalation.shift import picking
from tests.escalation.world import Desk, World

PAGES = ("/desk/sign-in", "/desk/static/desk.css", "/desk/setup/x", "/desk/nowhere", "/desk/")


@pytest.mark.parametrize("path", PAGES)
async def test_every_answer_has_the_headers(desk: Desk, path: str) -> None:
    answer = await desk.browser().get(path, allow_redirects=False)
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in policy
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


async def test_no_page_has_anything_inline_or_from_elsewhere(desk: Desk, world: World) -> None:
    case_id = await world.child()
    browser = await desk.of(await world.member("lan"))
    for path in ("/desk/", f"/desk/cases/{case_id}", "/desk/sign-in"):
        text = await (await browser.get(path)).text()
        assert " style=" not in text
        assert "<style" not in text
        assert " onclick" not in text
        assert "http://" not in text.replace("http://www.w3.org/", "")
        assert "https://" not in text
        assert "<script>" not in text


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "none"}, 303),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "OURS"}, 403),
        ({"Origin": "OURS"}, 303),
        ({}, 303),
    ],
)
async def test_a_change_comes_from_our_own_pages_only(
    desk: Desk, world: World, headers: dict[str, str], status: int
) -> None:
    browser = await desk.of(await world.member("lan"))
    ours = str(desk.server.make_url("/")).rstrip("/")
    sent = {name: ours if value == "OURS" else value for name, value in headers.items()}
    answer = await browser.post("/desk/next", headers=sent)
    assert answer.status == status


async def test_the_demo_says_so(world: World) -> None:
    services = DeskServices(database=world.database, vault=world.vault, clock=world.clock, demo=True)
    root = web.Application()
    root.add_subapp("/desk", desk_app(services))
    async with TestClient(TestServer(root)) as client:
        assert "Bản dùng thử trên máy này" in await (await client.get("/desk/sign-in")).text()


@pytest.mark.parametrize(
    ("method", "path", "status", "words"),
    [
        ("GET", "/desk/nowhere", 404, "Không có trang này"),
        ("GET", "/desk/cases/nothing", 404, "Không có ca này"),
        ("POST", "/desk/cases/nothing/claim", 404, "Không có ca này"),
        ("GET", "/desk/next", 405, "không nhận cách gửi đó"),
        ("GET", "/desk/staff", 403, "không cho phép"),
    ],
)
async def test_errors_are_calm_pages(desk: Desk, world: World, method: str, path: str, status: int, words: str) -> None:
    browser = await desk.of(await world.member("lan"))
    answer = await (browser.get(path) if method == "GET" else browser.post(path))
    text = await answer.text()
    assert (answer.status, words in text) == (status, True)
    assert "<h1>" in text


async def test_a_body_too_long_is_refused(desk: Desk, world: World) -> None:
    case_id = await world.child()
    browser = await desk.of(await world.member("lan"))
    answer = await browser.post(f"/desk/cases/{case_id}/messages", {"text": "a" * 100_000})
    assert answer.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE


async def test_a_failure_shows_and_logs_nothing_of_what_failed(
    desk: Desk,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    browser = await desk.of(await world.member("lan"))

    async def fail(*_: object) -> None:
        raise RuntimeError("lời của em bé")

    monkeypatch.setattr(picking, "take_next", fail)
    answer = await browser.post("/desk/next")
    assert answer.status == HTTPStatus.INTERNAL_SERVER_ERROR
    told = capsys.readouterr()
    for where in (await answer.text(), caplog.text, told.out, told.err):
        assert "lời của em bé" not in where
    assert "RuntimeError" in caplog.text + told.out + told.err


async def test_scripts_get_their_errors_as_json(desk: Desk, world: World) -> None:
    case_id = await world.child()
    browser = await desk.of(await world.member("lan"))
    answer = await browser.post(
        f"/desk/cases/{case_id}/renew",
        {"lease": "7"},
        headers={"Accept": "application/json", "Sec-Fetch-Site": "same-origin"},
    )
    assert answer.status == HTTPStatus.CONFLICT
    assert "không còn giữ ca này" in (await answer.json())["error"]
