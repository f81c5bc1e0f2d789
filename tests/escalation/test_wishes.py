"""Another counsellor at the child's wish: at once, for good, and nobody can undo it by their role."""

import asyncio
import tempfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalation import contact, queue, wishes
from escalation.desk import alerts
from escalation.errors import LeaseLost, NoSuchCase
from escalation.permissions import Staff
from escalation.tables import alert as alert_table
from escalation.tables import restriction as restriction_table
from escalation.tables import trail as trail_table
from store.database import Database
from store.tables import metadata
from tests.escalation.hotline import Hotline
from tests.store.keys import VAULT

pytest_plugins = ("tests.store.databases", "tests.escalation.hotline_fixture")


async def ask(hotline: Hotline, case_id: str, role: str = "child") -> bool:
    held = await hotline.conversation(case_id)
    async with hotline.database.transaction() as unit:
        return await wishes.another_counsellor(unit, VAULT, held.id, role, hotline.now)


async def close(hotline: Hotline, staff: Staff, case_id: str, lease: int) -> None:
    async with hotline.database.transaction() as unit:
        await contact.close(unit, VAULT, staff, case_id, lease=lease, outcome="advised", summary="", now=hotline.now)


async def test_the_case_goes_back_to_the_front_and_the_child_is_told(hotline: Hotline) -> None:
    case_id, lan = await hotline.child(), await hotline.staff("lan")
    lease = await hotline.claim(lan, case_id)
    assert await ask(hotline, case_id)
    row = await hotline.row(case_id)
    assert (row.state, row.front, row.owner_id) == ("waiting", True, None)
    assert [(notice["event"], notice.get("why")) for notice in await hotline.notices(case_id)] == [
        ("joined", None),
        ("released", "child_asked"),
    ]
    with pytest.raises(LeaseLost):
        await hotline.renew(lan, case_id, lease)


async def test_who_was_declined_neither_sees_nor_takes_the_child_again(hotline: Hotline) -> None:
    case_id, lan, hoa = await hotline.child(), await hotline.staff("lan"), await hotline.staff("hoa")
    await hotline.claim(lan, case_id)
    await ask(hotline, case_id)
    assert await hotline.seen(lan) == []
    assert await hotline.take_next(lan) is None
    with pytest.raises(NoSuchCase):
        await hotline.claim(lan, case_id)
    async with hotline.database.transaction() as unit:
        with pytest.raises(NoSuchCase):
            await contact.read_contact(unit, VAULT, lan, case_id, hotline.now)
    assert (await hotline.take_next(hoa) or ("", 0))[0] == case_id


async def test_a_supervisor_who_was_declined_is_kept_away_like_everybody_else(hotline: Hotline) -> None:
    case_id, head = await hotline.child(), await hotline.staff("head", "supervisor")
    other = await hotline.staff("other", "supervisor")
    await hotline.claim(head, case_id)
    await ask(hotline, case_id)
    assert await hotline.seen(head) == []
    assert await hotline.seen(other) == [case_id]
    async with hotline.database.reading() as unit:
        assert [one.kind for one in await alerts.unseen(unit, other, frozenset({case_id}))] == ["other_asked"]


async def test_it_holds_for_the_next_case_of_the_same_child_and_for_no_other_child(hotline: Hotline) -> None:
    lan = await hotline.staff("lan")
    first = await hotline.child("em")
    await close(hotline, lan, first, await hotline.claim(lan, first))
    assert await ask(hotline, first)
    assert (await hotline.row(first)).state == "closed"
    await hotline.child("em", "em lại sợ")
    elsewhere = await hotline.child("bạn khác")
    assert await hotline.seen(lan) == [elsewhere]


async def test_two_people_on_one_phone_ask_each_for_themselves(hotline: Hotline) -> None:
    lan = await hotline.staff("lan")
    childs, parents = await hotline.child("nhà"), await hotline.child("nhà", role="parent", band=None)
    await hotline.claim(lan, childs)
    await ask(hotline, childs)
    assert await hotline.seen(lan) == [parents]


async def test_the_one_who_handed_the_child_back_is_meant_too(hotline: Hotline) -> None:
    case_id, lan = await hotline.child(), await hotline.staff("lan")
    await hotline.hand_back(lan, case_id, await hotline.claim(lan, case_id))
    assert await ask(hotline, case_id)
    assert await hotline.seen(lan) == []


async def test_the_one_of_the_last_talk_is_meant_while_the_next_case_waits(hotline: Hotline) -> None:
    lan = await hotline.staff("lan")
    first = await hotline.child("em")
    await close(hotline, lan, first, await hotline.claim(lan, first))
    hotline.pass_time(1)
    assert await ask(hotline, await hotline.child("em", "em lại sợ"))
    assert await hotline.seen(lan) == []


async def test_where_nobody_has_talked_yet_nothing_changes(hotline: Hotline) -> None:
    case_id, lan = await hotline.child(), await hotline.staff("lan")
    assert not await ask(hotline, case_id)
    assert await hotline.seen(lan) == [case_id]
    assert await hotline.rows(restriction_table) == []


async def test_asking_twice_is_one_wish_and_one_entry_in_the_trail(hotline: Hotline) -> None:
    case_id, lan = await hotline.child(), await hotline.staff("lan")
    await hotline.claim(lan, case_id)
    await ask(hotline, case_id)
    await ask(hotline, case_id)
    assert len(await hotline.rows(restriction_table)) == 1
    assert len(await hotline.rows(trail_table, action="child.other_asked")) == 1
    assert [row.kind for row in await hotline.rows(alert_table)] == ["other_asked"]


async def test_a_desk_with_only_the_declined_counsellor_is_no_desk_for_this_child(hotline: Hotline) -> None:
    case_id, lan = await hotline.child(), await hotline.staff("lan")
    await hotline.claim(lan, case_id)
    await ask(hotline, case_id)
    async with hotline.database.transaction() as unit:
        await queue.mark_present(unit, lan, hotline.now)
        assert await queue.staffed(unit, hotline.now)
        assert not await queue.staffed(unit, hotline.now, case_id)


STAFF = ("lan", "hoa", "mai")


@settings(max_examples=15, deadline=None)
@given(acts=st.lists(st.sampled_from([*STAFF, "other", "back", "close"]), max_size=12))
def test_a_declined_counsellor_never_holds_the_child_whatever_happens(acts: list[str]) -> None:
    asyncio.run(_play(acts))


async def _play(acts: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite+aiosqlite:///{folder}/hotline.sqlite3", synchronous="OFF")
        async with database.engine.begin() as connection:
            await connection.run_sync(metadata.create_all)
        try:
            await _act_by_act(Hotline(database), acts)
        finally:
            await database.close()


async def _act_by_act(hotline: Hotline, acts: list[str]) -> None:
    staff = {name: await hotline.staff(name) for name in STAFF}
    case_id, declined, last = await hotline.child(), set[str](), None
    for act in acts:
        hotline.pass_time(1)
        row = await hotline.row(case_id)
        if act == "other":
            asked = await ask(hotline, case_id)
            assert asked is (last is not None)
            declined |= {last} if last is not None else set()
        elif act in STAFF:
            took = await hotline.take_next(staff[act])
            assert (took is not None) is (row.state == "waiting" and act not in declined)
            last = act if took is not None else last
        elif row.state == "claimed" and act == "back":
            await hotline.hand_back(staff[row.owner_id], case_id, row.lease)
        elif row.state == "claimed" and act == "close":
            await close(hotline, staff[row.owner_id], case_id, row.lease)
            case_id = await hotline.child("em", "em lại sợ")
        assert (await hotline.row(case_id)).owner_id not in declined
