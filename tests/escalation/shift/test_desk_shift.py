"""The pages of the shift: reasons in the queue, picking, handing over, listening, the board."""

from http import HTTPStatus

import pytest

import escalation.tables
from escalation import queue
from escalation.shift.tables import handover, listener, shift_note
from tests.escalation.world import Browser, Desk, Member, World

SEE_OTHER = HTTPStatus.SEE_OTHER


async def text(browser: Browser, path: str) -> str:
    answer = await browser.get(f"/desk/{path}")
    assert answer.status == HTTPStatus.OK
    return await answer.text()


async def held(world: World, member: Member) -> tuple[str, int]:
    """Let a child come, and let this person have it; returns case and lease."""
    case_id = await world.child(harms=("scam",))
    async with world.database.transaction() as unit:
        return case_id, await queue.claim(unit, world.vault, member.staff, case_id, world.now)


async def test_each_row_says_why_it_stands_there_and_when_its_target_is_near(desk: Desk, world: World) -> None:
    await world.child(urgency="moderate")
    world.clock.advance(5)
    await world.child(urgency="emergency", band="6-10")
    await world.child(urgency="emergency", band="15-17")
    browser = await desk.of(await world.member("lan"))
    page = await text(browser, "")
    assert "khẩn cấp, em nhỏ tuổi hơn" in page
    assert "mức vừa" in page
    assert "Sắp quá mục tiêu" not in page
    world.clock.advance(12)
    page = await text(browser, "")
    assert "Sắp quá mục tiêu" in page


async def test_another_child_than_the_first_is_asked_for_by_a_reason(desk: Desk, world: World) -> None:
    first, second = await world.child(urgency="emergency"), await world.child(urgency="high")
    browser = await desk.of(await world.member("lan"))
    answer = await browser.post(f"/desk/cases/{second}/claim")
    assert (answer.status, answer.headers["Location"]) == (SEE_OTHER, f"/desk/cases/{second}/pick")
    page = await text(browser, f"cases/{second}/pick")
    assert "trước lượt" in page
    assert "Em sợ lắm" not in page
    answer = await browser.post(f"/desk/cases/{second}/pick", {"reason": "", "words": "em là <b>cháu</b> tôi"})
    assert answer.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "em là &lt;b&gt;cháu&lt;/b&gt; tôi" in await answer.text()
    answer = await browser.post(f"/desk/cases/{second}/pick", {"reason": "skill", "words": "em nói tiếng Mông"})
    assert answer.headers["Location"] == f"/desk/cases/{second}"
    assert (await world.actions(f"case:{second}"))[1:3] == ["case.claimed", "case.picked"]
    boss = await desk.of(await world.member("thu", "supervisor"))
    assert "em nói tiếng Mông" in await text(boss, f"cases/{second}")
    assert "em nói tiếng Mông" not in await text(browser, f"cases/{second}")
    assert (await browser.post(f"/desk/cases/{first}/claim")).headers["Location"] == f"/desk/cases/{first}"
    json = {"headers": {"Accept": "application/json", "Sec-Fetch-Site": "same-origin"}}
    third, _fourth = await world.child(urgency="moderate"), await world.child(urgency="emergency")
    refused = await browser.post(f"/desk/cases/{third}/claim", None, **json)
    assert (refused.status, "lý do" in (await refused.json())["error"]) == (HTTPStatus.UNPROCESSABLE_ENTITY, True)


async def test_full_hands_are_told_kindly(desk: Desk, world: World) -> None:
    lan = await world.member("lan")
    browser = await desk.of(lan)
    for _ in range(2):
        await held(world, lan)
    await world.child(harms=("scam",))
    answer = await browser.post("/desk/next")
    assert answer.headers["Location"] == "/desk/?full"
    assert "Anh/chị đang đồng hành cùng 2 em" in await text(browser, "?full")


async def test_warm_the_note_is_shown_to_the_colleague_who_accepts(desk: Desk, world: World) -> None:
    lan, nam = await world.member("lan"), await world.member("nam")
    hers, his = await desk.of(lan), await desk.of(nam)
    case_id, lease = await held(world, lan)
    sent = {"way": "warm", "to": nam.staff.id, "note": "Em đang bình tĩnh", "lease": str(lease)}
    assert (await hers.post(f"/desk/cases/{case_id}/transfer", sent | {"note": " "})).status == 422
    refused = await hers.post(f"/desk/cases/{case_id}/transfer", sent | {"to": "nobody"})
    kept = await refused.text()
    assert (refused.status, "Em đang bình tĩnh" in kept, "không ở bàn tiếp nhận" in kept) == (422, True, True)
    assert (await hers.post(f"/desk/cases/{case_id}/transfer", sent)).status == SEE_OTHER
    assert "muốn chuyển một em cho anh/chị" in await text(his, "")
    assert "Đang chờ Cô Nam nhận em" in await text(hers, f"cases/{case_id}")
    page = await text(his, f"cases/{case_id}")
    assert "Em đang bình tĩnh" in page
    assert (await his.post(f"/desk/cases/{case_id}/transfer/accept")).status == SEE_OTHER
    assert "Anh/chị đang đồng hành cùng em" in await text(his, f"cases/{case_id}")
    assert "Cô Nam đã nhận em" in await text(hers, f"cases/{case_id}")
    again = await his.post(f"/desk/cases/{case_id}/transfer/accept")
    assert again.status == HTTPStatus.CONFLICT
    assert "không còn được chuyển" in await again.text()


async def test_a_supervisor_whispers_and_takes_over(desk: Desk, world: World) -> None:
    lan, nam = await world.member("lan"), await world.member("nam")
    thu = await world.member("thu", "supervisor")
    hers, his, boss = await desk.of(lan), await desk.of(nam), await desk.of(thu)
    case_id, lease = await held(world, lan)
    assert (await his.post(f"/desk/cases/{case_id}/whisper", {"text": "x"})).status == HTTPStatus.FORBIDDEN
    assert (await his.post(f"/desk/cases/{case_id}/take-over")).status == HTTPStatus.FORBIDDEN
    assert (await boss.post(f"/desk/cases/{case_id}/whisper", {"text": "Hỏi em ở đâu <nhé>"})).status == SEE_OTHER
    for browser, sees in ((hers, True), (boss, True), (his, False)):
        assert ("Hỏi em ở đâu &lt;nhé&gt;" in await text(browser, f"cases/{case_id}")) is sees
    [note] = await world.rows(shift_note)
    assert "Hỏi".encode() not in note.body_sealed
    assert (await boss.post(f"/desk/cases/{case_id}/take-over")).status == SEE_OTHER
    assert "Cô Thu đã tiếp nhận em từ anh/chị" in await text(hers, f"cases/{case_id}")
    sent = {"id": "m1", "text": "cô đây", "lease": str(lease)}
    assert (await hers.post(f"/desk/cases/{case_id}/messages", sent)).status == HTTPStatus.CONFLICT
    assert [row.kind for row in await world.rows(handover)] == ["take_over"]
    for entry in await world.rows(escalation.tables.trail):
        assert "Hỏi em" not in entry.detail


async def test_the_counsellor_sees_a_supervisor_listen_only_while_the_stream_is_open(desk: Desk, world: World) -> None:
    lan, thu = await world.member("lan"), await world.member("thu", "supervisor")
    hers, boss = await desk.of(lan), await desk.of(thu)
    case_id, _lease = await held(world, lan)
    stream = await boss.get(f"/desk/cases/{case_id}/events")
    await stream.content.readuntil(b"\r\n\r\n")
    assert [row.staff_id for row in await world.rows(listener)] == [thu.staff.id]
    assert "Cô Thu đang xem cuộc trò chuyện này" in await text(hers, f"cases/{case_id}")
    assert "đang xem cuộc trò chuyện này" not in await text(boss, f"cases/{case_id}")
    world.clock.advance(60)
    assert "đang xem cuộc trò chuyện này" not in await text(hers, f"cases/{case_id}")
    stream.close()


async def test_a_break_is_one_press_and_ready_again_is_one_more(desk: Desk, world: World) -> None:
    browser = await desk.of(await world.member("lan"))
    await browser.post("/desk/break")
    assert "Anh/chị đang nghỉ tới" in await text(browser, "")
    async with world.database.reading() as unit:
        assert not await queue.staffed(unit, world.now)
    await browser.post("/desk/presence", {"on": "1"})
    assert "Anh/chị đang nghỉ tới" not in await text(browser, "")


async def test_the_board_is_the_supervisors_alone_and_its_look_stands_in_the_trail(desk: Desk, world: World) -> None:
    lan, thu = await world.member("lan"), await world.member("thu", "supervisor")
    hers, boss = await desk.of(lan), await desk.of(thu)
    case_id, _lease = await held(world, lan)
    await world.child("Bố đánh em")
    page = await text(boss, "shift")
    assert "Cô Lan" in page
    assert "Đang đồng hành 1/2 em" in page
    assert "Bố đánh em" not in page
    assert case_id in page
    assert "shift.viewed" in await world.actions(f"staff:{thu.staff.id}")
    assert (await boss.post(f"/desk/shift/limits/{lan.staff.id}", {"children": "1"})).status == SEE_OTHER
    assert "Đang đồng hành 1/1 em" in await text(boss, "shift")
    for path in ("shift", "shift/events"):
        assert (await hers.get(f"/desk/{path}")).status == HTTPStatus.FORBIDDEN
    assert (await hers.post(f"/desk/shift/limits/{lan.staff.id}", {"children": "9"})).status == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize("role", ["admin", "analyst", "auditor", "coordinator"])
async def test_other_roles_do_none_of_it(desk: Desk, world: World, role: str) -> None:
    lan, ai = await world.member("lan"), await world.member("ai", role)
    browser = await desk.of(ai)
    case_id, lease = await held(world, lan)
    fields = {"lease": str(lease), "way": "cold", "to": ai.staff.id, "note": "x", "text": "x", "reason": "other"}
    fields["children"] = "3"
    for path in (
        *(f"cases/{case_id}/{verb}" for verb in ("pick", "transfer", "whisper", "take-over")),
        *(f"cases/{case_id}/transfer/{verb}" for verb in ("accept", "decline", "recall")),
        "break",
        f"shift/limits/{lan.staff.id}",
    ):
        assert (await browser.post(f"/desk/{path}", fields)).status == HTTPStatus.FORBIDDEN, path
    for path in ("shift", "shift/events", f"cases/{case_id}/pick"):
        assert (await browser.get(f"/desk/{path}")).status == HTTPStatus.FORBIDDEN, path
    [row] = await world.rows(escalation.tables.cases)
    assert (row.owner_id, row.lease) == (lan.staff.id, lease)
