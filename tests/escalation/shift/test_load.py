"""What one carries: limits of one's own, breaks that are one press, who is really free, who staffs the desk."""

import pytest

from escalation import queue
from escalation.errors import BadRequest, NotAllowed
from escalation.permissions import Staff
from escalation.shift import load
from escalation.shift.limits import GRAVE_HARMS, Limits, is_grave
from tests.escalation.hotline import Hotline
from tests.escalation.shift.hands import LIMITS, carried, present, take_next

pytest_plugins = ("tests.store.databases", "tests.escalation.hotline_fixture")


async def rest(hotline: Hotline, staff: Staff) -> None:
    async with hotline.database.transaction() as unit:
        await load.begin_break(unit, staff, LIMITS, hotline.now)


async def back(hotline: Hotline, staff: Staff) -> None:
    async with hotline.database.transaction() as unit:
        await load.end_break(unit, staff, hotline.now)
        await queue.mark_present(unit, staff, hotline.now)


async def free(hotline: Hotline) -> frozenset[str]:
    async with hotline.database.reading() as unit:
        return await load.free_now(unit, LIMITS, hotline.now)


async def staffed(hotline: Hotline) -> bool:
    async with hotline.database.reading() as unit:
        return await queue.staffed(unit, hotline.now)


@pytest.mark.parametrize("harm", sorted(GRAVE_HARMS))
def test_a_contact_is_grave_by_harm_and_urgency_together(harm: str) -> None:
    assert is_grave("emergency", {harm, "scam"})
    assert is_grave("high", {harm})
    assert not is_grave("moderate", {harm})
    assert not is_grave("emergency", {"cyberbullying"})


async def grave_ones(hotline: Hotline, staff: Staff, how_many: int) -> None:
    for number in range(how_many):
        await hotline.child(f"{staff.id}-{hotline.now}-{number}", harms=("self_harm",))
        await take_next(hotline, staff, Limits(children_at_once=9))


async def test_a_break_that_lasted_lets_everything_begin_anew(lite_hotline: Hotline) -> None:
    hotline = lite_hotline
    lan = await hotline.staff("lan")
    await grave_ones(hotline, lan, 3)
    assert (await carried(hotline, lan)).rest_is_due
    await rest(hotline, lan)
    assert (await carried(hotline, lan)).resting
    assert not (await carried(hotline, lan)).rest_is_due
    hotline.pass_time(600)
    assert not (await carried(hotline, lan)).resting
    await back(hotline, lan)
    assert (await carried(hotline, lan)).grave_in_row == 0


async def test_a_break_cut_short_is_proposed_again(lite_hotline: Hotline) -> None:
    hotline = lite_hotline
    lan = await hotline.staff("lan")
    await grave_ones(hotline, lan, 3)
    await rest(hotline, lan)
    hotline.pass_time(300)
    await back(hotline, lan)
    assert (await carried(hotline, lan)).rest_is_due


async def test_who_rests_or_has_full_hands_is_not_free_but_only_rest_leaves_the_desk_empty(hotline: Hotline) -> None:
    lan, nam, ai = await hotline.staff("lan"), await hotline.staff("nam"), await hotline.staff("ai", "admin")
    await present(hotline, lan, nam, ai)
    assert await free(hotline) == {"lan", "nam"}
    for number in range(2):
        await hotline.child(f"em {number}", harms=("scam",))
        await take_next(hotline, lan)
    assert await free(hotline) == {"nam"}
    await rest(hotline, nam)
    assert await free(hotline) == frozenset()
    assert await staffed(hotline)  # a child must not be told that nobody is there
    async with hotline.database.transaction() as unit:
        await queue.mark_present(unit, ai, hotline.now, on=False)
    await rest(hotline, lan)
    assert not await staffed(hotline)


async def test_a_supervisor_gives_one_person_a_limit_of_their_own(lite_hotline: Hotline) -> None:
    hotline = lite_hotline
    lan, thu = await hotline.staff("lan"), await hotline.staff("thu", "supervisor")
    async with hotline.database.transaction() as unit:
        await load.set_limit(unit, thu, "lan", 1, hotline.now)
    assert (await carried(hotline, lan)).most == 1
    assert (await carried(hotline, thu)).most == LIMITS.children_at_once
    for wrong in (0, 10):
        async with hotline.database.transaction() as unit:
            with pytest.raises(BadRequest):
                await load.set_limit(unit, thu, "lan", wrong, hotline.now)
    async with hotline.database.transaction() as unit:
        with pytest.raises(BadRequest):
            await load.set_limit(unit, thu, "nobody", 1, hotline.now)
        with pytest.raises(NotAllowed):
            await load.set_limit(unit, lan, "lan", 9, hotline.now)
