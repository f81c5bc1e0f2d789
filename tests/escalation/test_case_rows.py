"""What each step of a case writes, to the last column, and that it touches no other case, line or conversation."""

import json
from datetime import timedelta
from typing import Any

import pytest

from escalation import cases, holds
from escalation.errors import NoSuchCase
from escalation.tables import alert
from escalation.tables import cases as cases_table
from escalation.tables import trail as trail_table
from escalation.vital import SHIFT, Basis
from store import conversations, outbox
from store.conversations import Conversation
from store.signals import QUEUE, case_topic
from store.tables import message
from store.tables import outbox as outbox_table
from tests.escalation.hotline import START, Hotline

pytest_plugins = ("tests.store.databases", "tests.escalation.hotline_fixture")


async def opened(hotline: Hotline, held: Conversation, **more: Any) -> tuple[str, set[str]]:
    """Open a case; returns it, and whom it wakes."""
    given: dict[str, Any] = {
        "urgency": "high",
        "harms": ("physical_abuse", "neglect"),
        "subject": "self",
        "band": "11-14",
        "audience": "11-14",
        "role": "child",
        "basis": "consent",
        "from_seq": 1,
        "consent_seq": None,
        "now": hotline.now,
    }
    async with hotline.database.transaction() as unit:
        case_id = await cases.open_case(unit, held, **(given | more))
        return str(case_id), set(unit.topics)


async def entries(hotline: Hotline, case_id: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Return who did what to a case, with the details, oldest first."""
    rows = sorted(await hotline.rows(trail_table, stream=f"case:{case_id}"), key=lambda row: row.number)
    return [(row.actor, row.action, json.loads(row.detail)) for row in rows]


async def cases_of_lines(hotline: Hotline) -> set[str | None]:
    """Return the cases that the lines of every conversation belong to."""
    return {row.case_id for row in await hotline.rows(message)}


# --- opening -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("basis", "urgency", "ground"),
    [
        ("consent", "high", "duty_19_1_dd_51"),
        ("vital_interest", "emergency", "urgent_19_1_a duty_19_1_dd_51"),
    ],
)
async def test_a_case_is_written_with_all_that_the_queue_and_the_law_ask_for(
    lite_hotline: Hotline, basis: Basis, urgency: str, ground: str
) -> None:
    held = await lite_hotline.talk("em", "bố đánh em")
    due = START + SHIFT
    case_id, woken = await opened(lite_hotline, held, basis=basis, urgency=urgency, sign_due_at=due)
    row = (await lite_hotline.row(case_id))._asdict()
    assert {name: value for name, value in row.items() if value is not None} == {
        "id": case_id,
        "conversation_id": held.id,
        "channel": "web",
        "state": "waiting",
        "urgency": urgency,
        "harms": "physical_abuse neglect",
        "subject": "self",
        "band": "11-14",
        "audience": "11-14",
        "role": "child",
        "basis": basis,
        "ground": ground,
        "purposes": "advice protection",
        "from_seq": 1,
        "lease": 0,
        "front": False,
        "opened_at": START,
        "waiting_since": START,
        "last_child_at": START,
    } | ({"sign_due_at": due} if basis == "vital_interest" else {})
    detail = {
        "case": case_id,
        "urgency": urgency,
        "harms": ["physical_abuse", "neglect"],
        "basis": basis,
        "ground": ground.split(),
        "purposes": ["advice", "protection"],
    }
    assert await entries(lite_hotline, case_id) == [("child", "case.opened", detail)]
    assert {QUEUE, case_topic(case_id)} <= woken


async def test_a_case_is_given_only_the_lines_of_its_own_person_that_hold_words(lite_hotline: Hotline) -> None:
    await lite_hotline.talk("em", "học bài", "bố đánh em", "đừng gửi câu này")
    await lite_hotline.talk("em", "con tôi", person="parent")
    held = await lite_hotline.talk("em", "em sợ")
    other = await lite_hotline.talk("bạn", "a", "b", "c")
    async with lite_hotline.database.transaction() as unit:
        await conversations.add_message(unit, held, seq=6, author="bot", body=None, at=START)
    case_id, _ = await opened(lite_hotline, held, from_seq=2, left_out=(3,))
    mine = {row.seq: row.case_id for row in await lite_hotline.rows(message, conversation_id=held.id)}
    assert mine == {1: None, 2: case_id, 3: None, 4: None, 5: case_id, 6: None}
    assert {row.case_id for row in await lite_hotline.rows(message, conversation_id=other.id)} == {None}


async def test_a_yes_that_comes_later_adds_lines_to_that_case_alone(lite_hotline: Hotline) -> None:
    other = await lite_hotline.endangered("bạn")
    case_id = await lite_hotline.endangered("em", "học bài", "bố cầm dao")
    held = await lite_hotline.talk("em", "em sợ", "đừng gửi", "em trốn rồi")
    await lite_hotline.talk("em", "tôi đây", person="parent")
    lite_hotline.pass_time(5)
    async with lite_hotline.database.transaction() as unit:
        await cases.agree(unit, held, case_id, role="child", from_seq=3, now=lite_hotline.now, left_out=(4,))
    agreed = {row.id: row.agreed_at for row in await lite_hotline.rows(cases_table)}
    assert agreed == {case_id: START + timedelta(seconds=5), other: None}
    mine = {row.seq: row.case_id for row in await lite_hotline.rows(message, conversation_id=held.id)}
    assert mine == {1: None, 2: case_id, 3: case_id, 4: None, 5: case_id, 6: None}
    assert (await entries(lite_hotline, case_id))[-1] == ("child", "case.agreed", {"case": case_id})
    assert [action for _, action, _ in await entries(lite_hotline, other)] == ["case.opened"]


# --- raising, writing, items ---------------------------------------------------------------------------------------


async def test_new_danger_raises_its_own_case_with_its_ground_and_tells_the_desk(lite_hotline: Hotline) -> None:
    case_id, other = await lite_hotline.child("em"), await lite_hotline.child("bạn")
    lite_hotline.pass_time(5)
    async with lite_hotline.database.transaction() as unit:
        await cases.raise_case(unit, case_id, urgency="emergency", harms=("self_harm",), now=lite_hotline.now)
        assert {QUEUE, case_topic(case_id)} <= set(unit.topics)
    row, untouched = await lite_hotline.row(case_id), await lite_hotline.row(other)
    assert (row.urgency, row.harms) == ("emergency", "physical_abuse self_harm")
    assert row.ground == "urgent_19_1_a duty_19_1_dd_51"
    assert (untouched.urgency, untouched.harms, untouched.ground) == ("high", "physical_abuse", "duty_19_1_dd_51")
    detail = {"case": case_id, "urgency": "emergency", "harms": ["physical_abuse", "self_harm"]}
    assert (await entries(lite_hotline, case_id))[-1] == ("child", "case.raised", detail)
    [told] = await lite_hotline.rows(alert)
    assert (told.case_id, told.number, told.kind, told.at) == (case_id, 1, "raised", START + timedelta(seconds=5))


@pytest.mark.parametrize(
    ("role", "band", "before", "after"),
    [
        ("parent", None, "consent_9 duty_19_1_dd_51", "urgent_19_1_a consent_9 duty_19_1_dd_51"),
        ("child", "15-17", "consent_9 duty_if_under_16", "urgent_19_1_a consent_9 duty_if_under_16"),
    ],
)
async def test_the_ground_of_a_raised_case_still_fits_its_person(
    lite_hotline: Hotline, role: str, band: str | None, before: str, after: str
) -> None:
    case_id = await lite_hotline.child("em", role=role, band=band)
    assert (await lite_hotline.row(case_id)).ground == before
    async with lite_hotline.database.transaction() as unit:
        await cases.raise_case(unit, case_id, urgency="emergency", harms=(), now=lite_hotline.now)
    assert (await lite_hotline.row(case_id)).ground == after


async def test_a_new_harm_without_more_urgency_is_noted_and_alarms_nobody(lite_hotline: Hotline) -> None:
    case_id = await lite_hotline.child()
    async with lite_hotline.database.transaction() as unit:
        await cases.raise_case(unit, case_id, urgency="moderate", harms=("neglect",), now=lite_hotline.now)
    row = await lite_hotline.row(case_id)
    assert (row.urgency, row.ground) == ("high", "duty_19_1_dd_51")
    detail = {"case": case_id, "urgency": "high", "harms": ["physical_abuse", "neglect"]}
    assert (await entries(lite_hotline, case_id))[-1] == ("child", "case.raised", detail)
    assert await lite_hotline.rows(alert) == []


async def test_that_the_child_wrote_moves_its_own_case_only_and_wakes_its_page(lite_hotline: Hotline) -> None:
    case_id, other = await lite_hotline.child("em"), await lite_hotline.child("bạn")
    lite_hotline.pass_time(5)
    async with lite_hotline.database.transaction() as unit:
        await cases.child_wrote(unit, case_id, lite_hotline.now)
        assert set(unit.topics) == {case_topic(case_id)}
    assert (await lite_hotline.row(case_id)).last_child_at == START + timedelta(seconds=5)
    assert (await lite_hotline.row(other)).last_child_at == START


async def test_an_item_is_given_to_its_own_case_only_and_wakes_queue_and_page(lite_hotline: Hotline) -> None:
    case_id, other = await lite_hotline.child("em"), await lite_hotline.child("bạn")
    held = await lite_hotline.conversation(case_id)
    async with lite_hotline.database.transaction() as unit:
        await cases.set_item(unit, held, case_id, "nickname", "Na")
        assert set(unit.topics) == {QUEUE, case_topic(case_id)}
    row = await lite_hotline.row(case_id)
    assert held.sealer.open(f"case/{case_id}/items", row.items_sealed) == {"nickname": "Na"}
    assert (await lite_hotline.row(other)).items_sealed is None


async def test_alerts_of_two_cases_are_numbered_apart_and_each_wakes_its_own_page(lite_hotline: Hotline) -> None:
    case_id, other = await lite_hotline.child("em"), await lite_hotline.child("bạn")
    for which in (case_id, other, case_id, case_id):
        async with lite_hotline.database.transaction() as unit:
            await cases.raise_alert(unit, which, "late", START)
            assert set(unit.topics) == {QUEUE, case_topic(which)}
    rows = {(row.case_id, row.number): (row.kind, row.at) for row in await lite_hotline.rows(alert)}
    assert rows == dict.fromkeys(((case_id, 1), (case_id, 2), (case_id, 3), (other, 1)), ("late", START))


# --- taking back ---------------------------------------------------------------------------------------------------


async def with_phone(hotline: Hotline, case_id: str) -> str:
    held = await hotline.conversation(case_id)
    async with hotline.database.transaction() as unit:
        await cases.set_item(unit, held, case_id, "phone", "0912345678")
    return case_id


async def alarms(hotline: Hotline) -> list[tuple[str, str]]:
    return [(row.case_id, row.kind) for row in await hotline.rows(alert)]


async def test_taking_back_ends_its_own_case_only(lite_hotline: Hotline) -> None:
    case_id = await with_phone(lite_hotline, await lite_hotline.child("em"))
    other = await with_phone(lite_hotline, await lite_hotline.child("bạn"))
    lite_hotline.pass_time(5)
    assert await lite_hotline.withdraw(case_id) is False
    row, untouched = await lite_hotline.row(case_id), await lite_hotline.row(other)
    assert (row.state, row.items_sealed, row.closed_at) == ("withdrawn", None, START + timedelta(seconds=5))
    assert (row.lease, row.lease_until) == (1, None)
    assert (untouched.state, untouched.closed_at, untouched.lease) == ("waiting", None, 0)
    assert untouched.items_sealed is not None
    detail = {"case": case_id, "claimed": False}
    assert (await entries(lite_hotline, case_id))[-1] == ("child", "case.withdrawn", detail)
    assert await alarms(lite_hotline) == []


@pytest.mark.parametrize("how", ["claimed", "restored"])
async def test_taking_back_what_a_counsellor_has_tells_the_desk(lite_hotline: Hotline, how: str) -> None:
    case_id = await lite_hotline.child("em", urgency="high")
    other = await lite_hotline.endangered("bạn")
    if how == "claimed":
        await lite_hotline.claim(await lite_hotline.staff("a"), case_id)
    lite_hotline.pass_time(5)
    async with lite_hotline.database.transaction() as unit:
        assert await cases.withdraw(unit, case_id, now=lite_hotline.now, claimed=how == "restored") is True
    [told] = await lite_hotline.rows(alert)
    assert (told.case_id, told.kind, told.at) == (case_id, "withdrawn", START + timedelta(seconds=5))
    last = (await entries(lite_hotline, case_id))[-1]
    assert last == ("child", "case.withdrawn", {"case": case_id, "claimed": True})
    assert await cases_of_lines(lite_hotline) == {case_id, other}


async def test_what_was_said_for_the_case_goes_with_it_but_what_is_not_yet_sent(lite_hotline: Hotline) -> None:
    case_id, other = await lite_hotline.child("em"), await lite_hotline.child("bạn")
    held, apart = await lite_hotline.conversation(case_id), await lite_hotline.conversation(other)
    async with lite_hotline.database.transaction() as unit:
        for conversation, of_case, times in ((held, case_id, 3), (apart, other, 1)):
            for _ in range(times):
                seq = await outbox.enqueue(unit, conversation, kind="message", body={"text": "111"}, now=START)
                await conversations.add_message(
                    unit, conversation, seq=seq, author="bot", body={"text": "111"}, at=START, case_id=of_case
                )
        outside = await outbox.enqueue(unit, held, kind="message", body={"text": "chào"}, now=START)
        sent = outbox_table.update().values(status="sent")
        await unit.execute(sent.where((outbox_table.c.conversation_id == apart.id) | (outbox_table.c.seq != 3)))
    await lite_hotline.withdraw(case_id)
    bodies = {
        (row.conversation_id == held.id, row.seq): row.body_sealed is not None
        for row in await lite_hotline.rows(outbox_table)
    }
    assert bodies == {(True, 2): False, (True, 3): True, (True, 4): False, (True, outside): True, (False, 2): True}
    assert await cases_of_lines(lite_hotline) == {other}


async def test_under_a_legal_hold_nothing_goes_and_the_desk_is_told(lite_hotline: Hotline) -> None:
    case_id = await with_phone(lite_hotline, await lite_hotline.child("em"))
    async with lite_hotline.database.transaction() as unit:
        await holds.add(unit, case_id, reason="letter", by="lan", now=START)
    assert await lite_hotline.withdraw(case_id) is False
    row = await lite_hotline.row(case_id)
    assert (row.state, row.items_sealed is not None) == ("withdrawn", True)
    assert await cases_of_lines(lite_hotline) == {case_id}
    assert await alarms(lite_hotline) == [(case_id, "withdrawn")]


@pytest.mark.parametrize("claimed", [True, False])
@pytest.mark.parametrize("held", [True, False])
async def test_taking_back_a_yes_leaves_a_case_of_danger_and_only_what_was_agreed_goes(
    lite_hotline: Hotline, claimed: bool, held: bool
) -> None:
    case_id, other = await lite_hotline.endangered("em"), await lite_hotline.endangered("bạn")
    for each in (case_id, other):
        conversation = await lite_hotline.conversation(each)
        async with lite_hotline.database.transaction() as unit:
            await cases.agree(unit, conversation, each, role="child", from_seq=1, now=START)
        await with_phone(lite_hotline, each)
    if claimed:
        await lite_hotline.claim(await lite_hotline.staff("a"), case_id)
    if held:
        async with lite_hotline.database.transaction() as unit:
            await holds.add(unit, case_id, reason="letter", by="lan", now=START)
    before = await lite_hotline.row(case_id)
    lite_hotline.pass_time(5)
    assert await lite_hotline.withdraw(case_id) is claimed
    row = await lite_hotline.row(case_id)
    kept = {"agreed_at": None, "items_sealed": before.items_sealed if held else None}
    assert row._asdict() == before._asdict() | kept
    untouched = await lite_hotline.row(other)
    assert (untouched.agreed_at, untouched.items_sealed is not None) == (START, True)
    detail = {"case": case_id, "claimed": claimed, "kept": True}
    assert (await entries(lite_hotline, case_id))[-1] == ("child", "case.withdrawn", detail)
    [told] = await lite_hotline.rows(alert)
    assert (told.case_id, told.kind, told.at) == (case_id, "withdrawn", START + timedelta(seconds=5))


# --- what is asked of a case ---------------------------------------------------------------------------------------


async def test_a_case_knows_whose_it_is_and_where_it_begins(lite_hotline: Hotline) -> None:
    mine = await lite_hotline.child("em", "a", "b", from_seq=2)
    theirs = await lite_hotline.child("mẹ", role="parent", band=None)
    async with lite_hotline.database.reading() as unit:
        assert await cases.origin_of(unit, mine) == ("child", 2)
        assert await cases.origin_of(unit, theirs) == ("parent", 1)
        with pytest.raises(NoSuchCase):
            await cases.origin_of(unit, "nothing")


@pytest.mark.parametrize("why", ["claimed", "danger", "held", "nothing"])
async def test_the_law_keeps_a_case_that_was_read_opened_by_danger_or_held_and_no_other(
    lite_hotline: Hotline, why: str
) -> None:
    case_id = await (lite_hotline.endangered if why == "danger" else lite_hotline.child)("em")
    await lite_hotline.child("bạn")
    if why == "claimed":
        await lite_hotline.claim(await lite_hotline.staff("a"), case_id)
    if why == "held":
        async with lite_hotline.database.transaction() as unit:
            await holds.add(unit, case_id, reason="letter", by="lan", now=START)
    held = await lite_hotline.conversation(case_id)
    async with lite_hotline.database.reading() as unit:
        assert await cases.any_kept(unit, held.id, "child") is (why != "nothing")
        assert await cases.any_kept(unit, held.id, "parent") is False
        assert await cases.any_kept(unit, "another", "child") is False
