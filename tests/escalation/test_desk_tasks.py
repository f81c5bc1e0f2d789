"""The desk's pages of tasks and of the timeline, as plain forms: what they show, what they do, what they refuse."""

import re
from datetime import timedelta
from http import HTTPStatus

import pytest

from escalation import queue, watch
from escalation.desk import wording
from escalation.desk.timeline_words import section
from escalation.tables import cases as cases_table
from escalation.tables import trail as trail_table
from escalation.tasks.calendar import HANOI
from escalation.tasks.tables import task as task_table
from escalation.timeline.folding import Entry
from tests.escalation.world import Browser, Desk, Member, World

SECRET = "Gọi cho cô giáo <b>chủ nhiệm</b> \u202elớp 5A"


def due(world: World, hours: float) -> str:
    return (world.now + timedelta(hours=hours)).astimezone(HANOI).strftime("%Y-%m-%dT%H:%M")


async def held(world: World, member: Member, urgency: str = "high") -> str:
    case_id = await world.child(urgency=urgency)
    async with world.database.transaction() as unit:
        await queue.claim(unit, world.vault, member.staff, case_id, world.now)
    return case_id


async def text(browser: Browser, path: str, status: int = HTTPStatus.OK) -> str:
    answer = await browser.get(f"/desk{path}")
    assert answer.status == status
    return await answer.text()


async def task_of(world: World, case_id: str, kind: str) -> str:
    [row] = await world.rows(task_table, case_id=case_id, kind=kind)
    return str(row.id)


async def test_what_the_law_asks_stands_on_the_case_with_its_time(desk: Desk, world: World) -> None:
    lan = await world.member("lan")
    case_id = await held(world, lan)
    browser = await desk.of(lan)
    page = await text(browser, f"/cases/{case_id}")
    assert "Đánh giá khẩn cấp" in page
    assert re.search(r"còn \d ngày làm việc", page)
    tasks = await text(browser, f"/cases/{case_id}/tasks")
    assert "Điều 28" in tasks
    assert "23:59" in tasks, "a term of days ends with its last day"


async def test_one_adds_finishes_and_takes_up_a_task_without_javascript(desk: Desk, world: World) -> None:
    lan = await world.member("lan")
    case_id = await held(world, lan, "moderate")
    browser = await desk.of(lan)
    sent = await browser.post(f"/desk/cases/{case_id}/tasks", {"title": SECRET, "due": due(world, 5)})
    assert (sent.status, sent.headers["Location"]) == (HTTPStatus.SEE_OTHER, f"/desk/cases/{case_id}/tasks")
    page = await text(browser, f"/cases/{case_id}/tasks")
    assert "Gọi cho cô giáo &lt;b&gt;chủ nhiệm&lt;/b&gt;" in page
    assert "<b>chủ nhiệm" not in page
    assert "chủ nhiệm" in await text(browser, "/tasks")
    own = await task_of(world, case_id, "own")
    done = await browser.post(f"/desk/tasks/{own}/finish", {"version": "1", "note": "Cô sẽ để ý"})
    assert done.status == HTTPStatus.SEE_OTHER
    page = await text(browser, f"/cases/{case_id}/tasks")
    assert "Đã xong" in page
    assert "Cô sẽ để ý" in page
    assert "Không còn việc nào" in await text(browser, "/tasks")
    assert (await browser.post(f"/desk/tasks/{own}/take-up", {"version": "2"})).status == HTTPStatus.SEE_OTHER
    assert "chủ nhiệm" in await text(browser, "/tasks")


async def test_a_plan_is_begun_by_hand_once(desk: Desk, world: World) -> None:
    lan = await world.member("lan")
    case_id = await held(world, lan, "moderate")
    browser = await desk.of(lan)
    assert "Bắt đầu kế hoạch" in await text(browser, f"/cases/{case_id}/tasks")
    assert (await browser.post(f"/desk/cases/{case_id}/tasks/plan")).status == HTTPStatus.SEE_OTHER
    assert "Bắt đầu kế hoạch" not in await text(browser, f"/cases/{case_id}/tasks")
    assert (await browser.post(f"/desk/cases/{case_id}/tasks/plan")).status == HTTPStatus.CONFLICT


@pytest.mark.parametrize("hours", [-1, 9000])
async def test_a_refused_task_keeps_its_words(desk: Desk, world: World, hours: float) -> None:
    lan = await world.member("lan")
    case_id = await held(world, lan)
    browser = await desk.of(lan)
    answer = await browser.post(f"/desk/cases/{case_id}/tasks", {"title": "viết thư", "due": due(world, hours)})
    assert answer.status == HTTPStatus.UNPROCESSABLE_ENTITY
    page = await answer.text()
    assert 'value="viết thư"' in page
    assert 'role="alert"' in page


@pytest.mark.parametrize("written", ["", "mai", "2026-13-01T00:00", "2026-12-01", "٢٠٢٦-١٢-٠١T00:00"])
async def test_a_time_that_is_none_is_refused(desk: Desk, world: World, written: str) -> None:
    lan = await world.member("lan")
    case_id = await held(world, lan)
    answer = await (await desk.of(lan)).post(f"/desk/cases/{case_id}/tasks", {"title": "x", "due": written})
    assert answer.status == HTTPStatus.UNPROCESSABLE_ENTITY


async def test_a_stale_page_is_told_so_and_keeps_what_was_written(desk: Desk, world: World) -> None:
    lan, nam = await world.member("lan"), await world.member("nam")
    case_id = await held(world, lan)
    plan = await task_of(world, case_id, "plan")
    assert (
        await (await desk.of(lan)).post(f"/desk/tasks/{plan}/give", {"version": "1", "to": lan.staff.id})
    ).status == 303
    answer = await (await desk.of(nam)).post(f"/desk/tasks/{plan}/drop", {"version": "1", "note": "em đã an toàn"})
    assert answer.status == HTTPStatus.CONFLICT
    page = await answer.text()
    assert "Đồng nghiệp vừa thay đổi việc này" in page
    assert "em đã an toàn</textarea>" in page


async def test_putting_aside_without_a_reason_is_refused(desk: Desk, world: World) -> None:
    lan = await world.member("lan")
    case_id = await held(world, lan)
    plan = await task_of(world, case_id, "plan")
    answer = await (await desk.of(lan)).post(f"/desk/tasks/{plan}/drop", {"version": "1", "note": " "})
    assert answer.status == HTTPStatus.UNPROCESSABLE_ENTITY
    [row] = await world.rows(task_table, id=plan)
    assert row.state == "open"


async def test_a_supervisor_gives_a_task_and_sees_what_is_overdue_of_an_ended_case(desk: Desk, world: World) -> None:
    lan, mai = await world.member("lan"), await world.member("mai", "supervisor")
    case_id = await held(world, lan)
    plan = await task_of(world, case_id, "plan")
    browser = await desk.of(mai)
    assert "Giao cho" in await text(browser, f"/cases/{case_id}/tasks")
    given = await browser.post(f"/desk/tasks/{plan}/give", {"version": "1", "to": lan.staff.id})
    assert given.status == HTTPStatus.SEE_OTHER
    [row] = await world.rows(cases_table, id=case_id)
    fields = {"lease": str(row.lease), "outcome": "referred", "summary": ""}
    await (await desk.of(lan)).post(f"/desk/cases/{case_id}/close", fields)
    world.clock.advance(13 * 3600)
    await watch.sweep(world.database, world.vault, world.now)
    page = await text(await desk.of(mai), "/")
    assert "Một việc theo luật đã quá hạn" in page
    assert case_id in page


async def test_no_page_and_no_act_for_another_area_or_a_role_without_cases(desk: Desk, world: World) -> None:
    case_id = await world.child(items={"area": "Lào Cai"})
    plan = await task_of(world, case_id, "plan")
    far = await desk.of(await world.member("xa", area="Cà Mau"))
    for path in (f"/cases/{case_id}/tasks", f"/cases/{case_id}/timeline"):
        assert (await far.get(f"/desk{path}")).status == HTTPStatus.NOT_FOUND
    acts = {
        f"/desk/cases/{case_id}/tasks": {"title": "x", "due": due(world, 2)},
        f"/desk/cases/{case_id}/tasks/plan": {},
        f"/desk/tasks/{plan}/finish": {"version": "1"},
        f"/desk/tasks/{plan}/drop": {"version": "1", "note": "x"},
        f"/desk/tasks/{plan}/take-up": {"version": "1"},
        f"/desk/tasks/{'f' * 32}/finish": {"version": "1"},
    }
    for path, fields in acts.items():
        assert (await far.post(path, fields)).status == HTTPStatus.NOT_FOUND, path
    assert case_id not in await text(far, "/tasks?of=area")
    for role in ("coordinator", "analyst", "admin", "auditor"):
        nobody = await desk.of(await world.member(f"r.{role}", role))
        for path in ("/desk/tasks", f"/desk/cases/{case_id}/tasks", f"/desk/cases/{case_id}/timeline"):
            assert (await nobody.get(path)).status in {HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}, (role, path)
        for path, fields in acts.items():
            assert (await nobody.post(path, fields)).status in {HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}, path
    assert [row.state for row in await world.rows(task_table)] == ["open", "open"]


async def test_every_look_leaves_an_entry_without_words(desk: Desk, world: World) -> None:
    lan = await world.member("lan")
    case_id = await held(world, lan)
    browser = await desk.of(lan)
    await browser.post(f"/desk/cases/{case_id}/tasks", {"title": SECRET, "due": due(world, 5)})
    for path in ("/tasks", f"/cases/{case_id}/tasks", f"/cases/{case_id}/timeline"):
        await text(browser, path)
    actions = await world.actions(f"case:{case_id}")
    assert actions[-3:] == ["task.added", "tasks.viewed", "timeline.viewed"]
    assert "tasks.listed" in await world.actions(f"staff:{lan.staff.id}")
    assert "chủ nhiệm" not in "".join(row.detail for row in await world.rows(trail_table))


async def test_the_timeline_tells_what_happened_and_quotes_nobody(desk: Desk, world: World) -> None:
    lan = await world.member("lan")
    case_id = await held(world, lan)
    browser = await desk.of(lan)
    await text(browser, f"/cases/{case_id}")
    [row] = await world.rows(cases_table, id=case_id)
    for number in range(3):
        sent = {"id": f"m{number}", "lease": str(row.lease), "text": "Cô đang ở đây"}
        assert (await browser.post(f"/desk/cases/{case_id}/messages", sent)).status == HTTPStatus.SEE_OTHER
    plan = await task_of(world, case_id, "plan")
    await browser.post(f"/desk/tasks/{plan}/drop", {"version": "1", "note": "em đã an toàn"})
    page = await text(browser, f"/cases/{case_id}/timeline")
    for words in (
        "Ca được mở, mức Cao",
        "Em trả lời về việc cho biết “Cuộc trò chuyện”: Em đồng ý",
        "Cô Lan nhận em",
        "Cô Lan trả lời em (3 lần)",
        "Cô Lan ghi không cần làm: Kế hoạch hỗ trợ, can thiệp",
    ):
        assert words in page, words
    for private in ("Em sợ lắm", "Cô đang ở đây", "em đã an toàn"):
        assert private not in page


def test_every_entry_that_is_known_has_a_sentence_and_the_rest_is_told_by_its_part(world: World) -> None:
    at = world.now
    entries = [Entry(at=at, kind=kind, actor="s1") for kind in wording.words("vi")["timeline"]["kinds"]]
    entries += [Entry(at=at, kind="referral_xyz", actor="s1"), Entry(at=at, kind="xyz", actor="console:lan")]
    told = section(entries, {"s1": "Cô Lan"}).paragraphs
    assert len(told) == len(entries)
    assert told[-2].endswith("Cô Lan cập nhật việc chuyển gửi")
    assert told[-1].endswith("Người vận hành làm một việc trong ca")
