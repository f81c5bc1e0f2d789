"""A child changes hands: never two owners, never none without being told, the note for the next one alone."""

import asyncio
from collections.abc import Awaitable

import pytest

from escalation import queue, watch
from escalation.errors import BadRequest, EscalationError, LeaseLost, NotAllowed, WrongState
from escalation.permissions import Staff
from escalation.shift.errors import NoOffer, NotThere
from escalation.shift.tables import handover as handover_table
from escalation.tables import alert
from escalation.tables import trail as trail_table
from escalation.wishes import another_counsellor
from tests.escalation.hotline import Hotline
from tests.escalation.shift.hands import (
    accept,
    decline,
    give,
    last_handover,
    offer,
    present,
    recall,
    take_over,
)
from tests.store.keys import VAULT

pytest_plugins = ("tests.store.databases", "tests.escalation.hotline_fixture")


async def two(hotline: Hotline) -> tuple[Staff, Staff, str, int]:
    """Return a giver with a child, and a colleague who is there."""
    lan, nam = await hotline.staff("lan"), await hotline.staff("nam")
    await present(hotline, lan, nam)
    case_id = await hotline.child()
    return lan, nam, case_id, await hotline.claim(lan, case_id)


async def test_warm_the_first_stays_until_the_other_accepts_and_the_child_hears_both_names(hotline: Hotline) -> None:
    lan, nam, case_id, lease = await two(hotline)
    await offer(hotline, lan, case_id, lease, nam, "em đã ăn tối, chưa kể ai")
    assert (await hotline.row(case_id)).owner_id == "lan"
    await hotline.renew(lan, case_id, lease)
    seen = await last_handover(hotline, case_id)
    assert seen is not None
    assert (seen.state, seen.note) == ("offered", "em đã ăn tối, chưa kể ai")
    fresh = await accept(hotline, nam, case_id)
    row = await hotline.row(case_id)
    assert (row.state, row.owner_id, row.lease) == ("claimed", "nam", fresh)
    with pytest.raises(LeaseLost):
        await hotline.renew(lan, case_id, lease)
    told = (await hotline.notices(case_id))[-1]
    assert told == {"case": case_id, "event": "joined", "name": "Cô nam", "before": "Cô lan"}
    seen = await last_handover(hotline, case_id)
    assert seen is not None
    assert (seen.state, seen.note) == ("done", "em đã ăn tối, chưa kể ai")
    for entry in await hotline.rows(trail_table):
        assert "tối" not in entry.detail


async def test_a_declined_or_recalled_offer_leaves_the_child_where_it_is(lite_hotline: Hotline) -> None:
    hotline = lite_hotline
    lan, nam, case_id, lease = await two(hotline)
    await offer(hotline, lan, case_id, lease, nam)
    await decline(hotline, nam, case_id)
    with pytest.raises(NoOffer):
        await accept(hotline, nam, case_id)
    await offer(hotline, lan, case_id, lease, nam)
    await recall(hotline, lan, case_id, lease)
    with pytest.raises(NoOffer):
        await accept(hotline, nam, case_id)
    await hotline.renew(lan, case_id, lease)
    assert [notice["event"] for notice in await hotline.notices(case_id)] == ["joined"]


async def test_an_offer_ends_with_the_lease_it_was_made_under(lite_hotline: Hotline) -> None:
    hotline = lite_hotline
    lan, nam, case_id, lease = await two(hotline)
    await offer(hotline, lan, case_id, lease, nam)
    await hotline.hand_back(lan, case_id, lease)
    await hotline.claim(lan, case_id)
    with pytest.raises(NoOffer):
        await accept(hotline, nam, case_id)
    assert await last_handover(hotline, case_id) is None


async def test_cold_the_child_is_handed_to_who_is_there_at_once(lite_hotline: Hotline) -> None:
    hotline = lite_hotline
    lan, nam, case_id, lease = await two(hotline)
    await give(hotline, lan, case_id, lease, nam)
    row = await hotline.row(case_id)
    assert (row.owner_id, row.lease) == ("nam", lease + 1)
    assert [notice["event"] for notice in await hotline.notices(case_id)] == ["joined", "joined"]


async def test_a_taker_who_does_not_open_the_page_loses_the_child_to_the_front_and_it_is_told(
    lite_hotline: Hotline,
) -> None:
    hotline = lite_hotline
    lan, nam, case_id, lease = await two(hotline)
    await give(hotline, lan, case_id, lease, nam)
    hotline.pass_time(queue.LEASE_SECONDS)
    await watch.sweep(hotline.database, VAULT, hotline.now)
    row = await hotline.row(case_id)
    assert (row.state, row.owner_id, row.front) == ("waiting", None, True)
    assert [notice["event"] for notice in await hotline.notices(case_id)][-1] == "released"


async def test_back_to_the_queue_the_note_waits_for_whoever_claims(lite_hotline: Hotline) -> None:
    hotline = lite_hotline
    lan, nam, case_id, lease = await two(hotline)
    await give(hotline, lan, case_id, lease, None, "em cần người nói tiếng Mông")
    row = await hotline.row(case_id)
    assert (row.state, row.front) == ("waiting", True)
    await hotline.claim(nam, case_id)
    seen = await last_handover(hotline, case_id)
    assert seen is not None
    assert (seen.kind, seen.note) == ("queue", "em cần người nói tiếng Mông")


@pytest.mark.parametrize("why", ["away", "area", "role", "child_asked", "self", "nobody"])
async def test_nobody_gets_a_child_whom_they_may_not_have(lite_hotline: Hotline, why: str) -> None:
    hotline = lite_hotline
    lan = await hotline.staff("lan")
    nam = await hotline.staff(
        "nam", "analyst" if why == "role" else "counsellor", "Hà Giang" if why == "area" else "national"
    )
    case_id = await hotline.child(area="Lào Cai")
    if why == "child_asked":
        first = await hotline.claim(nam, case_id)
        await hotline.hand_back(nam, case_id, first)
        async with hotline.database.transaction() as unit:
            held = await hotline.conversation(case_id)
            await another_counsellor(unit, VAULT, held.id, "child", hotline.now)
    await present(hotline, lan)
    if why != "away":
        await present(hotline, nam)
    lease = await hotline.claim(lan, case_id)
    taker = lan if why == "self" else nam
    if why == "nobody":
        taker = Staff(id="x", name="x", display_name="x", role="counsellor", area="national")
    with pytest.raises(NotThere):
        await give(hotline, lan, case_id, lease, taker)
    with pytest.raises(NotThere):
        await offer(hotline, lan, case_id, lease, taker)
    await hotline.renew(lan, case_id, lease)


async def test_a_hand_over_needs_a_note_and_the_lease(lite_hotline: Hotline) -> None:
    hotline = lite_hotline
    lan, nam, case_id, lease = await two(hotline)
    with pytest.raises(BadRequest):
        await give(hotline, lan, case_id, lease, nam, "  ")
    with pytest.raises(LeaseLost):
        await give(hotline, lan, case_id, lease - 1, nam)
    with pytest.raises(LeaseLost):
        await give(hotline, nam, case_id, lease, lan)
    assert await hotline.rows(handover_table) == []


async def test_a_supervisor_takes_over_the_child_and_the_shift_are_told(lite_hotline: Hotline) -> None:
    hotline = lite_hotline
    lan, nam, case_id, lease = await two(hotline)
    thu = await hotline.staff("thu", "supervisor")
    with pytest.raises(NotAllowed):
        await take_over(hotline, nam, case_id)
    await take_over(hotline, thu, case_id)
    with pytest.raises(LeaseLost):
        await hotline.renew(lan, case_id, lease)
    with pytest.raises(WrongState):
        await take_over(hotline, thu, case_id)
    assert (await hotline.notices(case_id))[-1]["before"] == "Cô lan"
    assert [row.kind for row in await hotline.rows(alert)] == ["taken_over"]
    assert len(await hotline.rows(trail_table, action="case.taken_over")) == 1


async def test_accepts_take_overs_gifts_and_hand_backs_all_at_once_leave_one_owner(hotline: Hotline) -> None:
    lan, nam, case_id, lease = await two(hotline)
    thu = await hotline.staff("thu", "supervisor")
    await offer(hotline, lan, case_id, lease, nam)

    async def attempt(doing: Awaitable[object]) -> bool:
        try:
            await doing
        except EscalationError:
            return False
        return True

    async with asyncio.timeout(60):
        done = await asyncio.gather(
            *(
                attempt(each)
                for each in (
                    accept(hotline, nam, case_id),
                    give(hotline, lan, case_id, lease, nam),
                    take_over(hotline, thu, case_id),
                    hotline.hand_back(lan, case_id, lease),
                    recall(hotline, lan, case_id, lease),
                )
            )
        )
    row = await hotline.row(case_id)
    notices = await hotline.notices(case_id)
    assert any(done)
    # Every change of owner raised the lease and told the child exactly once.
    assert row.lease - lease == len(notices) - 1
    assert (row.state == "waiting") is (row.owner_id is None)
    assert (notices[-1]["event"] == "released") is (row.state == "waiting")
