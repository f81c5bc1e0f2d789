"""Who takes whom: the next by right, another for a reason, a limit of children, and lighter ones after grave ones."""

import asyncio

import pytest

from escalation.errors import LeaseLost
from escalation.permissions import Staff
from escalation.shift.errors import HandsFull, ReasonForPicking
from escalation.shift.limits import Limits
from escalation.shift.notes import shift_note_place
from escalation.shift.tables import shift_note
from escalation.tables import trail as trail_table
from tests.escalation.hotline import Hotline
from tests.escalation.shift.hands import carried, pick, present, take_next

pytest_plugins = ("tests.store.databases", "tests.escalation.hotline_fixture")
LIGHT = ("cyberbullying",)
GRAVE = ("sexual_abuse",)


async def actions(hotline: Hotline, case_id: str) -> list[str]:
    rows = await hotline.rows(trail_table, stream=f"case:{case_id}")
    return [row.action for row in sorted(rows, key=lambda row: row.number)]


async def test_the_first_is_taken_without_a_word_and_another_only_for_a_reason(lite_hotline: Hotline) -> None:
    hotline = lite_hotline
    first, second = await hotline.child("a", urgency="emergency"), await hotline.child("b")
    lan = await hotline.staff("lan")
    with pytest.raises(ReasonForPicking):
        await pick(hotline, lan, second)
    with pytest.raises(ReasonForPicking):
        await pick(hotline, lan, second, reason="because")
    assert (await hotline.row(second)).state == "waiting"
    assert "case.claimed" not in await actions(hotline, second)
    await pick(hotline, lan, second, reason="knows_child", words="Em từng gọi tôi hôm qua")
    await pick(hotline, lan, first)
    assert "case.picked" in await actions(hotline, second)
    assert "case.picked" not in await actions(hotline, first)


async def test_the_words_of_a_reason_are_sealed_and_stand_in_no_trail(lite_hotline: Hotline) -> None:
    hotline = lite_hotline
    await hotline.child("a", urgency="emergency")
    case_id = await hotline.child("b")
    await pick(hotline, await hotline.staff("lan"), case_id, reason="other", words="vì em là cháu tôi")
    [note] = await hotline.rows(shift_note)
    held = await hotline.conversation(case_id)
    assert held.sealer.open(shift_note_place(note.id), note.body_sealed) == "vì em là cháu tôi"
    for row in await hotline.rows(trail_table):
        assert "cháu" not in row.detail


async def test_who_lost_a_child_takes_it_again_without_a_reason_and_it_counts_once(lite_hotline: Hotline) -> None:
    hotline = lite_hotline
    lan = await hotline.staff("lan")
    case_id = await hotline.child("a", harms=GRAVE)
    lease = await pick(hotline, lan, case_id)
    await hotline.hand_back(lan, case_id, lease)
    await hotline.child("b", urgency="emergency", harms=LIGHT)
    await pick(hotline, lan, case_id)
    assert (await carried(hotline, lan)).grave_in_row == 1


async def test_full_hands_get_no_next_but_an_emergency_and_may_still_pick_for_a_reason(lite_hotline: Hotline) -> None:
    hotline = lite_hotline
    lan = await hotline.staff("lan")
    for name in ("a", "b"):
        await hotline.child(name, harms=LIGHT)
        await take_next(hotline, lan)
    third = await hotline.child("c", harms=LIGHT)
    with pytest.raises(HandsFull):
        await take_next(hotline, lan)
    with pytest.raises(ReasonForPicking):
        await pick(hotline, lan, third)
    await pick(hotline, lan, third, reason="asked")
    emergency = await hotline.child("d", urgency="emergency")
    assert await take_next(hotline, lan) == emergency


async def test_two_tabs_at_once_do_not_pass_the_limit(hotline: Hotline) -> None:
    lan = await hotline.staff("lan")
    for number in range(6):
        await hotline.child(f"em {number}", harms=LIGHT)

    async def press() -> str | None:
        try:
            return await take_next(hotline, lan)
        except HandsFull:
            return None

    async with asyncio.timeout(60):
        got = await asyncio.gather(*(press() for _ in range(5)))
    assert (await carried(hotline, lan)).children == sum(one is not None for one in got) == 2


async def test_after_three_grave_contacts_the_lighter_child_comes_first_and_a_break_is_due(
    lite_hotline: Hotline,
) -> None:
    hotline = lite_hotline
    lan, nam = await hotline.staff("lan"), await hotline.staff("nam")
    await present(hotline, lan, nam)
    limits = Limits(children_at_once=9)
    for name in ("a", "b", "c"):
        await hotline.child(name, harms=GRAVE)
        await take_next(hotline, lan, limits)
    assert (await carried(hotline, lan)).rest_is_due
    danger = await hotline.child("d", urgency="emergency", harms=GRAVE)
    light = await hotline.child("e", urgency="moderate", harms=LIGHT)
    assert await take_next(hotline, lan, limits) == light
    assert not (await carried(hotline, lan)).rest_is_due
    assert await take_next(hotline, lan, limits) == danger


async def test_an_emergency_that_nobody_else_is_free_for_waits_for_no_rest(lite_hotline: Hotline) -> None:
    hotline = lite_hotline
    lan = await hotline.staff("lan")
    await present(hotline, lan)
    limits = Limits(children_at_once=9)
    for name in ("a", "b", "c"):
        await hotline.child(name, harms=GRAVE)
        await take_next(hotline, lan, limits)
    danger = await hotline.child("d", urgency="emergency", harms=GRAVE)
    await hotline.child("e", urgency="moderate", harms=LIGHT)
    assert await take_next(hotline, lan, limits) == danger


async def test_two_hundred_children_and_twenty_claimers_no_double_and_none_lost(hotline: Hotline) -> None:
    waiting = {await hotline.child(f"em {number}", harms=LIGHT) for number in range(200)}
    staff = [await hotline.staff(f"s{number}") for number in range(20)]
    limits = Limits(children_at_once=200)

    async def work(member: Staff) -> list[str]:
        got = []
        while (case_id := await take_next(hotline, member, limits)) is not None:
            got.append(case_id)
        return got

    async with asyncio.timeout(400):
        taken = await asyncio.gather(*(work(member) for member in staff))
    got = [case_id for one in taken for case_id in one]
    assert len(got) == len(set(got)) == 200
    assert set(got) == waiting
    for member, theirs in zip(staff, taken, strict=True):
        for case_id in theirs:
            assert (await hotline.row(case_id)).owner_id == member.id
    assert len(await hotline.rows(trail_table, action="case.claimed")) == 200


async def test_twenty_who_want_the_same_child_leave_it_one_owner(hotline: Hotline) -> None:
    case_id = await hotline.child()
    staff = [await hotline.staff(f"s{number}") for number in range(20)]

    async def press(member: Staff) -> bool:
        try:
            await pick(hotline, member, case_id)
        except LeaseLost:
            return False
        return True

    async with asyncio.timeout(60):
        won = await asyncio.gather(*(press(member) for member in staff))
    assert sum(won) == 1
    assert (await hotline.row(case_id)).owner_id == staff[won.index(True)].id
