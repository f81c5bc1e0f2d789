"""The pages of the case file: filled without scripts, merged, quoted, signed, taken out; and who may not."""

import io
import json
import re
import zipfile
from http import HTTPStatus

import pyotp
import pytest

import escalation.tables
from escalation.casefile.tables import export, filled, quotation
from escalation.desk import wording
from store.database import Database
from tests.escalation.world import Browser, Desk, Member, Said, World

pytest_plugins = ("tests.store.databases",)
JSON = {"Sec-Fetch-Site": "same-origin", "Accept": "application/json"}


@pytest.fixture
def desk_database(database: Database) -> Database:
    return database


async def staffed(desk: Desk, world: World, name: str = "lan", role: str = "counsellor") -> tuple[Browser, Member]:
    member = await world.member(name, role)
    return await desk.of(member), member


async def text(browser: Browser, path: str) -> str:
    answer = await browser.get(path)
    assert answer.status == HTTPStatus.OK, path
    return await answer.text()


def value_of(page: str, name: str) -> str:
    found = re.search(rf'<input[^>]* name="{re.escape(name)}" value="([^"]*)"', page)
    assert found is not None, name
    return found[1]


async def save(browser: Browser, case_id: str, version: int, form: str = "01", **sent: str) -> int:
    fields = {"version": str(version), **sent}
    answer = await browser.post(f"/desk/cases/{case_id}/file/{form}", fields, headers=JSON)
    assert answer.status == HTTPStatus.OK, await answer.text()
    return int((await answer.json())["version"])


async def test_a_form_begins_with_what_is_known_and_what_was_agreed(desk: Desk, world: World) -> None:
    case_id = await world.child("sợ", items={"nickname": "Na", "area": "Phường Thủ Đức"})
    browser, lan = await staffed(desk, world)
    await browser.post(f"/desk/cases/{case_id}/claim")
    page = await text(browser, f"/desk/cases/{case_id}/file/01")
    assert (value_of(page, "called"), value_of(page, "area")) == ("Na", "Phường Thủ Đức")
    assert value_of(page, "officer") == lan.staff.display_name
    assert value_of(page, "child") == value_of(page, "informant_phone") == ""
    assert "Chưa lưu gì" in page
    assert await world.rows(filled) == []
    last = (await world.rows(escalation.tables.trail, stream=f"case:{case_id}", action="case.viewed"))[-1]
    assert json.loads(last.detail) == {"case": case_id, "page": "file/01"}


async def test_a_plain_form_is_saved_whole_and_says_when_and_by_whom(desk: Desk, world: World) -> None:
    case_id = await world.child()
    browser, lan = await staffed(desk, world)
    sent = {"version": "0", "shown.age": "11–14 tuổi", "age": "11–14 tuổi", "place": "trường <b>A</b>", "sex": "female"}
    answer = await browser.post(f"/desk/cases/{case_id}/file/01", sent)
    assert answer.headers["Location"] == f"/desk/cases/{case_id}/file/01#filling"
    page = await text(browser, f"/desk/cases/{case_id}/file/01")
    assert value_of(page, "place") == "trường &lt;b&gt;A&lt;/b&gt;"
    assert re.search(r'value="female" checked', page)
    assert f"Đã lưu lúc {wording.local(world.now)[:2]}" in page
    assert lan.staff.display_name in page
    assert "file.saved" in await world.actions(f"case:{case_id}")


async def test_a_script_saves_one_field_and_hears_what_others_changed(desk: Desk, world: World) -> None:
    case_id = await world.child()
    lan, _ = await staffed(desk, world)
    mai, _ = await staffed(desk, world, "mai", "supervisor")
    await save(mai, case_id, 0, family="ở với bà")
    answer = await lan.post(f"/desk/cases/{case_id}/file/01", {"version": "0", "place": "trường"}, headers=JSON)
    told = await answer.json()
    assert told["version"] == 2
    assert told["saved"].startswith("đã lưu lúc ")
    assert set(told["changed"]) == {"family"}
    assert told["changed"]["family"]["value"] == "ở với bà"
    assert "Cô Mai vừa sửa ô này lúc" in told["changed"]["family"]["words"]
    before = await world.actions(f"case:{case_id}")
    told = await (await lan.get(f"/desk/cases/{case_id}/file/01/news?version=1")).json()
    assert set(told["changed"]) == {"place"}
    assert await world.actions(f"case:{case_id}") == before, "the opening of the page stands in the trail already"


async def test_two_versions_of_a_field_are_kept_until_somebody_chooses(desk: Desk, world: World) -> None:
    case_id = await world.child()
    lan, _ = await staffed(desk, world)
    mai, _ = await staffed(desk, world, "mai", "supervisor")
    await save(mai, case_id, 0, state="bình tĩnh")
    answer = await lan.post(f"/desk/cases/{case_id}/file/01", {"version": "0", "state": "đang khóc", "carer": "bà"})
    assert answer.headers["Location"] == f"/desk/cases/{case_id}/file/01/merge"
    merge = await text(lan, f"/desk/cases/{case_id}/file/01/merge")
    assert "bình tĩnh" in merge
    assert "đang khóc" in merge
    form = await text(mai, f"/desk/cases/{case_id}/file/01")
    assert "Cả hai bản đều được giữ" in form
    [name] = re.findall(r'name="(choice\.[^"]+)"', merge)[:1]
    fields = {"version": value_of(merge, "version"), name: "both"}
    assert (await lan.post(f"/desk/cases/{case_id}/file/01/merge", fields)).status == HTTPStatus.SEE_OTHER
    page = await text(lan, f"/desk/cases/{case_id}/file/01")
    assert "bình tĩnh\nđang khóc" in page
    assert "Không có ô nào chờ chọn" in await text(lan, f"/desk/cases/{case_id}/file/01/merge")


async def test_a_refused_value_leaves_everything_typed_on_the_page(desk: Desk, world: World) -> None:
    case_id = await world.child()
    browser, _ = await staffed(desk, world)
    sent = {"version": "0", "place": "x" * 201, "carer": "bà ngoại"}
    answer = await browser.post(f"/desk/cases/{case_id}/file/01", sent)
    page = await answer.text()
    assert answer.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Có ô quá dài" in page
    assert value_of(page, "carer") == "bà ngoại"
    assert value_of(page, "place") == "x" * 201


async def test_a_whole_form_of_long_words_is_taken_in(desk: Desk, world: World) -> None:
    case_id = await world.child()
    browser, _ = await staffed(desk, world)
    long = dict.fromkeys(("body", "mind", "school", "relations", "environment", "carers", "factors"), "ặ" * 2000)
    await save(browser, case_id, 0, "03", **long)
    assert (await text(browser, f"/desk/cases/{case_id}/file/03")).count("ặ" * 2000) == 7


async def test_the_count_suggests_and_a_lower_conclusion_asks_for_a_reason(desk: Desk, world: World) -> None:
    case_id = await world.child()
    browser, lan = await staffed(desk, world)
    version = await save(browser, case_id, 0, "02", harm="high", conclusion="go_on")
    page = await text(browser, f"/desk/cases/{case_id}/file/02")
    assert "Phần A: 1 cao, 0 trung bình, 0 thấp, 2 chưa rõ." in page
    assert "cần biện pháp khẩn cấp trong 12 giờ" in page
    answer = await browser.post(f"/desk/cases/{case_id}/file/02/sign", {"version": str(version)})
    assert answer.status == HTTPStatus.CONFLICT
    assert "Hãy ghi lý do" in await answer.text()
    version = await save(browser, case_id, version, "02", reason="bà đã đón em")
    answer = await browser.post(f"/desk/cases/{case_id}/file/02/sign", {"version": str(version)})
    assert answer.headers["Location"] == f"/desk/cases/{case_id}/file/02#sign"
    assert f"✓ {lan.staff.display_name} đã ký lúc" in await text(browser, f"/desk/cases/{case_id}/file")
    await save(browser, case_id, version + 1, "02", harm="low")
    assert "Đã có sửa sau khi ký" in await text(browser, f"/desk/cases/{case_id}/file/02")
    assert "bị" not in value_of(await text(browser, f"/desk/cases/{case_id}/file/02"), "harm.why")
    sides = await text(browser, f"/desk/cases/{case_id}/file/compare")
    assert "Ba lần đánh giá" in sides
    assert "Ít hoặc không" in sides


async def test_the_childs_words_are_quoted_masked_and_removed(desk: Desk, world: World) -> None:
    said = Said(text="Em là Na, <i>bố</i> đánh em", masks=((6, 8, "nickname"),))
    case_id = await world.child(said)
    browser, _ = await staffed(desk, world)
    path = f"/desk/cases/{case_id}/file/01"
    page = await text(browser, f"{path}/quote?field=state")
    assert "Em là ••, &lt;i&gt;bố&lt;/i&gt; đánh em" in page
    wrong = await browser.post(f"{path}/quote", {"field": "state", "seq": "1", "words": "mẹ đánh"})
    assert wrong.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "mẹ đánh" in await wrong.text()
    answer = await browser.post(f"{path}/quote", {"field": "state", "seq": "1", "words": "đánh em"})
    assert answer.headers["Location"] == f"{path}#f-state"
    page = await text(browser, path)
    assert '<blockquote class="said" lang="vi"><bdi>đánh em</bdi></blockquote>' in page
    [row] = await world.rows(quotation)
    assert (await browser.post(f"{path}/unquote", {"quotation": row.id})).status == HTTPStatus.SEE_OTHER
    assert "blockquote" not in await text(browser, path)


async def test_a_paper_needs_a_fresh_code_and_a_reason_and_is_made_in_memory(desk: Desk, world: World) -> None:
    case_id = await world.child(items={"nickname": "=cmd|'/c calc'!A1 \u202eaN"})
    browser, lan = await staffed(desk, world)
    await save(browser, case_id, 0, place="trường Trần Hưng Đạo")
    path = f"/desk/cases/{case_id}/file/export"
    sent = {"what": "01", "format": "docx", "reason": "gửi UBND phường"}
    refused = await browser.post(path, sent | {"reason": ""})
    assert refused.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert await world.rows(export) == []
    answer = await browser.post(path, sent)
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="ho-so-')
    assert answer.headers["Content-Disposition"].endswith('-mau-01.docx"')
    with zipfile.ZipFile(io.BytesIO(await answer.read())) as file:
        inside = file.read("word/document.xml").decode()
    assert "trường Trần Hưng Đạo" in inside
    assert "\u202e" not in inside
    world.clock.advance(301)
    late = await browser.post(path, sent)
    assert late.status == HTTPStatus.FORBIDDEN
    assert len(await world.rows(export)) == 1
    world.clock.advance(30)
    code = pyotp.TOTP(lan.secret).at(world.now)
    whole = await browser.post(path, sent | {"what": "all", "format": "pdf", "step_up": code})
    assert (whole.content_type, (await whole.read())[:5]) == ("application/pdf", b"%PDF-")
    assert (await world.actions(f"case:{case_id}")).count("file.exported") == 2
    page = await text(browser, path)
    assert "gửi UBND phường" not in page, "the reason is for supervisors"
    supervisor, _ = await staffed(desk, world, "mai", "supervisor")
    assert "gửi UBND phường" in await text(supervisor, path)


@pytest.mark.parametrize("where", ["", "/01", "/compare", "/export", "/01/merge", "/01/quote?field=state", "/01/news"])
async def test_another_area_and_other_roles_are_told_nothing(desk: Desk, world: World, where: str) -> None:
    case_id = await world.child("nhà em ở Huế", items={"area": "Thành phố Huế"})
    far = await desk.of(await world.member("xa", area="Thành phố Hà Nội"))
    answer = await far.get(f"/desk/cases/{case_id}/file{where}")
    assert answer.status == HTTPStatus.NOT_FOUND
    assert "Huế" not in await answer.text()
    for role in ("coordinator", "analyst", "admin", "auditor"):
        browser = await desk.of(await world.member(role, role))
        assert (await browser.get(f"/desk/cases/{case_id}/file{where}")).status == HTTPStatus.FORBIDDEN


async def test_forms_and_fields_that_are_not_there_are_told_so(desk: Desk, world: World) -> None:
    case_id = await world.child()
    browser, _ = await staffed(desk, world)
    for where in ("04", "1", "compare2", "01/quote?field=nothing", "01/quote", "02/quote?field=harm.why"):
        answer = await browser.get(f"/desk/cases/{case_id}/file/{where}")
        assert answer.status == HTTPStatus.NOT_FOUND, where


async def test_without_a_yes_the_file_opens_at_the_claim(desk: Desk, world: World) -> None:
    case_id = await world.child("bố cầm dao", urgency="emergency", basis="vital_interest")
    browser, _ = await staffed(desk, world)
    page = await text(browser, f"/desk/cases/{case_id}/file/01")
    assert "hồ sơ chỉ mở ra khi anh/chị nhận em" in page
    assert "<textarea" not in page
    refused = await browser.post(f"/desk/cases/{case_id}/file/01", {"version": "0", "place": "nhà"}, headers=JSON)
    assert refused.status == HTTPStatus.CONFLICT
    await browser.post(f"/desk/cases/{case_id}/claim")
    assert "<textarea" in await text(browser, f"/desk/cases/{case_id}/file/01")


async def test_through_broken_glass_the_file_is_read_and_not_written(desk: Desk, world: World) -> None:
    case_id = await world.child(items={"area": "Thành phố Huế"})
    near, _ = await staffed(desk, world, "lan")
    await save(near, case_id, 0, place="trường")
    far = await world.member("xa", "supervisor", area="Thành phố Hà Nội")
    browser = await desk.of(far)
    await browser.post("/desk/glass", {"number": case_id, "reason": "A05 hỏi"})
    page = await text(browser, f"/desk/cases/{case_id}/file/01")
    assert value_of(page, "place") == "trường"
    assert "Lưu</button>" not in page
    refused = await browser.post(f"/desk/cases/{case_id}/file/01", {"version": "1", "place": "nhà"}, headers=JSON)
    assert refused.status == HTTPStatus.NOT_FOUND
    taken = await browser.post(f"/desk/cases/{case_id}/file/export", {"what": "all", "format": "pdf", "reason": "x"})
    assert taken.status == HTTPStatus.NOT_FOUND


async def test_the_pages_speak_english(desk: Desk, world: World) -> None:
    case_id = await world.child("em sợ")
    browser, _ = await staffed(desk, world)
    await browser.post("/desk/preferences", {"language": "en", "back": "/desk/"})
    await save(browser, case_id, 0, "02", harm="high")
    for where, words in (("", "Case file"), ("/02", "First assessment"), ("/compare", "Serious, or life in danger")):
        page = await text(browser, f"/desk/cases/{case_id}/file{where}")
        assert words in page
        assert "Hồ sơ" not in page
