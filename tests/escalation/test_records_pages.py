"""Looking things up at the desk: directory, search, trail, tokens; each as its role may, in words, with its entry."""

import csv
import io
import re
from dataclasses import replace
from http import HTTPStatus

import pytest

import escalation.tables
from content.library import Content
from escalation import queue
from escalation.desk import desk_app
from escalation.trail import verify
from tests.escalation.security_steps import next_code
from tests.escalation.world import Browser, Desk, World


@pytest.fixture(scope="module")
def content() -> Content:
    return Content.load()


@pytest.fixture
def world(world: World, content: Content) -> World:
    world.services = replace(world.services, content=content)
    return world


async def text_of(browser: Browser, path: str) -> str:
    answer = await browser.get(path)
    assert answer.status == HTTPStatus.OK, path
    return await answer.text()


# --- directory -----------------------------------------------------------------------------------------------------


async def test_a_place_by_its_former_name_without_accents(desk: Desk, world: World) -> None:
    browser = await desk.of(await world.member("lan"))
    page = await text_of(browser, "/desk/directory?q=hai duong")
    assert "Thành phố Hải Phòng" in page
    assert "Trước đây: Tỉnh Hải Dương" in page
    assert "18006605" in page
    several = await text_of(browser, "/desk/directory?q=tan hung")
    assert "Có nhiều nơi mang tên này" in several
    commune = await text_of(browser, "/desk/directory?q=phuong le chan, hai phong")
    assert "Ủy ban nhân dân phường Lê Chân" in commune


async def test_a_number_goes_into_the_box_as_an_approved_line_and_is_not_sent(desk: Desk, world: World) -> None:
    lan = await world.member("lan")
    case_id = await world.child(items={"area": "hp → Thành phố Hải Phòng"})
    async with world.database.transaction() as unit:
        await queue.claim(unit, world.vault, lan.staff, case_id, world.now)
    browser = await desk.of(lan)
    page = await text_of(browser, f"/desk/directory?case={case_id}")
    assert "Thành phố Hải Phòng" in page, "from a case, it begins where the child lives"
    for service in ("hai_phong", "111"):
        answer = await browser.post(f"/desk/directory/{service}/line", {"case": case_id})
        assert answer.headers["Location"] == f"/desk/cases/{case_id}"
    case = await text_of(browser, f"/desk/cases/{case_id}")
    assert "Em có thể gọi số 18006605: Đường dây bảo vệ trẻ em Hải Phòng.\nEm có thể gọi số 111:" in case
    assert "case.directory" in await world.actions(f"case:{case_id}")
    assert "case.replied" not in await world.actions(f"case:{case_id}")


async def test_a_line_goes_into_no_box_that_is_not_ones_own(desk: Desk, world: World) -> None:
    case_id = await world.child()
    browser = await desk.of(await world.member("lan"))
    answer = await browser.post("/desk/directory/111/line", {"case": case_id})
    assert answer.status == HTTPStatus.CONFLICT
    for case in ("", "x", "f" * 32):
        assert (await browser.post("/desk/directory/111/line", {"case": case})).status == HTTPStatus.NOT_FOUND
    assert (await browser.post("/desk/directory/vn_cop/line", {"case": case_id})).status == HTTPStatus.NOT_FOUND


# --- search --------------------------------------------------------------------------------------------------------


async def found(browser: Browser, **sent: str) -> list[str]:
    answer = await browser.post("/desk/search", sent)
    assert answer.status == HTTPStatus.OK
    return re.findall(r'class="card-who" href="/desk/cases/(\w+)"', await answer.text())


async def test_search_finds_by_what_stands_in_clear_and_by_what_the_child_agreed_to(desk: Desk, world: World) -> None:
    lan = await world.member("lan")
    thu = await world.child(items={"nickname": "Thỏ", "area": "sg → Thành phố Hồ Chí Minh"}, urgency="emergency")
    meo = await world.child(items={"nickname": "Mèo"}, harms=("scam", "self_harm"))
    async with world.database.transaction() as unit:
        await queue.claim(unit, world.vault, lan.staff, meo, world.now)
    browser = await desk.of(lan)
    assert await found(browser) == [meo, thu]
    assert await found(browser, nickname="thỏ") == [thu]
    assert await found(browser, nickname="Th") == []
    assert await found(browser, province="79") == [thu]
    assert await found(browser, harm="self_harm") == [meo]
    assert await found(browser, urgency="emergency") == [thu]
    assert await found(browser, state="claimed", owner=lan.staff.id) == [meo]
    assert await found(browser, number=meo[:6]) == [meo]
    assert await found(browser, until="2020-02-01", since="2020-01-01") == []


async def test_what_was_found_stands_on_the_page_of_the_search(desk: Desk, world: World) -> None:
    answer = await (await desk.of(await world.member("lan"))).post("/desk/search", {})
    assert '<a href="/desk/search" aria-current="page">' in await answer.text()


async def test_a_search_leaves_an_entry_with_words_of_ours_and_never_the_name(desk: Desk, world: World) -> None:
    lan = await world.member("lan")
    case_id = await world.child(items={"nickname": "Bé-Thỏ-Xám"})
    browser = await desk.of(lan)
    await found(browser, nickname="Bé-Thỏ-Xám", urgency="high")
    [entry] = await world.rows(escalation.tables.trail, action="cases.searched")
    assert '"nickname":true' in entry.detail
    assert '"urgency":"high"' in entry.detail
    assert case_id in entry.detail
    for row in await world.rows(escalation.tables.trail):
        assert "Thỏ" not in row.detail


async def test_search_shows_no_case_of_another_area_or_of_a_child_that_declined(desk: Desk, world: World) -> None:
    here = await world.child(items={"area": "Lào Cai"})
    await world.child(items={"area": "sg → Thành phố Hồ Chí Minh"})
    anywhere = await world.child()
    declined = await world.child()
    lan = await world.member("lan", area="Lào Cai")
    await world.declines(declined, lan)
    assert await found(await desk.of(lan)) == [anywhere, here]


async def test_a_field_that_cannot_be_used_is_named_and_the_form_kept(desk: Desk, world: World) -> None:
    browser = await desk.of(await world.member("lan"))
    answer = await browser.post("/desk/search", {"number": "=1+1", "nickname": "<b>\u202eThỏ"})
    page = await answer.text()
    assert answer.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Mã ca có ít nhất sáu ký tự" in page
    assert 'aria-invalid="true" aria-describedby="wrong number-hint"' in page
    assert "&lt;b&gt;\u202eThỏ" in page


# --- trail ---------------------------------------------------------------------------------------------------------


async def test_the_trail_is_read_page_by_page_narrowed_and_checked(desk: Desk, world: World) -> None:
    lan = await world.member("lan")
    cases = [await world.child() for _ in range(3)]
    looking = await desk.of(lan)
    for _ in range(18):
        for case_id in cases:
            await looking.get(f"/desk/cases/{case_id}")
    auditor = await desk.of(await world.member("kiem", "auditor"))
    assert (await auditor.get("/desk/")).url.path == "/desk/trail"
    page = await text_of(auditor, "/desk/trail?action=case.viewed")
    assert page.count('class="entry"') == 50
    assert "còn nguyên vẹn" in page
    older = re.search(r'href="(/desk/trail\?[^"]*before=[^"]*)"', page)
    assert older is not None
    rest = await text_of(auditor, older[1].replace("&amp;", "&"))
    assert rest.count('class="entry"') == 4
    assert f"/desk/cases/{cases[0]}" not in page, "who audits has no case to open"
    one = await text_of(auditor, f"/desk/trail?actor={lan.staff.id}&number={cases[0]}")
    assert one.count('class="entry"') == 18
    answer = await auditor.post("/desk/trail/check")
    assert "mọi chuỗi còn nguyên vẹn" in await answer.text()
    assert {"trail.viewed", "trail.verified"} <= {row.action for row in await world.rows(escalation.tables.trail)}


async def test_a_changed_entry_is_shown_loudly(desk: Desk, world: World) -> None:
    case_id = await world.child()
    async with world.database.transaction() as unit:
        await unit.execute(escalation.tables.trail.update().values(action="case.viewed"))
    auditor = await desk.of(await world.member("kiem", "auditor"))
    assert f"bị sửa đổi: case:{case_id}" in await text_of(auditor, "/desk/trail")
    assert "chuỗi bị sửa đổi" in await (await auditor.post("/desk/trail/check")).text()


async def test_a_supervisor_reads_the_trail_of_their_own_area_alone(desk: Desk, world: World) -> None:
    here, there = await world.child(items={"area": "Lào Cai"}), await world.child(items={"area": "Cà Mau"})
    lan, nam = await world.member("lan", area="Lào Cai"), await world.member("nam", area="Cà Mau")
    thu = await world.member("thu", "supervisor", area="Lào Cai")
    declined = await world.child()
    await world.declines(declined, thu)
    page = await text_of(await desk.of(thu), "/desk/trail")
    assert here[:6].upper() in page
    assert there[:6].upper() not in page
    assert declined[:6].upper() not in page
    assert lan.staff.id in page
    assert nam.staff.id not in page


async def test_the_sheet_asks_for_a_code_and_holds_no_formula(desk: Desk, world: World) -> None:
    await world.member("lan", display_name='=HYPERLINK("x")')
    kiem = await world.member("kiem", "auditor", display_name="+Kiểm\u202e")
    browser = await desk.of(kiem)
    world.clock.advance(600)
    refused = await browser.post("/desk/trail/export", {"action": "staff"})
    assert refused.status == HTTPStatus.FORBIDDEN
    answer = await browser.post("/desk/trail/export", {"action": "staff", "step_up": next_code(world, kiem)})
    assert answer.headers["Content-Disposition"] == 'attachment; filename="trail.csv"'
    rows = list(csv.reader(io.StringIO((await answer.read()).decode("utf-8-sig"), newline="")))
    assert rows[0][0] == "at_utc"
    assert {row[5].split(".")[0] for row in rows[1:]} == {"staff"}
    assert "'+Kiểm" in {row[4] for row in rows}
    assert not [cell for row in rows for cell in row if cell[:1] in {"=", "+", "-", "@"}]
    async with world.database.reading() as unit:
        assert (await verify(unit))[1] == ()
    assert "trail.exported" in await world.actions(f"staff:{kiem.staff.id}")


# --- tokens --------------------------------------------------------------------------------------------------------


async def test_a_token_is_made_once_shown_narrowed_and_revoked(desk: Desk, world: World) -> None:
    lan, quan = await world.member("lan"), await world.member("quan", "admin")
    case_id = await world.child(items={"area": "Cà Mau"})
    browser = await desk.of(quan)
    form = {"owner": lan.staff.id, "label": "Hệ thống 111", "area": "Lào Cai", "action:case.view": "1"}
    page = await (await browser.post("/desk/tokens", form)).text()
    secret = re.search(r'<code class="secret">([\w-]{43})</code>', page)
    assert secret is not None
    listed = await text_of(browser, "/desk/tokens")
    assert "Hệ thống 111" in listed
    assert secret[1] not in listed

    async def status(path: str, method: str = "GET") -> int:
        answer = await browser.session.request(
            method, browser.url(f"/api/v1{path}"), headers={"Authorization": f"Bearer {secret[1]}"}
        )
        return answer.status

    assert await status("/cases") == HTTPStatus.FORBIDDEN, "not among its actions"
    assert await status(f"/cases/{case_id}") == HTTPStatus.NOT_FOUND, "not in its area"
    assert await status(f"/cases/{await world.child()}") == HTTPStatus.OK
    assert "khóa API cho tài khoản của anh/chị" in await text_of(await desk.of(lan), "/desk/")
    token_id = re.search(r"/desk/tokens/(\w{64})/revoke", listed)
    assert token_id is not None
    assert (await browser.post(f"/desk/tokens/{token_id[1]}/revoke")).status == HTTPStatus.SEE_OTHER
    assert await status("/cases") == HTTPStatus.UNAUTHORIZED
    assert (await browser.post(f"/desk/tokens/{token_id[1]}/revoke")).status == HTTPStatus.NOT_FOUND
    assert {"staff.token_created", "token.revoked"} <= set(await world.actions(f"staff:{lan.staff.id}"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"action:case.whisper": "1"},
        {"action:everything": "1", "action:case.view": "1"},
        {"action:case.view": "1", "area": "Cà Mau"},
        {"action:case.view": "1", "area": "national"},
        {},
        {"action:case.view": "1", "label": "  "},
        {"action:case.view": "1", "label": "\u202eabc"},
        {"action:case.view": "1", "owner": "nobody"},
    ],
)
async def test_no_token_does_more_than_its_owner(desk: Desk, world: World, wrong: dict[str, str]) -> None:
    lan = await world.member("lan", area="Lào Cai")
    browser = await desk.of(await world.member("quan", "admin"))
    answer = await browser.post("/desk/tokens", {"owner": lan.staff.id, "label": "x"} | wrong)
    assert answer.status in {HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.NOT_FOUND}
    assert await world.rows(escalation.tables.staff_session, kind="api") == []


async def test_making_a_token_asks_for_a_fresh_code(desk: Desk, world: World) -> None:
    lan, quan = await world.member("lan"), await world.member("quan", "admin")
    browser = await desk.of(quan)
    world.clock.advance(600)
    form = {"owner": lan.staff.id, "label": "x", "action:case.view": "1"}
    assert (await browser.post("/desk/tokens", form)).status == HTTPStatus.FORBIDDEN
    assert await world.rows(escalation.tables.staff_session, kind="api") == []
    assert (await browser.post("/desk/tokens", form | {"step_up": next_code(world, quan)})).status == HTTPStatus.OK


def test_what_is_typed_into_a_search_never_stands_in_an_address(world: World) -> None:
    routes = {
        route.name: route.method for route in desk_app(world.services).router.routes() if route.name == "search_cases"
    }
    assert routes == {"search_cases": "POST"}
