"""The lock: no page and no stream answers, the child stays with its counsellor, and no word that was typed is lost."""

from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus

import pytest
from hypothesis import given
from hypothesis import strategies as st

import escalation.tables
from escalation import contact, queue
from escalation.staff import locks
from escalation.staff.errors import WeakPin
from escalation.watch import sweep
from tests.escalation.security_steps import PIN, set_pin
from tests.escalation.world import PASSWORD, Browser, Desk, World

JSON = {"Accept": "application/json", "Sec-Fetch-Site": "same-origin"}
WRONG = "904572"


@pytest.fixture
async def world(world: World) -> World:
    world.services = replace(world.services, lock_after=timedelta(minutes=5))
    return world


async def locked(desk: Desk, world: World, *, pin: bool = True) -> Browser:
    browser = await desk.of(await world.member("lan"))
    if pin:
        await set_pin(browser)
    await browser.post("/desk/lock")
    return browser


async def status_of(browser: Browser, path: str = "/desk/") -> int:
    return (await browser.get(path, allow_redirects=False)).status


async def test_a_locked_desk_shows_nothing_until_the_pin_is_typed(desk: Desk, world: World) -> None:
    case_id = await world.child("hoa sữa thơm nồng")
    browser = await locked(desk, world)
    for path in ("/desk/", f"/desk/cases/{case_id}", "/desk/account", f"/desk/cases/{case_id}/events"):
        answer = await browser.get(path)
        assert answer.status == HTTPStatus.LOCKED
        assert "hoa sữa" not in await answer.text()
    assert (await browser.post("/desk/next", headers=JSON)).status == HTTPStatus.LOCKED
    assert "case.viewed" not in await world.actions(f"case:{case_id}")
    answer = await browser.post("/desk/unlock", {"unlock": PIN, "to": f"/cases/{case_id}"})
    assert answer.headers["Location"] == f"/desk/cases/{case_id}"
    assert await status_of(browser, f"/desk/cases/{case_id}") == HTTPStatus.OK


async def test_the_lock_speaks_the_language_that_its_person_chose(desk: Desk, world: World) -> None:
    browser = await locked(desk, world)
    await browser.post("/desk/unlock", {"unlock": PIN, "to": "/"})
    await browser.post("/desk/preferences", {"language": "en", "back": "/desk/"})
    await browser.post("/desk/lock")
    assert "The screen is locked" in await (await browser.get("/desk/")).text()


async def test_the_server_locks_by_itself_when_nobody_did_anything(desk: Desk, world: World) -> None:
    browser = await desk.of(await world.member("lan"))
    world.clock.advance(5 * 60 + locks.GRACE.total_seconds() - 1)
    assert await status_of(browser) == HTTPStatus.OK
    world.clock.advance(5 * 60 + locks.GRACE.total_seconds())
    assert await status_of(browser) == HTTPStatus.LOCKED


async def test_what_a_page_does_by_itself_keeps_no_desk_open(desk: Desk, world: World) -> None:
    lan = await world.member("lan")
    case_id = await world.child()
    browser = await desk.of(lan)
    await browser.post(f"/desk/cases/{case_id}/claim")
    for _ in range(14):
        world.clock.advance(30)
        assert (await browser.post(f"/desk/cases/{case_id}/renew", {"lease": "1"}, headers=JSON)).status == 204
        await browser.post("/desk/presence", {"on": "keep"}, headers=JSON)
        await browser.get("/desk/?again")
    assert await status_of(browser) == HTTPStatus.LOCKED


async def test_a_key_or_a_pointer_keeps_it_open(desk: Desk, world: World) -> None:
    browser = await desk.of(await world.member("lan"))
    for _ in range(10):
        world.clock.advance(90)
        assert (await browser.post("/desk/active", headers=JSON)).status == HTTPStatus.NO_CONTENT
    assert await status_of(browser) == HTTPStatus.OK


async def test_the_child_stays_with_its_counsellor_and_the_lock_says_that_it_waits(desk: Desk, world: World) -> None:
    lan = await world.member("lan")
    case_id = await world.child("hoa sữa thơm nồng")
    browser = await desk.of(lan)
    await browser.post(f"/desk/cases/{case_id}/claim")
    await browser.post("/desk/lock")
    for _ in range(6):
        world.clock.advance(30)
        renewed = await browser.post(f"/desk/cases/{case_id}/renew", {"lease": "1"}, headers=JSON)
        assert renewed.status == HTTPStatus.NO_CONTENT
    [row] = await world.rows(escalation.tables.cases)
    assert row.lease_until > world.now
    page = await (await browser.get("/desk/lock")).text()
    assert "em đang chờ anh/chị trả lời" in page
    assert "hoa sữa" not in page


async def test_who_is_locked_is_not_ready_for_another_child(desk: Desk, world: World) -> None:
    browser = await desk.of(await world.member("lan"))
    async with world.database.reading() as unit:
        assert await queue.staffed(unit, world.now)
    await browser.post("/desk/lock")
    async with world.database.reading() as unit:
        assert not await queue.staffed(unit, world.now)


async def test_half_an_hour_under_the_lock_ends_the_session_and_so_the_lease(desk: Desk, world: World) -> None:
    case_id = await world.child()
    browser = await desk.of(await world.member("lan"))
    await browser.post(f"/desk/cases/{case_id}/claim")
    await browser.post("/desk/lock")
    world.clock.advance(30 * 60)
    renewed = await browser.post(f"/desk/cases/{case_id}/renew", {"lease": "1"}, headers=JSON)
    assert renewed.status == HTTPStatus.UNAUTHORIZED
    await sweep(world.database, world.vault, world.now)
    [row] = await world.rows(escalation.tables.cases)
    assert (row.state, row.front) == ("waiting", True)


async def test_a_reply_sent_into_the_lock_goes_on_after_the_pin(desk: Desk, world: World) -> None:
    lan = await world.member("lan")
    case_id = await world.child()
    browser = await desk.of(lan)
    await set_pin(browser)
    await browser.post(f"/desk/cases/{case_id}/claim")
    await browser.post("/desk/lock")
    fields = {"id": "m1", "lease": "1", "text": "Chào em,\n<b>cô</b> đây"}
    held = await browser.post(f"/desk/cases/{case_id}/messages", fields)
    page = await held.text()
    assert held.status == HTTPStatus.LOCKED
    assert f'action="/desk/cases/{case_id}/messages"' in page
    assert "&lt;b&gt;cô&lt;/b&gt; đây" in page
    wrong = await browser.post(f"/desk/cases/{case_id}/messages", fields | {"unlock": WRONG})
    assert wrong.status == HTTPStatus.LOCKED
    sent = await browser.post(f"/desk/cases/{case_id}/messages", fields | {"unlock": PIN})
    assert sent.status == HTTPStatus.SEE_OTHER
    async with world.database.transaction() as unit:
        found = await contact.read_contact(unit, world.vault, lan.staff, case_id, world.now)
    assert found.lines[-1].text == "Chào em,\n<b>cô</b> đây"


async def test_five_wrong_pins_end_the_session_and_the_right_one_comes_too_late(desk: Desk, world: World) -> None:
    browser = await locked(desk, world)
    for _ in range(locks.MOST_TRIES - 1):
        assert (await browser.post("/desk/unlock", {"unlock": WRONG}, headers=JSON)).status == HTTPStatus.LOCKED
    assert (await browser.post("/desk/unlock", {"unlock": WRONG}, headers=JSON)).status == HTTPStatus.UNAUTHORIZED
    assert (await browser.post("/desk/unlock", {"unlock": PIN}, headers=JSON)).status == HTTPStatus.UNAUTHORIZED
    assert await status_of(browser) == HTTPStatus.SEE_OTHER


async def test_a_right_pin_begins_the_count_anew(desk: Desk, world: World) -> None:
    browser = await locked(desk, world)
    for typed in (*[WRONG] * 4, PIN, *[WRONG] * 4, PIN):
        await browser.post("/desk/lock")
        answer = await browser.post("/desk/unlock", {"unlock": typed}, headers=JSON)
        assert answer.status == (HTTPStatus.NO_CONTENT if typed == PIN else HTTPStatus.LOCKED)


async def test_without_a_pin_the_password_unlocks(desk: Desk, world: World) -> None:
    browser = await locked(desk, world, pin=False)
    assert (await browser.post("/desk/unlock", {"unlock": PIN}, headers=JSON)).status == HTTPStatus.LOCKED
    assert (await browser.post("/desk/unlock", {"unlock": PASSWORD}, headers=JSON)).status == HTTPStatus.NO_CONTENT


@pytest.mark.parametrize("to", ["//evil.example", "https://evil.example", "/\\evil", "javascript:x", "/../x?y=\n"])
async def test_the_lock_leads_nowhere_else(desk: Desk, world: World, to: str) -> None:
    browser = await locked(desk, world)
    assert (await browser.post("/desk/unlock", {"unlock": PIN, "to": to})).headers["Location"] == "/desk/"


async def test_signing_out_works_through_the_lock(desk: Desk, world: World) -> None:
    browser = await locked(desk, world)
    assert (await browser.post("/desk/sign-out")).headers["Location"] == "/desk/sign-in"


@pytest.mark.parametrize("pin", ["", "12345", "1234567", "123456", "890123", "999999", "１２３４５６", "12345a"])
def test_a_weak_pin_is_refused(pin: str) -> None:
    with pytest.raises(WeakPin):
        locks.check_pin(pin)


@given(st.text(max_size=8))
def test_only_six_digits_are_a_pin(pin: str) -> None:
    if len(pin) != locks.PIN_DIGITS or not all("0" <= letter <= "9" for letter in pin):
        with pytest.raises(WeakPin):
            locks.check_pin(pin)
