"""One child, one owner: claims are fenced by their lease, a case handed back goes to the front, areas hide the rest."""

import asyncio

import pytest

from escalation import queue
from escalation.errors import LeaseLost, NoSuchCase
from escalation.permissions import Staff
from escalation.tables import trail as trail_table
from tests.escalation.hotline import Hotline
from tests.store.keys import VAULT

pytest_plugins = ("tests.store.databases", "tests.escalation.hotline_fixture")
MANY = 6


async def try_claim(hotline: Hotline, staff: Staff, case_id: str) -> int | None:
    try:
        return await hotline.claim(staff, case_id)
    except LeaseLost:
        return None


async def test_many_who_claim_one_child_at_once_leave_it_one_owner(hotline: Hotline) -> None:
    case_id = await hotline.child()
    staff = [await hotline.staff(f"s{number}") for number in range(MANY)]
    async with asyncio.timeout(20):
        leases = await asyncio.gather(*(try_claim(hotline, member, case_id) for member in staff))
    won = [member.id for member, lease in zip(staff, leases, strict=True) if lease is not None]
    row = await hotline.row(case_id)
    assert won == [row.owner_id]
    assert row.state == "claimed"
    assert [notice["event"] for notice in await hotline.notices(case_id)] == ["joined"]
    assert len(await hotline.rows(trail_table, action="case.claimed")) == 1


async def test_many_who_take_the_next_at_once_never_share_a_child(hotline: Hotline) -> None:
    waiting = {await hotline.child(f"em {number}") for number in range(MANY - 2)}
    staff = [await hotline.staff(f"s{number}") for number in range(MANY)]

    async def take(member: Staff) -> str | None:
        while True:
            try:
                taken = await hotline.take_next(member)
            except LeaseLost:
                continue  # another was quicker: ask for the next
            return taken[0] if taken else None

    async with asyncio.timeout(30):
        taken = await asyncio.gather(*(take(member) for member in staff))
    got = [case_id for case_id in taken if case_id is not None]
    assert len(got) == len(set(got))
    assert set(got) == waiting
    owners = {(await hotline.row(case_id)).owner_id for case_id in waiting}
    assert len(owners) == len(waiting)


async def test_claims_and_hand_backs_all_at_once_never_make_two_owners(hotline: Hotline) -> None:
    case_id = await hotline.child()
    staff = [await hotline.staff(f"s{number}") for number in range(4)]
    held: list[str] = []

    async def work(member: Staff) -> None:
        for _ in range(4):
            lease = await try_claim(hotline, member, case_id)
            if lease is None:
                await asyncio.sleep(0)
                continue
            held.append(member.id)
            assert held == [member.id], "two counsellors hold one child"
            held.remove(member.id)
            await hotline.hand_back(member, case_id, lease)

    async with asyncio.timeout(30):
        await asyncio.gather(*(work(member) for member in staff))
    assert (await hotline.row(case_id)).state == "waiting"


async def test_a_claim_notes_owner_lease_and_time_and_tells_the_child_who_comes(hotline: Hotline) -> None:
    case_id = await hotline.child()
    staff = await hotline.staff("lan")
    lease = await hotline.claim(staff, case_id)
    row = await hotline.row(case_id)
    assert (row.state, row.owner_id, row.lease) == ("claimed", "lan", lease)
    assert (row.lease_until - hotline.now).total_seconds() == queue.LEASE_SECONDS
    assert await hotline.notices(case_id) == [{"case": case_id, "event": "joined", "name": "Cô lan"}]


@pytest.mark.parametrize("verb", ["renew", "hand_back"])
@pytest.mark.parametrize("wrong", ["other_staff", "old_lease", "next_lease"])
async def test_only_the_holder_under_this_lease_may_act(hotline: Hotline, verb: str, wrong: str) -> None:
    case_id = await hotline.child()
    holder, other = await hotline.staff("a"), await hotline.staff("b")
    lease = await hotline.claim(holder, case_id)
    staff = other if wrong == "other_staff" else holder
    shift = {"other_staff": 0, "old_lease": -1, "next_lease": 1}[wrong]
    act = hotline.renew if verb == "renew" else hotline.hand_back
    with pytest.raises(LeaseLost):
        await act(staff, case_id, lease + shift)
    assert (await hotline.row(case_id)).owner_id == "a"


async def test_a_lease_from_before_the_hand_back_is_void_even_for_the_same_person(hotline: Hotline) -> None:
    case_id = await hotline.child()
    staff = await hotline.staff("a")
    old = await hotline.claim(staff, case_id)
    await hotline.hand_back(staff, case_id, old)
    new = await hotline.claim(staff, case_id)
    assert new > old
    with pytest.raises(LeaseLost):
        await hotline.renew(staff, case_id, old)
    await hotline.renew(staff, case_id, new)


async def test_renewing_moves_the_end_of_the_lease(hotline: Hotline) -> None:
    case_id = await hotline.child()
    staff = await hotline.staff("a")
    lease = await hotline.claim(staff, case_id)
    hotline.pass_time(80)
    await hotline.renew(staff, case_id, lease)
    row = await hotline.row(case_id)
    assert (row.lease_until - hotline.now).total_seconds() == queue.LEASE_SECONDS


async def test_a_case_handed_back_goes_before_its_equals_and_the_child_is_told(hotline: Hotline) -> None:
    first = await hotline.child("một")
    second = await hotline.child("hai")
    staff = await hotline.staff("a")
    lease = await hotline.claim(staff, second)
    hotline.pass_time(1)
    younger = await hotline.child("ba", band="6-10")
    await hotline.hand_back(staff, second, lease)
    assert await hotline.seen(staff) == [second, younger, first]
    assert [notice["event"] for notice in await hotline.notices(second)] == ["joined", "released"]
    row = await hotline.row(second)
    assert (row.owner_id, row.lease_until, row.front) == (None, None, True)


async def test_a_case_handed_back_goes_behind_a_graver_one(hotline: Hotline) -> None:
    case_id = await hotline.child("một")
    staff = await hotline.staff("a")
    await hotline.hand_back(staff, case_id, await hotline.claim(staff, case_id))
    emergency = await hotline.child("hai", urgency="emergency")
    assert await hotline.seen(staff) == [emergency, case_id]


async def test_taking_the_next_takes_the_gravest_and_nobody_when_nobody_waits(hotline: Hotline) -> None:
    staff = await hotline.staff("a")
    assert await hotline.take_next(staff) is None
    await hotline.child("một", urgency="moderate")
    emergency = await hotline.child("hai", urgency="emergency")
    taken = await hotline.take_next(staff)
    assert taken is not None
    assert taken[0] == emergency


async def test_staff_see_their_area_and_the_cases_without_area(hotline: Hotline) -> None:
    north = await hotline.child("một", area="Lào Cai")
    hotline.pass_time(1)
    south = await hotline.child("hai", area="Cà Mau")
    hotline.pass_time(1)
    nowhere = await hotline.child("ba")
    seen = {
        area: await hotline.seen(await hotline.staff(area, area=area))
        for area in ("national", "Lào Cai", "Lào Cai;Cà Mau", "Huế")
    }
    assert seen == {
        "national": [north, south, nowhere],
        "Lào Cai": [north, nowhere],
        "Lào Cai;Cà Mau": [north, south, nowhere],
        "Huế": [nowhere],
    }


async def test_taking_the_next_never_takes_from_another_area(hotline: Hotline) -> None:
    await hotline.child("một", area="Cà Mau", urgency="emergency")
    assert await hotline.take_next(await hotline.staff("a", area="Lào Cai")) is None


async def test_claimed_cases_stand_behind_the_waiting_and_ended_ones_are_gone(hotline: Hotline) -> None:
    claimed, waiting, withdrawn = [await hotline.child(name) for name in ("một", "hai", "ba")]
    staff = await hotline.staff("a")
    await hotline.claim(staff, claimed)
    await hotline.withdraw(withdrawn)
    assert await hotline.seen(staff) == [waiting, claimed]


async def test_the_queue_holds_no_words_of_a_child(hotline: Hotline) -> None:
    await hotline.child("một", "bố đánh em ở Lào Cai", area="Lào Cai")
    staff = await hotline.staff("a")
    async with hotline.database.reading() as unit:
        entries = await queue.entries(unit, VAULT, staff, hotline.now)
    assert "đánh" not in repr(entries)


async def test_a_place_counts_those_before_and_one_not_in_line_stands_behind_all(hotline: Hotline) -> None:
    cases = []
    for number in range(3):
        cases.append(await hotline.child(f"em {number}"))
        hotline.pass_time(1)
    async with hotline.database.reading() as unit:
        places = [await queue.place_of(unit, case_id, hotline.now) for case_id in (*cases, "unknown")]
    assert places == [0, 1, 2, 3]


@pytest.mark.parametrize("state", ["claimed", "withdrawn"])
async def test_only_a_waiting_case_can_be_claimed(hotline: Hotline, state: str) -> None:
    case_id = await hotline.child()
    staff = await hotline.staff("a")
    if state == "claimed":
        await hotline.claim(staff, case_id)
    else:
        await hotline.withdraw(case_id)
    with pytest.raises(LeaseLost):
        await hotline.claim(await hotline.staff("b"), case_id)


async def test_a_case_that_never_was_is_no_case(hotline: Hotline) -> None:
    with pytest.raises(NoSuchCase):
        await hotline.claim(await hotline.staff("a"), "no-such-case")
