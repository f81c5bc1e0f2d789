"""Referrals before the claim of a case without a yes, through broken glass, and on paper: one rule for each."""

import io
import json
import re
import zipfile
from http import HTTPStatus

import docx
import pytest

import escalation.tables
from escalation.glass.tables import break_glass
from escalation.referrals.tables import referral
from store.database import Database
from tests.escalation.documents.papers import read_pdf, unspaced
from tests.escalation.referrals.test_pages import act, agrees, drafted
from tests.escalation.security_steps import next_code
from tests.escalation.world import Browser, Desk, World

pytest_plugins = ("tests.store.databases",)


@pytest.fixture
def desk_database(database: Database) -> Database:
    return database


async def endangered(desk: Desk, world: World) -> tuple[Browser, str]:
    """Let a counsellor write a referral of a child that never said yes, and lose the child to the queue again."""
    case_id = await world.child("bố cầm dao đuổi em", basis="vital_interest", urgency="emergency")
    browser = await desk.of(await world.member("lan"))
    await browser.post(f"/desk/cases/{case_id}/claim")
    sent = {"receiver": "police", "request": "Xin tới ngay", "account": "Em bị đuổi đánh"}
    assert (await browser.post(f"/desk/cases/{case_id}/referrals", sent)).status == HTTPStatus.SEE_OTHER
    reason = {"ground": "urgent_19_1_a", "reason": "nguy hiểm tính mạng"}
    assert (await act(browser, world, case_id, "reason", **reason))[0] == HTTPStatus.SEE_OTHER
    [row] = await world.rows(escalation.tables.cases, id=case_id)
    await browser.post(f"/desk/cases/{case_id}/hand-back", {"lease": str(row.lease)})
    return browser, case_id


async def test_before_the_claim_referrals_and_case_file_of_a_case_without_a_yes_hide_the_same(
    desk: Desk, world: World
) -> None:
    lan, case_id = await endangered(desk, world)
    said = ("Xin tới ngay", "Em bị đuổi đánh", "nguy hiểm tính mạng", "bố cầm dao")
    for role in ("supervisor", "coordinator"):
        page = await (
            await (await desk.of(await world.member(role, role))).get(f"/desk/cases/{case_id}/referrals")
        ).text()
        assert [words in page for words in said] == [False] * 4
        assert ("Công an xã" in page, "chỉ mở ra khi có người nhận em" in page) == (True, True)
    file = await (await lan.get(f"/desk/cases/{case_id}/file")).text()
    assert "chỉ mở ra khi anh/chị nhận em" in file
    await lan.post(f"/desk/cases/{case_id}/claim")
    page = await (await lan.get(f"/desk/cases/{case_id}/referrals")).text()
    assert [words in page for words in said] == [True, True, True, False]


@pytest.mark.parametrize("verb", ["change", "reason", "sign", "drop"])
async def test_before_the_claim_nobody_writes_on_what_nobody_may_read(desk: Desk, world: World, verb: str) -> None:
    _, case_id = await endangered(desk, world)
    mai = await desk.of(await world.member("mai", "supervisor"))
    before = await world.rows(referral)
    fields = {"request": "câu vừa gõ", "ground": "urgent_19_1_a", "reason": "câu vừa gõ"}
    status, page = await act(mai, world, case_id, verb, **fields)
    assert (status, await world.rows(referral)) == (HTTPStatus.CONFLICT, before)
    assert "chỉ người nhận em mới đọc và viết tiếp được" in page
    assert ("câu vừa gõ" in page) == (verb in {"change", "reason"})
    sent = {"receiver": "school", "request": "câu vừa gõ"}
    answer = await mai.post(f"/desk/cases/{case_id}/referrals", sent)
    assert (answer.status, "câu vừa gõ" in await answer.text()) == (HTTPStatus.CONFLICT, True)


async def test_before_the_claim_a_signed_ground_still_leaves(desk: Desk, world: World) -> None:
    lan, case_id = await endangered(desk, world)
    mai = await desk.of(await world.member("mai", "supervisor"))
    await lan.post(f"/desk/cases/{case_id}/claim")
    assert (await act(mai, world, case_id, "sign"))[0] == HTTPStatus.SEE_OTHER
    [row] = await world.rows(escalation.tables.cases, id=case_id)
    await lan.post(f"/desk/cases/{case_id}/hand-back", {"lease": str(row.lease)})
    member = await world.member("ha", "coordinator")
    ha = await desk.of(member)
    page = await (await ha.get(f"/desk/cases/{case_id}/referrals")).text()
    assert ("Em bị đuổi đánh" in page, "Tải PDF" in page) == (False, True)
    status, text = await act(ha, world, case_id, "packet", form="txt", step_up=next_code(world, member))
    assert (status, "Em bị đuổi đánh" in text) == (HTTPStatus.OK, True)
    assert (await act(ha, world, case_id, "send", how="phone"))[0] == HTTPStatus.SEE_OTHER
    assert (await act(ha, world, case_id, "answer", event="accept"))[0] == HTTPStatus.SEE_OTHER


@pytest.mark.parametrize("role", ["supervisor", "coordinator"])
async def test_through_broken_glass_referrals_are_read_and_nothing_is_done(desk: Desk, world: World, role: str) -> None:
    lan, case_id, referral_id = await drafted(desk, world)
    lease = str((await world.rows(escalation.tables.cases, id=case_id))[0].lease)
    await act(lan, world, case_id, "ask", lease=lease)
    await agrees(world, case_id)
    far = await world.member("xa", role, area="Hà Nội")
    browser = await desk.of(far)
    path = f"/desk/cases/{case_id}/referrals"
    assert (await browser.get(path)).status == HTTPStatus.NOT_FOUND
    broken = {"number": case_id[:6], "reason": "Trạm y tế đang chờ tin"}
    assert (await browser.post("/desk/glass", broken)).status == HTTPStatus.SEE_OTHER
    text = await (await browser.get(path)).text()
    assert ("Em bị chặn đường" in text, "mở khẩn" in text) == (True, True)
    assert f"/referrals/{referral_id}/" not in text
    assert 'id="new"' not in text
    fields = {"how": "letter", "form": "pdf", "event": "accept", "request": "x", "reason": "x", "lease": lease}
    fields |= {"ground": "urgent_19_1_a", "receiver": "police", "step_up": next_code(world, far)}
    before = await world.rows(referral)
    for verb in ("change", "ask", "reason", "sign", "packet", "send", "answer", "drop"):
        assert (await act(browser, world, case_id, verb, **fields))[0] in {
            HTTPStatus.NOT_FOUND, HTTPStatus.FORBIDDEN, HTTPStatus.CONFLICT,
        }, verb  # fmt: skip
        fields.pop("step_up", None)
    assert (await browser.post(path, fields)).status in {HTTPStatus.NOT_FOUND, HTTPStatus.FORBIDDEN}
    assert await world.rows(referral) == before
    looks = await world.rows(escalation.tables.trail, actor=far.staff.id, action="referral.viewed")
    [grant] = await world.rows(break_glass)
    assert {json.loads(row.detail)["grant"] for row in looks} == {grant.id}
    near = await desk.of(await world.member("thu", "supervisor", area="Huế"))
    assert f"{len(looks)} lần xem" in await (await near.get("/desk/glass")).text()
    world.clock.advance(20 * 60)
    assert (await browser.get(path)).status == HTTPStatus.OK
    world.clock.advance(11 * 60)
    assert (await browser.get(path)).status == HTTPStatus.NOT_FOUND


async def test_the_childs_own_wish_is_stronger_than_broken_glass(desk: Desk, world: World) -> None:
    _, case_id, _ = await drafted(desk, world)
    far = await world.member("xa", "supervisor", area="Hà Nội")
    browser = await desk.of(far)
    await browser.post("/desk/glass", {"number": case_id[:6], "reason": "vì sao"})
    await world.declines(case_id, far)
    assert (await browser.get(f"/desk/cases/{case_id}/referrals")).status == HTTPStatus.NOT_FOUND


async def test_a_coordinator_of_the_area_goes_on_working_beside_an_opened_talk(desk: Desk, world: World) -> None:
    lan, case_id, _ = await drafted(desk, world)
    lease = str((await world.rows(escalation.tables.cases, id=case_id))[0].lease)
    await act(lan, world, case_id, "ask", lease=lease)
    await agrees(world, case_id)
    ha = await desk.of(await world.member("ha", "coordinator", area="Huế"))
    assert (await ha.post("/desk/glass", {"number": case_id[:6], "reason": "vì sao"})).status == HTTPStatus.SEE_OTHER
    assert "/send" in await (await ha.get(f"/desk/cases/{case_id}/referrals")).text()
    assert (await act(ha, world, case_id, "send", how="letter"))[0] == HTTPStatus.SEE_OTHER


@pytest.mark.parametrize("form", ["docx", "pdf"])
async def test_the_packet_on_paper_has_exactly_what_was_agreed_in_right_letters(
    desk: Desk, world: World, form: str
) -> None:
    formula = '=HYPERLINK("http://x") \u202egnourt\u202c <b>Ná</b> ẫệỗữ'
    case_id = await world.child(items={"nickname": formula, "area": "Huế", "phone": "0912345678"})
    lan = await desk.of(await world.member("lan"))
    await lan.post(f"/desk/cases/{case_id}/claim")
    sent = {
        "receiver": "school",
        "request": "Xin giữ em an toàn ở cổng trường",
        "account": "+84 em bị chặn đường\n@SUM(1)",
    }
    await lan.post(f"/desk/cases/{case_id}/referrals", {**sent, "goes_nickname": "1"})
    member = await world.member("ha", "coordinator")
    ha = await desk.of(member)
    assert (await act(ha, world, case_id, "packet", form=form, step_up=next_code(world, member)))[
        0
    ] == HTTPStatus.CONFLICT
    lease = str((await world.rows(escalation.tables.cases, id=case_id))[0].lease)
    await act(lan, world, case_id, "ask", lease=lease)
    await agrees(world, case_id)
    world.clock.advance(600)
    [row] = await world.rows(referral)
    path = f"/desk/cases/{case_id}/referrals/{row.id}/packet"
    asked = await ha.post(path, {"form": form})
    assert (asked.status, asked.content_type) == (HTTPStatus.FORBIDDEN, "text/html")
    assert "referral.packet_taken" not in await world.actions(f"case:{case_id}")
    answer = await ha.post(path, {"form": form, "step_up": next_code(world, member)})
    file = await answer.read()
    assert answer.headers["Content-Disposition"].endswith(f'.{form}"')
    assert answer.headers["Cache-Control"] == "no-store"
    text = read_pdf(file) if form == "pdf" else read_docx(file)
    for words in (
        "Phiếu chuyển thông tin về trẻ em cần hỗ trợ", "Em đã đồng ý với nơi nhận này", "Nhà trường",
        '=HYPERLINK("http://x") gnourt <b>Ná</b> ẫệỗữ', "Xin giữ em an toàn ở cổng trường", "+84 em bị chặn đường",
        "@SUM(1)", "không chuyển tiếp, không công bố",
    ):  # fmt: skip
        assert unspaced(words) in unspaced(text), words
    for kept in ("0912345678", "Huế", "Em sợ lắm", "\u202e"):
        assert kept not in text
    [entry] = await world.rows(escalation.tables.trail, action="referral.packet_taken")
    assert json.loads(entry.detail)["form"] == form
    if form == "docx":
        assert b"HYPERLINK" not in b"".join(re.findall(rb"<w:instrText.*?</w:instrText>", whole_xml(file)))


def read_docx(file: bytes) -> str:
    paper = docx.Document(io.BytesIO(file))
    lines = [one.text for one in paper.paragraphs]
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    feet = [one.text for section in paper.sections for one in section.footer.paragraphs]
    return "\n".join([*lines, *cells, *feet])


def whole_xml(file: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(file)) as parts:
        return b"".join(parts.read(name) for name in parts.namelist() if name.endswith(".xml"))
