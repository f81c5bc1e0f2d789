"""Tasks in the database: what the law asks is owed with the case, what staff do is theirs, the late is told once."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import get_args

import pytest

from escalation import cases, contact, holds, restrictions, retention, watch
from escalation.errors import NoSuchCase, NotAllowed, WrongState
from escalation.permissions import Staff
from escalation.tables import alert as alert_table
from escalation.tables import trail as trail_table
from escalation.tasks import doing, reading
from escalation.tasks.calendar import WorkCalendar, days_of
from escalation.tasks.doing import TRANSITIONS, Event
from escalation.tasks.errors import BadTask, NoReasonWhy, NoSuchTask, TaskChanged
from escalation.tasks.reading import Listed, Task
from escalation.tasks.tables import task as task_table
from tests.escalation.hotline import START, Hotline
from tests.store.keys import VAULT

pytest_plugins = ("tests.store.databases", "tests.escalation.hotline_fixture")
PLAIN = WorkCalendar()
SECRET = "gọi lại cho cô giáo chủ nhiệm lớp 5A"
WHY = "trẻ đã an toàn với bà ngoại"


async def tasks(hotline: Hotline, case_id: str, calendar: WorkCalendar = PLAIN) -> dict[str, Task]:
    held = await hotline.conversation(case_id)
    async with hotline.database.reading() as unit:
        return {one.title or one.kind: one for one in await reading.of_case(unit, held, case_id, calendar)}


async def listed(hotline: Hotline, staff: Staff, *, of_area: bool = False) -> tuple[Listed, ...]:
    async with hotline.database.transaction() as unit:
        return await reading.listed(unit, VAULT, staff, PLAIN, hotline.now, of_area=of_area)


async def add(hotline: Hotline, staff: Staff, case_id: str, title: str = SECRET, hours: float = 4) -> None:
    async with hotline.database.transaction() as unit:
        due = hotline.now + timedelta(hours=hours)
        await doing.add(unit, VAULT, staff, case_id, title=title, due_at=due, now=hotline.now)


async def begin(hotline: Hotline, staff: Staff, case_id: str) -> None:
    async with hotline.database.transaction() as unit:
        await doing.begin_plan(unit, VAULT, staff, case_id, hotline.now)


async def step(hotline: Hotline, staff: Staff, one: Task, event: Event, note: str = "", version: int = 0) -> None:
    async with hotline.database.transaction() as unit:
        await doing.step(unit, VAULT, staff, one.id, event, version=version or one.version, note=note, now=hotline.now)


async def give(hotline: Hotline, staff: Staff, one: Task, to: Staff) -> None:
    async with hotline.database.transaction() as unit:
        await doing.give(unit, VAULT, staff, one.id, version=one.version, to_id=to.id, now=hotline.now)


async def sweep(hotline: Hotline, calendar: WorkCalendar = PLAIN) -> list[str]:
    await watch.sweep(hotline.database, VAULT, hotline.now, calendar)
    rows = await hotline.rows(alert_table)
    return [row.kind for row in rows if row.kind.endswith("_overdue")]


async def raised(hotline: Hotline, case_id: str) -> None:
    async with hotline.database.transaction() as unit:
        await cases.raise_case(unit, case_id, urgency="emergency", harms=(), now=hotline.now)


async def test_serious_harm_owes_an_assessment_in_12_hours_and_a_plan_in_5_working_days(hotline: Hotline) -> None:
    found = await tasks(hotline, await hotline.child(urgency="high"))
    assert found["urgent_assessment"].due_at == START + timedelta(hours=12)
    assert found["plan"].due_at.isoformat() == "2026-12-01T00:00:00+07:00"  # START is a Sunday, the 24th a holiday
    assert {one.made_by for one in found.values()} == {"system"}


async def test_danger_without_a_yes_owes_the_same(hotline: Hotline) -> None:
    assert set(await tasks(hotline, await hotline.endangered())) == {"urgent_assessment", "plan"}


async def test_a_lighter_case_owes_nothing_until_it_is_raised_and_then_from_that_moment(hotline: Hotline) -> None:
    case_id = await hotline.child(urgency="moderate")
    assert await tasks(hotline, case_id) == {}
    hotline.pass_time(3600)
    await raised(hotline, case_id)
    await raised(hotline, case_id)
    found = await tasks(hotline, case_id)
    assert found["urgent_assessment"].due_at == hotline.now + timedelta(hours=12)
    assert len(await hotline.rows(task_table)) == 2


async def test_a_plan_begun_by_hand_counts_from_the_receipt_and_is_not_owed_again(hotline: Hotline) -> None:
    lan = await hotline.staff("lan")
    case_id = await hotline.child(urgency="moderate")
    hotline.pass_time(7200)
    await begin(hotline, lan, case_id)
    assert (await tasks(hotline, case_id))["plan"].counts_from == START
    with pytest.raises(WrongState):
        await begin(hotline, lan, case_id)
    await raised(hotline, case_id)
    assert set(await tasks(hotline, case_id)) == {"urgent_assessment", "plan"}


async def test_a_swap_that_is_announced_later_moves_the_deadline_that_runs(hotline: Hotline) -> None:
    case_id = await hotline.child()
    later = WorkCalendar(days_off=days_of("2026-11-27"))
    assert (await tasks(hotline, case_id, later))["plan"].due_at.isoformat() == "2026-12-02T00:00:00+07:00"


async def test_an_own_task_is_sealed_and_opens_for_who_sees_the_case(hotline: Hotline) -> None:
    lan = await hotline.staff("lan")
    case_id = await hotline.child(urgency="moderate")
    await add(hotline, lan, case_id, f"  {SECRET}\n")
    one = (await tasks(hotline, case_id))[SECRET]
    assert (one.kind, one.assignee_id, one.due_at) == ("own", "lan", START + timedelta(hours=4))
    [row] = await hotline.rows(task_table)
    assert SECRET.encode() not in row.title_sealed
    assert SECRET not in json.dumps([entry.detail for entry in await hotline.rows(trail_table)], ensure_ascii=False)


async def test_its_own_person_is_told_of_a_task_without_its_words(lite_hotline: Hotline) -> None:
    case_id = await lite_hotline.child(urgency="moderate")
    lan = await lite_hotline.staff("lan")
    await add(lite_hotline, lan, case_id)
    await step(lite_hotline, lan, (await tasks(lite_hotline, case_id))[SECRET], "finish", WHY)
    async with lite_hotline.database.reading() as unit:
        [kept] = await reading.kept_tasks(unit, case_id)
    assert (kept.kind, kept.state, kept.due_at) == ("own", "done", START + timedelta(hours=4))
    assert kept.ended_at == lite_hotline.now
    assert SECRET not in repr(kept)
    assert WHY not in repr(kept)


@pytest.mark.parametrize(("title", "hours"), [("", 1), ("  \n", 1), ("a" * 201, 1), ("a", 0), ("a", -1), ("a", 9000)])
async def test_a_task_without_words_or_time_ahead_is_refused(lite_hotline: Hotline, title: str, hours: float) -> None:
    lan = await lite_hotline.staff("lan")
    case_id = await lite_hotline.child(urgency="moderate")
    with pytest.raises(BadTask):
        await add(lite_hotline, lan, case_id, title, hours)


@pytest.mark.parametrize("state", ["open", "done", "dropped", "void"])
@pytest.mark.parametrize("event", get_args(Event))
async def test_a_task_lives_by_its_table(lite_hotline: Hotline, state: str, event: Event) -> None:
    lan = await lite_hotline.staff("lan")
    case_id = await lite_hotline.child()
    async with lite_hotline.database.transaction() as unit:
        await unit.execute(task_table.update().values(state=state))
    one = (await tasks(lite_hotline, case_id))["plan"]
    after = next((to for (before, by), to in TRANSITIONS.items() if (before, by) == (state, event)), None)
    if after is None:
        with pytest.raises(WrongState):
            await step(lite_hotline, lan, one, event, WHY)
        return
    await step(lite_hotline, lan, one, event, WHY)
    changed = (await tasks(lite_hotline, case_id))["plan"]
    assert (changed.state, changed.note, changed.version) == (after, WHY, one.version + 1)
    assert (changed.ended_by, changed.ended_at) == (("lan", START) if after != "open" else (None, None))


async def test_what_is_put_aside_needs_a_reason_and_taking_up_keeps_it(hotline: Hotline) -> None:
    lan = await hotline.staff("lan")
    case_id = await hotline.child()
    one = (await tasks(hotline, case_id))["plan"]
    for missing in ("", "  ", "a" * 1001):
        with pytest.raises(NoReasonWhy):
            await step(hotline, lan, one, "drop", missing)
    await step(hotline, lan, one, "drop", WHY)
    await step(hotline, lan, (await tasks(hotline, case_id))["plan"], "take_up")
    assert (await tasks(hotline, case_id))["plan"].note == WHY
    written = [row.action for row in await hotline.rows(trail_table) if row.action.startswith("task.")]
    assert written == ["task.dropped", "task.taken_up"]


async def test_nobody_acts_on_what_they_did_not_see(hotline: Hotline) -> None:
    lan, nam = await hotline.staff("lan"), await hotline.staff("nam")
    case_id = await hotline.child()
    seen = (await tasks(hotline, case_id))["plan"]
    await step(hotline, lan, seen, "finish")
    with pytest.raises(TaskChanged):
        await step(hotline, nam, seen, "drop", WHY)
    assert (await tasks(hotline, case_id))["plan"].state == "done"


async def test_a_task_of_another_area_or_of_a_child_who_declined_does_not_exist(hotline: Hotline) -> None:
    far, near = await hotline.staff("xa", area="Cà Mau"), await hotline.staff("gan", area="Lào Cai")
    case_id = await hotline.child(area="Lào Cai")
    one = (await tasks(hotline, case_id))["plan"]
    async with hotline.database.transaction() as unit:
        row = await hotline.row(case_id)
        await restrictions.restrict(
            unit,
            conversation_id=row.conversation_id,
            role=row.role,
            staff_id="gan",
            why="child_asked",
            case_id=case_id,
            now=START,
        )
    for staff in (far, near):
        with pytest.raises(NoSuchTask):
            await step(hotline, staff, one, "finish")
        with pytest.raises(NoSuchCase):
            await add(hotline, staff, case_id)
        assert await listed(hotline, staff, of_area=True) == ()
    with pytest.raises(NoSuchTask):
        await step(hotline, await hotline.staff("lan"), replace(one, id="f" * 32), "finish")


@pytest.mark.parametrize("role", ["coordinator", "analyst", "admin", "auditor"])
async def test_who_sees_no_case_has_no_tasks(lite_hotline: Hotline, role: str) -> None:
    staff = await lite_hotline.staff("ai", role)  # type: ignore[arg-type]  # one of them
    case_id = await lite_hotline.child()
    one = (await tasks(lite_hotline, case_id))["plan"]
    with pytest.raises(NotAllowed):
        await listed(lite_hotline, staff)
    for act in (step(lite_hotline, staff, one, "finish"), add(lite_hotline, staff, case_id)):
        with pytest.raises(NotAllowed):
            await act


async def test_what_the_law_asks_is_the_task_of_who_has_the_child_until_it_is_given(hotline: Hotline) -> None:
    lan, nam = await hotline.staff("lan"), await hotline.staff("nam")
    boss = await hotline.staff("mai", "supervisor")
    case_id = await hotline.child()
    assert await listed(hotline, lan) == ()
    await hotline.claim(lan, case_id)
    assert {one.task.kind for one in await listed(hotline, lan)} == {"urgent_assessment", "plan"}
    plan = (await tasks(hotline, case_id))["plan"]
    with pytest.raises(NotAllowed):
        await give(hotline, lan, plan, nam)
    await give(hotline, boss, plan, nam)
    assert [one.task.kind for one in await listed(hotline, lan)] == ["urgent_assessment"]
    assert [one.task.kind for one in await listed(hotline, nam)] == ["plan"]
    await give(hotline, lan, (await tasks(hotline, case_id))["plan"], lan)  # whoever takes it asks nobody
    assert len(await listed(hotline, lan)) == 2


async def test_a_task_is_given_only_to_who_may_see_its_case(hotline: Hotline) -> None:
    boss, far = await hotline.staff("mai", "supervisor"), await hotline.staff("xa", area="Cà Mau")
    case_id = await hotline.child(area="Lào Cai")
    plan = (await tasks(hotline, case_id))["plan"]
    for nobody in (far, await hotline.staff("quan", "admin")):
        with pytest.raises(BadTask):
            await give(hotline, boss, plan, nobody)


async def test_a_list_has_the_most_pressing_first_and_words_of_ones_own_alone(hotline: Hotline) -> None:
    lan, nam = await hotline.staff("lan"), await hotline.staff("nam")
    case_id = await hotline.child()
    await hotline.claim(lan, case_id)
    await add(hotline, nam, case_id, hours=2)
    await add(hotline, lan, case_id, "viết cho cô giáo", hours=20)
    area = await listed(hotline, lan, of_area=True)
    assert [one.task.kind for one in area] == ["own", "urgent_assessment", "own", "plan"]
    assert [one.task.title for one in area] == ["", "", "viết cho cô giáo", ""]
    assert [one.task.title for one in await listed(hotline, nam)] == [SECRET]
    entries = [row for row in await hotline.rows(trail_table) if row.action == "tasks.listed"]
    assert [json.loads(row.detail) for row in entries if row.actor == "lan"] == [{"count": 4, "of": "area"}]


async def test_what_is_overdue_is_told_once_also_when_the_talk_has_ended(hotline: Hotline) -> None:
    lan = await hotline.staff("lan")
    case_id = await hotline.child()
    lease = await hotline.claim(lan, case_id)
    await add(hotline, lan, case_id, hours=1)
    async with hotline.database.transaction() as unit:
        await contact.close(unit, VAULT, lan, case_id, lease=lease, outcome="referred", summary="", now=hotline.now)
    assert await sweep(hotline) == []
    hotline.pass_time(3600)
    assert await sweep(hotline) == ["task_overdue"]
    assert await sweep(hotline) == ["task_overdue"]
    hotline.pass_time(11 * 3600)
    assert await sweep(hotline) == ["task_overdue", "legal_overdue"]
    hotline.pass_time(9 * 24 * 3600)
    assert await sweep(hotline) == ["task_overdue", "legal_overdue", "legal_overdue"]
    entries = [json.loads(row.detail) for row in await hotline.rows(trail_table) if row.action == "task.overdue"]
    assert [entry["kind"] for entry in entries] == ["own", "urgent_assessment", "plan"]


async def test_what_was_done_in_time_is_never_overdue(hotline: Hotline) -> None:
    lan = await hotline.staff("lan")
    case_id = await hotline.child()
    for one in (await tasks(hotline, case_id)).values():
        await step(hotline, lan, one, "finish")
    hotline.pass_time(30 * 24 * 3600)
    assert await sweep(hotline) == []


async def test_a_case_taken_back_before_anybody_read_it_owes_nothing(hotline: Hotline) -> None:
    case_id = await hotline.child()
    await hotline.withdraw(case_id)
    assert {row.state for row in await hotline.rows(task_table)} == {"void"}
    hotline.pass_time(30 * 24 * 3600)
    assert await sweep(hotline) == []
    lan = await hotline.staff("lan")
    with pytest.raises(WrongState):
        await add(hotline, lan, case_id)


async def test_what_was_read_and_is_serious_is_still_owed_after_it_was_taken_back(hotline: Hotline) -> None:
    lan = await hotline.staff("lan")
    case_id = await hotline.child(urgency="high")
    await hotline.claim(lan, case_id)
    await hotline.withdraw(case_id)
    assert {row.state for row in await hotline.rows(task_table)} == {"open"}


async def test_words_of_tasks_go_with_the_words_of_the_case_and_a_held_case_keeps_them(hotline: Hotline) -> None:
    lan = await hotline.staff("lan")
    kept, gone = await hotline.child("em-1"), await hotline.child("em-2")
    for case_id in (kept, gone):
        lease = await hotline.claim(lan, case_id)
        await add(hotline, lan, case_id)
        await step(hotline, lan, (await tasks(hotline, case_id))["plan"], "drop", WHY)
        async with hotline.database.transaction() as unit:
            await contact.close(unit, VAULT, lan, case_id, lease=lease, outcome="referred", summary="", now=hotline.now)
    async with hotline.database.transaction() as unit:
        await holds.add(unit, kept, reason="công an yêu cầu", by="admin", now=hotline.now)
    hotline.pass_time(6 * 365 * 24 * 3600)
    async with hotline.database.transaction() as unit:
        assert await retention.purge_cases(unit, hotline.now, timedelta(days=5 * 365)) == 1
        assert await retention.purge_cases(unit, hotline.now, timedelta(days=5 * 365)) == 0
    assert {one.title or one.note for one in (await tasks(hotline, kept)).values()} == {"", SECRET, WHY}
    rows = await hotline.rows(task_table, case_id=gone)
    assert {(row.title_sealed, row.note_sealed) for row in rows} == {(None, None)}
    assert {row.state for row in rows} == {"void", "dropped"}
