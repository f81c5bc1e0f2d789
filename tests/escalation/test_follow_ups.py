"""Follow-ups in the hotline's rows: who may do what to them, what the trail and the day's list tell; both databases."""

from datetime import UTC, datetime, timedelta

import pytest

from bot import clocks
from bot.clocks import Terms
from escalation import contact, follow_ups, holds, trail
from escalation.follow_ups import OPEN, TRANSITIONS, FollowUp
from escalation.permissions import Staff
from escalation.tables import follow_up
from escalation.tables import trail as trail_table
from tests.escalation.hotline import Hotline
from tests.store.keys import VAULT

pytest_plugins = ("tests.store.databases", "tests.escalation.hotline_fixture")
# 22 November, 15:00 in Việt Nam, is the hotline's beginning.
TONIGHT = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
TOMORROW = TONIGHT + timedelta(days=1)


async def close(hotline: Hotline, staff: Staff, case_id: str, *, proposes: bool = True) -> None:
    lease = await hotline.claim(staff, case_id)
    async with hotline.database.transaction() as unit:
        await contact.close(
            unit, VAULT, staff, case_id, lease=lease, outcome="advised", summary="", now=hotline.now, follow_up=proposes
        )


async def proposed(hotline: Hotline, address: str = "em", *, area: str | None = None) -> str:
    case_id = await hotline.child(address, area=area)
    await close(hotline, await hotline.staff(f"lan-{address}"), case_id)
    return case_id


async def step(hotline: Hotline, case_id: str, event: follow_ups.Event, due_at: datetime | None = None) -> bool:
    async with hotline.database.transaction() as unit:
        return await follow_ups.step(unit, case_id, event, due_at=due_at, now=hotline.now)


async def of(hotline: Hotline, case_id: str) -> FollowUp | None:
    async with hotline.database.reading() as unit:
        return await follow_ups.of_case(unit, case_id)


async def listed(hotline: Hotline, staff: Staff) -> list[tuple[str, str]]:
    async with hotline.database.reading() as unit:
        return [(one.case_id, one.state) for one in await follow_ups.of_day(unit, VAULT, staff, hotline.now)]


async def test_closing_with_a_proposal_tells_the_child_and_leaves_a_row_and_an_entry(hotline: Hotline) -> None:
    case_id = await proposed(hotline)
    found = await of(hotline, case_id)
    assert found is not None
    assert (found.state, found.due_at, found.proposed_at) == ("proposed", None, hotline.now)
    assert (await hotline.notices(case_id))[-1] == {
        "case": case_id, "event": "closed", "name": "Cô lan-em", "follow_up": True,
    }  # fmt: skip
    actions = [row.action for row in await hotline.rows(trail_table, stream=f"case:{case_id}")]
    assert actions[-2:] == ["case.closed", "case.follow_up_proposed"]


async def test_closing_without_one_leaves_none(hotline: Hotline) -> None:
    case_id = await hotline.child()
    await close(hotline, await hotline.staff("lan"), case_id, proposes=False)
    assert await of(hotline, case_id) is None
    assert (await hotline.notices(case_id))[-1]["follow_up"] is False


async def test_every_step_stands_in_the_row_and_in_the_trail_by_who_did_it(hotline: Hotline) -> None:
    case_id = await proposed(hotline)
    assert await step(hotline, case_id, "agree", TONIGHT)
    hotline.pass_time(60)
    assert await step(hotline, case_id, "move", TOMORROW)
    assert await step(hotline, case_id, "send")
    found = await of(hotline, case_id)
    assert found is not None
    assert (found.state, found.due_at, found.changed_at) == ("sent", TOMORROW, hotline.now)
    entries = await hotline.rows(trail_table, stream=f"case:{case_id}")
    assert [(row.actor, row.action) for row in entries][-3:] == [
        ("child", "follow_up.agree"), ("system", "follow_up.move"), ("system", "follow_up.send"),
    ]  # fmt: skip
    async with hotline.database.reading() as unit:
        assert (await trail.verify(unit))[1] == ()


@pytest.mark.parametrize("state", ["proposed", "agreed", "held", "sent", "refused", "taken_back"])
@pytest.mark.parametrize("event", ["agree", "refuse", "move", "hold", "send", "take_back"])
async def test_a_step_that_is_not_in_the_table_changes_nothing(
    lite_hotline: Hotline, state: follow_ups.State, event: follow_ups.Event
) -> None:
    hotline, case_id = lite_hotline, await proposed(lite_hotline)
    async with hotline.database.transaction() as unit:
        await unit.execute(follow_up.update().values(state=state))
    known = (state, event) in TRANSITIONS
    assert await step(hotline, case_id, event) is known
    (row,) = await hotline.rows(follow_up)
    assert row.state == TRANSITIONS.get((state, event), state)


async def test_a_step_of_a_case_without_one_is_no_error(hotline: Hotline) -> None:
    assert not await step(hotline, await hotline.child(), "send")


async def test_what_is_over_has_no_way_on() -> None:
    assert {before for before, _ in TRANSITIONS} == set(OPEN)


async def test_taking_back_ends_what_is_open_of_one_person_alone(hotline: Hotline) -> None:
    mine, other = await proposed(hotline, "em"), await proposed(hotline, "ban")
    sent = await hotline.child("em", "chuyện khác")
    await close(hotline, await hotline.staff("hoa"), sent)
    for case_id in (mine, other, sent):
        await step(hotline, case_id, "agree", TONIGHT)
    await step(hotline, sent, "send")
    held = await hotline.conversation(mine)
    async with hotline.database.transaction() as unit:
        await follow_ups.take_back_all(unit, held.id, "parent", hotline.now)
        await follow_ups.take_back_all(unit, held.id, "child", hotline.now)
    states = {row.case_id: row.state for row in await hotline.rows(follow_up)}
    assert states == {mine: "taken_back", other: "agreed", sent: "sent"}


async def test_the_days_list_has_what_is_due_until_midnight_and_what_came_of_it(hotline: Hotline) -> None:
    head = await hotline.staff("head", "supervisor")
    tonight, tomorrow, asked = [await proposed(hotline, name) for name in ("a", "b", "c")]
    await step(hotline, tonight, "agree", TONIGHT)
    await step(hotline, tomorrow, "agree", TOMORROW)
    assert await listed(hotline, head) == [(tonight, "agreed")]
    hotline.pass_time(5 * 3600)
    await step(hotline, tonight, "send")
    assert await listed(hotline, head) == [(tonight, "sent")]
    hotline.pass_time(86_400)
    assert await listed(hotline, head) == [(tomorrow, "agreed")], "late ones stay until they are sent"
    assert (await of(hotline, asked)) is not None


async def test_the_days_list_is_a_supervisors_and_keeps_to_the_area(hotline: Hotline) -> None:
    case_id = await proposed(hotline, area="Huế")
    await step(hotline, case_id, "agree", TONIGHT)
    assert await listed(hotline, await hotline.staff("hue", "supervisor", "Huế")) == [(case_id, "agreed")]
    assert await listed(hotline, await hotline.staff("hanoi", "supervisor", "Hà Nội")) == []
    for role in ("counsellor", "admin", "auditor"):
        assert await listed(hotline, await hotline.staff(role, role)) == []


async def test_it_goes_with_the_cases_words_and_stays_while_the_case_is_held(hotline: Hotline) -> None:
    case_id = await proposed(hotline)
    async with hotline.database.transaction() as unit:
        await holds.add(unit, case_id, reason="letter 12", by="lan", now=hotline.now)
    hotline.pass_time(timedelta(days=6 * 365).total_seconds())
    await clocks.run(hotline.database, VAULT, Terms(), hotline.now)
    assert len(await hotline.rows(follow_up)) == 1
    async with hotline.database.transaction() as unit:
        await holds.release(unit, case_id, reason="letter 15", by="lan", now=hotline.now)
    await clocks.run(hotline.database, VAULT, Terms(), hotline.now)
    assert await hotline.rows(follow_up) == []
