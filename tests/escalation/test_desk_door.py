"""Signing in and out, the one-time set-up link, sessions that end."""

import asyncio
import re
from datetime import timedelta
from http import HTTPStatus
from http.cookies import Morsel

import pyotp
import pytest

import escalation.tables
from escalation.desk.identity import COOKIE
from escalation.staff import attempts, make_setup_link
from escalation.staff.attempts import FREE_FAILURES, wait_after
from escalation.staff.errors import LinkGone
from store.database import Database
from tests.escalation.world import PASSWORD, Browser, Desk, World

pytest_plugins = ("tests.store.databases",)


@pytest.fixture
def desk_database(database: Database) -> Database:
    return database


SETUP = {
    "admin_name": "quan.tri",
    "admin_display": "Anh Minh",
    "admin_password": PASSWORD,
    "counsellor_name": "hanh",
    "counsellor_display": "Cô Hạnh",
    "counsellor_password": PASSWORD,
}


def session_cookie(browser: Browser) -> Morsel[str]:
    return next(cookie for cookie in browser.session.cookie_jar if cookie.key == COOKIE)


async def is_in(browser: Browser) -> bool:
    answer = await browser.get("/desk/", allow_redirects=False)
    return answer.status == HTTPStatus.OK


async def test_a_counsellor_signs_in_and_is_ready(desk: Desk, world: World) -> None:
    lan = await world.member("lan")
    browser = desk.browser()
    answer = await browser.sign_in(lan)
    assert (answer.status, answer.headers["Location"]) == (HTTPStatus.SEE_OTHER, "/desk/")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-khien=")
    for part in ("Secure", "HttpOnly", "SameSite=Strict", "Path=/"):
        assert part in cookie
    assert "Domain" not in cookie
    assert await is_in(browser)
    [present] = await world.rows(escalation.tables.presence)
    assert present.until > world.now
    assert await world.actions(f"staff:{lan.staff.id}") == ["staff.created", "staff.signed_in"]


async def test_everything_but_the_door_needs_a_session(desk: Desk) -> None:
    browser = desk.browser()
    for path in ("/desk/", "/desk/staff", "/desk/cases/x", "/desk/events", "/desk/cases/x/events"):
        answer = await browser.get(path, allow_redirects=False)
        assert (answer.status, answer.headers["Location"]) == (HTTPStatus.SEE_OTHER, "/desk/sign-in")
    answer = await browser.post("/desk/next")
    assert answer.status == HTTPStatus.UNAUTHORIZED
    assert "đăng nhập lại" in await answer.text()


async def test_the_bare_address_leads_to_the_queue(desk: Desk, world: World) -> None:
    browser = await desk.of(await world.member("lan"))
    answer = await browser.get("/desk")
    assert answer.url.path == "/desk/"


@pytest.mark.parametrize("wrong", ["name", "password", "code"])
async def test_what_is_wrong_is_not_told(desk: Desk, world: World, wrong: str) -> None:
    lan = await world.member("lan")
    fields = {"name": "lan", "password": PASSWORD, "code": pyotp.TOTP(lan.secret).at(world.now)}
    answer = await desk.browser().post("/desk/sign-in", fields | {wrong: "123456"})
    text = await answer.text()
    assert answer.status == HTTPStatus.UNAUTHORIZED
    assert "Tên, mật khẩu hoặc mã 6 số chưa đúng" in text
    assert PASSWORD not in text


async def test_a_code_works_once(desk: Desk, world: World) -> None:
    lan = await world.member("lan")
    code = pyotp.TOTP(lan.secret).at(world.now)
    first = await desk.browser().sign_in(lan, code=code)
    again = await desk.browser().sign_in(lan, code=code)
    assert (first.status, again.status) == (HTTPStatus.SEE_OTHER, HTTPStatus.UNAUTHORIZED)


async def test_one_code_at_two_places_at_once_lets_one_in(desk: Desk, world: World) -> None:
    lan = await world.member("lan")
    code = pyotp.TOTP(lan.secret).at(world.now)
    answers = await asyncio.gather(*(desk.browser().sign_in(lan, code=code) for _ in range(3)))
    assert sorted(answer.status for answer in answers) == [303, 401, 401]


async def test_the_wait_grows_and_is_told_in_words(desk: Desk, world: World) -> None:
    lan = await world.member("lan")
    browser = desk.browser()
    for _ in range(FREE_FAILURES):
        assert (await browser.sign_in(lan, password="wrong password")).status == HTTPStatus.UNAUTHORIZED
    code = pyotp.TOTP(lan.secret).at(world.now)
    refused = await browser.sign_in(lan, code=code)
    assert refused.status == HTTPStatus.TOO_MANY_REQUESTS
    assert re.search(r"Hãy đợi \d+ (giây|phút)", await refused.text())
    world.clock.advance(wait_after(FREE_FAILURES).total_seconds())
    assert (await browser.sign_in(lan)).status == HTTPStatus.SEE_OTHER
    assert await world.rows(escalation.tables.sign_in_failure) == []


async def test_whoever_is_counted_after_a_later_one_does_not_wait_for_it(world: World) -> None:
    now = world.now
    async with world.database.transaction() as unit:
        for at in (now + timedelta(milliseconds=5), now):
            await attempts.begin(unit, "key", at)
    [row] = await world.rows(escalation.tables.sign_in_failure)
    assert row.failures == 2


async def test_guessing_elsewhere_locks_nobody_out(desk: Desk, world: World) -> None:
    lan = await world.member("lan")
    nam = await world.member("nam")
    stranger = desk.browser()
    async with world.database.transaction() as unit:
        key = attempts.key_of(world.vault, "lan", "203.0.113.9")
        for _ in range(FREE_FAILURES):
            await attempts.begin(unit, key, world.now)
        with pytest.raises(Exception, match="Too many"):
            await attempts.begin(unit, key, world.now)
    for _ in range(FREE_FAILURES + 1):
        await stranger.sign_in(nam, password="wrong password", code="000000")
    # The same name from its own address, and another name from the guesser's address, get in.
    assert (await desk.browser().sign_in(lan)).status == HTTPStatus.SEE_OTHER


@pytest.mark.parametrize(("failures", "seconds"), [(0, 0), (4, 0), (5, 30), (6, 60), (8, 240), (12, 3600), (99, 3600)])
def test_the_wait_doubles_up_to_an_hour(failures: int, seconds: int) -> None:
    assert wait_after(failures).total_seconds() == seconds


async def test_a_session_ends_when_idle(desk: Desk, world: World) -> None:
    browser = await desk.of(await world.member("lan"))
    world.clock.advance(29 * 60)
    assert await is_in(browser)
    world.clock.advance(29 * 60)
    assert await is_in(browser)
    world.clock.advance(30 * 60)
    assert not await is_in(browser)


async def test_a_session_ends_after_eight_hours(desk: Desk, world: World) -> None:
    browser = await desk.of(await world.member("lan"))
    for _ in range(19):
        world.clock.advance(25 * 60)
        assert await is_in(browser)
    world.clock.advance(10 * 60)
    assert not await is_in(browser)


async def test_signing_out_ends_the_session_and_being_ready(desk: Desk, world: World) -> None:
    lan = await world.member("lan")
    browser = await desk.of(lan)
    cookie = session_cookie(browser)
    answer = await browser.post("/desk/sign-out")
    assert answer.headers["Location"] == "/desk/sign-in"
    stolen = await desk.browser().get("/desk/", cookies={cookie.key: cookie.value}, allow_redirects=False)
    assert stolen.status == HTTPStatus.SEE_OTHER
    assert await world.rows(escalation.tables.presence) == []
    assert (await world.actions(f"staff:{lan.staff.id}"))[-1] == "staff.signed_out"


async def test_signing_in_again_changes_the_token_and_ends_the_old_one(desk: Desk, world: World) -> None:
    lan = await world.member("lan")
    browser = await desk.of(lan)
    old = session_cookie(browser)
    await browser.sign_in(lan)
    new = session_cookie(browser)
    assert old.value != new.value
    answer = await desk.browser().get("/desk/", cookies={old.key: old.value}, allow_redirects=False)
    assert answer.status == HTTPStatus.SEE_OTHER


async def test_the_setup_link_makes_two_accounts_once(desk: Desk, world: World) -> None:
    async with world.database.transaction() as unit:
        token = await make_setup_link(unit, world.now)
    browser = desk.browser()
    assert (await browser.get(f"/desk/setup/{token}")).status == HTTPStatus.OK
    weak = await browser.post(f"/desk/setup/{token}", SETUP | {"counsellor_password": "short"})
    text = await weak.text()
    assert weak.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert 'value="quan.tri"' in text
    assert PASSWORD not in text
    assert await world.rows(escalation.tables.staff) == []

    answers = await asyncio.gather(*(browser.post(f"/desk/setup/{token}", SETUP) for _ in range(2)))
    assert sorted(answer.status for answer in answers) == [200, 410]
    page = await next(answer for answer in answers if answer.status == HTTPStatus.OK).text()
    secrets = re.findall(r'data-name="([^"]+)">([A-Z2-7 ]+)<', page)
    assert [name for name, _ in secrets] == ["quan.tri", "hanh"]
    assert page.count("<svg") >= 2
    fields = {
        "name": "hanh",
        "password": PASSWORD,
        "code": pyotp.TOTP(secrets[1][1].replace(" ", "")).at(world.now),
    }
    assert (await browser.post("/desk/sign-in", fields)).status == HTTPStatus.SEE_OTHER
    assert (await browser.get(f"/desk/setup/{token}")).status == HTTPStatus.GONE
    with pytest.raises(LinkGone):
        async with world.database.transaction() as unit:
            await make_setup_link(unit, world.now)


async def test_a_setup_link_ends_after_a_day_and_by_a_newer_one(desk: Desk, world: World) -> None:
    async with world.database.transaction() as unit:
        first = await make_setup_link(unit, world.now)
        second = await make_setup_link(unit, world.now)
    browser = desk.browser()
    assert (await browser.get(f"/desk/setup/{first}")).status == HTTPStatus.GONE
    assert (await browser.get(f"/desk/setup/{second}")).status == HTTPStatus.OK
    world.clock.advance(24 * 3600)
    assert (await browser.get(f"/desk/setup/{second}")).status == HTTPStatus.GONE
    assert (await browser.get("/desk/setup/guess")).status == HTTPStatus.GONE
