"""Own account and admin's hand: passwords, sessions, lost phones, step-up, notices, being switched off."""

import re
from http import HTTPStatus

import pytest
from hypothesis import given
from hypothesis import strategies as st

import escalation.tables
from escalation import queue
from escalation.desk.browsers import family
from escalation.desk.carry import safe_path
from escalation.staff import devices, passwords
from escalation.staff.attempts import FREE_FAILURES
from escalation.staff.common import is_common
from escalation.staff.errors import CommonPassword
from store.database import Database
from store.tables import inbox
from store.vault import Vault
from tests.escalation.security_steps import next_code
from tests.escalation.world import PASSWORD, Browser, Desk, Member, World

pytest_plugins = ("tests.store.databases",)
NEW = "một câu khác hẳn câu cũ"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0 Safari/537.36"


@pytest.fixture
def desk_database(database: Database) -> Database:
    return database


async def is_in(browser: Browser) -> bool:
    return (await browser.get("/desk/account", allow_redirects=False)).status == HTTPStatus.OK


async def test_a_new_password_ends_the_other_sessions_and_is_told(desk: Desk, world: World) -> None:
    lan = await world.member("lan")
    browser, other = await desk.of(lan), await desk.of(lan)
    answer = await browser.post("/desk/account/password", {"old_password": PASSWORD, "password": NEW})
    assert answer.headers["Location"] == "/desk/account?done=password"
    assert (await is_in(browser), await is_in(other)) == (True, False)
    assert (await desk.browser().sign_in(lan)).status == HTTPStatus.UNAUTHORIZED
    assert (await desk.browser().sign_in(lan, password=NEW)).status == HTTPStatus.SEE_OTHER
    page = await (await browser.get("/desk/")).text()
    assert "Mật khẩu đã được đổi" in page
    [until] = re.findall(r'name="until" value="([^"]+)"', page)
    await browser.post("/desk/account/notices", {"until": until})
    assert "Mật khẩu đã được đổi" not in await (await browser.get("/desk/")).text()


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"old_password": "not the password", "password": NEW}, 403),
        ({"old_password": PASSWORD, "password": "short"}, 422),
        ({"old_password": PASSWORD, "password": "matkhau123456"}, 422),
        ({"old_password": PASSWORD, "password": "LAN LAN LAN 2026"}, 422),
        ({}, 422),
    ],
)
async def test_a_refused_password_changes_nothing(
    desk: Desk, world: World, fields: dict[str, str], status: int
) -> None:
    lan = await world.member("lan")
    browser = await desk.of(lan)
    answer = await browser.post("/desk/account/password", fields)
    assert (answer.status, "matkhau123456" in await answer.text()) == (status, False)
    assert (await desk.browser().sign_in(lan)).status == HTTPStatus.SEE_OTHER


async def test_step_up_asks_first_and_then_carries_out_what_was_meant(desk: Desk, world: World) -> None:
    admin, lan = await world.member("minh", "admin"), await world.member("lan")
    browser = await desk.of(admin)
    world.clock.advance(301)
    path = f"/desk/staff/{lan.staff.id}/deactivate"
    asked = await browser.post(path, {"why": "<i>rời đi</i>", "password": PASSWORD})
    page = await asked.text()
    assert asked.status == HTTPStatus.FORBIDDEN
    assert f'action="{path}"' in page
    assert "&lt;i&gt;rời đi&lt;/i&gt;" in page
    assert PASSWORD not in page
    assert (await browser.post(path, {"step_up": "000000"})).status == HTTPStatus.FORBIDDEN
    code = next_code(world, admin)
    assert (await browser.post(path, {"step_up": code})).status == HTTPStatus.SEE_OTHER
    [row] = await world.rows(escalation.tables.staff, name="lan")
    assert not row.active
    world.clock.advance(301)
    again = await browser.post("/desk/staff", {"step_up": code})
    assert again.status == HTTPStatus.FORBIDDEN  # each code works once


async def test_guesses_at_a_code_make_one_session_wait_and_nobody_else(desk: Desk, world: World) -> None:
    lan = await world.member("lan")
    browser, other = await desk.of(lan), await desk.of(lan)
    for _ in range(FREE_FAILURES):
        await browser.post("/desk/account/recovery", {"step_up": "000000"})
    late = await browser.post("/desk/account/recovery", {"step_up": "000000"})
    assert late.status == HTTPStatus.TOO_MANY_REQUESTS
    fine = await other.post("/desk/account/recovery", {"step_up": next_code(world, lan)})
    assert fine.status == HTTPStatus.OK


async def test_sessions_are_listed_by_browser_and_end_one_by_one_or_all(desk: Desk, world: World) -> None:
    lan = await world.member("lan")
    second, third, browser = await desk.of(lan), await desk.of(lan), desk.browser()
    browser.session.headers["User-Agent"] = WINDOWS
    await browser.sign_in(lan)
    page = await (await browser.get("/desk/account")).text()
    assert "Chrome · Windows" in page
    ends = re.findall(r'action="(/desk/account/sessions/[0-9a-f]{64}/end)"', page)
    assert len(ends) == 2
    assert (await browser.post(ends[0])).status == HTTPStatus.SEE_OTHER
    assert sorted([await is_in(second), await is_in(third)]) == [False, True]
    await browser.post("/desk/account/sessions/end")
    assert [await is_in(one) for one in (browser, second, third)] == [True, False, False]


async def test_nobody_ends_a_session_of_another_from_their_own_page(desk: Desk, world: World) -> None:
    lan, nam = await desk.of(await world.member("lan")), await desk.of(await world.member("nam"))
    rows = await world.rows(escalation.tables.staff_session)
    for row in rows:
        await nam.post(f"/desk/account/sessions/{row.token_hash}/end")
    assert (await is_in(lan), await is_in(nam)) == (True, False)


async def test_the_admin_ends_anyones_session(desk: Desk, world: World) -> None:
    lan = await world.member("lan")
    theirs, admin = await desk.of(lan), await desk.of(await world.member("minh", "admin"))
    page = await (await admin.get(f"/desk/staff/{lan.staff.id}")).text()
    [path] = re.findall(rf'action="(/desk/staff/{lan.staff.id}/sessions/[0-9a-f]{{64}}/end)"', page)
    assert (await admin.post(path)).status == HTTPStatus.SEE_OTHER
    assert not await is_in(theirs)
    again = await desk.of(lan)
    assert "kết thúc phiên của anh/chị" in await (await again.get("/desk/")).text()


async def test_switching_off_frees_the_children_at_once_and_tells_them(desk: Desk, world: World) -> None:
    lan = await world.member("lan")
    case_id = await world.child()
    async with world.database.transaction() as unit:
        await queue.claim(unit, world.vault, lan.staff, case_id, world.now)
    admin = await desk.of(await world.member("minh", "admin"))
    await admin.post(f"/desk/staff/{lan.staff.id}/deactivate")
    [row] = await world.rows(escalation.tables.cases)
    assert (row.state, row.front, row.owner_id) == ("waiting", True, None)
    told = [row.external_id for row in await world.rows(inbox, kind="desk")]
    assert f"desk:{case_id}:released:1" in told


async def reset_link(admin: Browser, lan: Member) -> str:
    page = await (await admin.post(f"/desk/staff/{lan.staff.id}/reset-link")).text()
    [link] = re.findall(r"/desk/reset/[\w-]+", page)
    return str(link)


async def test_a_lost_phone_is_replaced_by_link_and_password(desk: Desk, world: World) -> None:
    lan, minh = await world.member("lan"), await world.member("minh", "admin")
    theirs, admin = await desk.of(lan), await desk.of(minh)
    link = await reset_link(admin, lan)
    browser = desk.browser()
    assert (await browser.get(link)).status == HTTPStatus.OK
    assert (await browser.post(link, {"password": "not the password"})).status == HTTPStatus.FORBIDDEN
    page = await (await browser.post(link, {"password": PASSWORD})).text()
    [secret] = re.findall(r'data-name="lan">([A-Z2-7 ]+)<', page)
    new = Member(staff=lan.staff, secret=secret.replace(" ", ""))
    assert (await browser.post(f"{link}/code", {"code": "000000"})).status == HTTPStatus.FORBIDDEN
    done = await browser.post(f"{link}/code", {"code": next_code(world, new)})
    assert len(re.findall(r"<code>[a-z2-7-]{19}</code>", await done.text())) == 10
    assert not await is_in(theirs)
    assert (await desk.browser().sign_in(lan)).status == HTTPStatus.UNAUTHORIZED
    assert (await desk.browser().sign_in(new)).status == HTTPStatus.SEE_OTHER
    assert (await browser.get(link)).status == HTTPStatus.GONE
    actors = [
        (row.action, row.actor)
        for row in await world.rows(escalation.tables.trail, stream=f"staff:{lan.staff.id}")
        if row.action in {"staff.reset_link_made", "staff.authenticator_changed"}
    ]
    assert sorted(actors) == [
        ("staff.authenticator_changed", lan.staff.id),
        ("staff.reset_link_made", minh.staff.id),
    ]


async def test_a_reset_link_ends_after_a_day_by_a_newer_one_and_is_never_for_oneself(desk: Desk, world: World) -> None:
    lan, minh = await world.member("lan"), await world.member("minh", "admin")
    admin = await desk.of(minh)
    first, second = await reset_link(admin, lan), await reset_link(admin, lan)
    browser = desk.browser()
    assert (await browser.get(first)).status == HTTPStatus.GONE
    assert (await browser.post(f"{second}/code", {"code": "123456"})).status == HTTPStatus.GONE
    own = await admin.post(f"/desk/staff/{minh.staff.id}/reset-link")
    assert own.status == HTTPStatus.UNPROCESSABLE_ENTITY
    world.clock.advance(24 * 3600)
    assert (await browser.get(second)).status == HTTPStatus.GONE


async def test_a_known_browser_is_not_made_to_wait_by_guesses_from_its_own_office(desk: Desk, world: World) -> None:
    lan = await world.member("lan")
    known, stranger = await desk.of(lan), desk.browser()
    for _ in range(FREE_FAILURES + 1):
        last = await stranger.sign_in(lan, password="wrong password", code="000000")
    assert last.status == HTTPStatus.TOO_MANY_REQUESTS
    assert (await known.sign_in(lan)).status == HTTPStatus.SEE_OTHER


@given(st.text(max_size=120))
def test_a_mark_is_believed_only_where_we_made_it(mark: str) -> None:
    vault = Vault({1: b"k" * 32}, b"h" * 32)
    assert devices.place_of(vault, "lan", mark, "203.0.113.9") == "203.0.113.9"
    good = devices.new_mark(vault, "lan")
    assert devices.place_of(vault, "lan", good, "203.0.113.9").startswith("device ")
    assert devices.place_of(vault, "nam", good, "203.0.113.9") == "203.0.113.9"


@pytest.mark.parametrize(
    "password",
    [
        "matkhau12345", "MẬT KHẨU 2026", "password123!", "P@ssword1234", "1234567890", "0987654321",
        "qwertyuiop", "aaaaaaaaaaaa", "abcabcabcabc", "anhyeuem2026", "khiennho111", "tongdai111111", "hanoihanoi",
        "iloveyou1234", "..........", "lan.tran.1990", "mat1khau2moi3",
    ],
)  # fmt: skip
async def test_a_common_password_is_refused(password: str) -> None:
    with pytest.raises(CommonPassword):
        await passwords.hash_password(password, "lan.tran", "Cô Lan")


@pytest.mark.parametrize(
    "password", [PASSWORD, NEW, "con mèo ngủ trên mái", "correct horse battery", "日本語のとても長い"]
)
def test_a_sentence_of_ones_own_is_fine(password: str) -> None:
    assert not is_common(password, "lan", "Cô Lan")


@given(st.text(max_size=60), st.text(max_size=20))
def test_any_text_is_judged(password: str, name: str) -> None:
    assert is_common(password, name) in {True, False}


@given(st.text(max_size=60))
def test_a_safe_path_stays_at_the_desk(path: str) -> None:
    found = safe_path(path)
    assert found.startswith("/")
    assert not found.startswith("//")
    assert "\\" not in found
    assert ":" not in found


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (WINDOWS, "Chrome · Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox · Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile Safari/604.1", "Safari · iOS"),
        (f"{WINDOWS} Edg/150.0", "Edge · Windows"),
        ("curl/8", None),
        ("", None),
    ],
)
def test_a_browser_is_named_by_its_family(agent: str, name: str | None) -> None:
    assert family(agent) == name
