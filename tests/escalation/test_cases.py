"""A case's life: only the steps of the table, urgency that only rises, and what goes when the child takes it back."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from escalation import cases
from escalation.cases import OPEN_STATES, TRANSITIONS, CaseEvent, CaseState, next_state
from escalation.errors import NoSuchCase, WrongState
from escalation.tables import alert, consent
from escalation.tables import cases as cases_table
from escalation.tables import trail as trail_table
from store.tables import message
from tests.escalation.hotline import Hotline

pytest_plugins = ("tests.store.databases", "tests.escalation.hotline_fixture")
STATES: tuple[CaseState, ...] = get_args(CaseState)
EVENTS: tuple[CaseEvent, ...] = get_args(CaseEvent)
RISING = ("moderate", "high", "emergency")


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("event", EVENTS)
def test_a_step_is_in_the_table_or_refused(state: CaseState, event: CaseEvent) -> None:
    if (state, event) in TRANSITIONS:
        assert next_state(state, event) == TRANSITIONS[state, event]
    else:
        with pytest.raises(WrongState):
            next_state(state, event)


@given(events=st.lists(st.sampled_from(EVENTS), max_size=12))
def test_whatever_happens_an_ended_case_stays_ended(events: list[CaseEvent]) -> None:
    state: CaseState = "waiting"
    for event in events:
        ended = state not in OPEN_STATES
        try:
            state = next_state(state, event)
        except WrongState:
            continue
        assert not ended


async def test_a_case_takes_the_messages_from_its_first_on_and_leaves_earlier_ones(lite_hotline: Hotline) -> None:
    held = await lite_hotline.talk("em", "học về lừa đảo", "bố đánh em", "em sợ")
    async with lite_hotline.database.transaction() as unit:
        case_id = await cases.open_case(
            unit,
            held,
            urgency="high",
            harms=(),
            subject="self",
            band=None,
            audience="unknown",
            role="child",
            basis="consent",
            from_seq=2,
            consent_seq=3,
            now=lite_hotline.now,
        )
    lines = {row.seq: row.case_id for row in await lite_hotline.rows(message)}
    assert lines == {1: None, 2: case_id, 3: case_id}


async def test_a_case_stands_beside_the_yes_that_opened_it(hotline: Hotline) -> None:
    case_id = await hotline.child()
    (row,) = await hotline.rows(consent)
    assert (row.item, row.decision, row.case_id) == ("conversation", "granted", case_id)


async def test_the_database_refuses_a_second_open_case_of_one_person(hotline: Hotline) -> None:
    await hotline.child("em")
    with pytest.raises(IntegrityError):
        await hotline.child("em")
    assert len(await hotline.rows(cases_table)) == 1


async def test_a_parent_on_the_same_phone_may_have_a_case_of_their_own(hotline: Hotline) -> None:
    await hotline.child("em")
    await hotline.child("em", "con tôi bị bạn đánh", role="parent", band=None, from_seq=2)
    assert {row.role for row in await hotline.rows(cases_table)} == {"child", "parent"}


async def test_a_case_never_takes_the_lines_of_another_case(hotline: Hotline) -> None:
    """A parent who told before the child, and agrees after it, is not given what the child said to 111."""
    await hotline.talk("em", "con tôi bị đánh", person="parent")
    await hotline.talk("em", "chưa đồng ý gì")
    mine = await hotline.child("em", "bố đánh em", from_seq=3)
    theirs = await hotline.child("em", "tôi đồng ý", role="parent", band=None, from_seq=1)
    lines = {row.seq: row.case_id for row in await hotline.rows(message)}
    assert lines == {1: theirs, 2: None, 3: mine, 4: theirs}


async def test_a_new_case_may_be_opened_once_the_first_has_ended(hotline: Hotline) -> None:
    await hotline.withdraw(await hotline.child("em"))
    await hotline.child("em", "lại bị đánh")
    assert sorted(row.state for row in await hotline.rows(cases_table)) == ["waiting", "withdrawn"]


# --- raising -------------------------------------------------------------------------------------------------------


async def raise_case(hotline: Hotline, case_id: str, urgency: str, *harms: str) -> None:
    async with hotline.database.transaction() as unit:
        await cases.raise_case(unit, case_id, urgency=urgency, harms=harms, now=hotline.now)


@pytest.mark.parametrize("old", RISING)
@pytest.mark.parametrize("new", ["none", *RISING])
async def test_urgency_only_rises_and_an_alert_tells_when_it_did(lite_hotline: Hotline, old: str, new: str) -> None:
    case_id = await lite_hotline.child(urgency=old)
    await raise_case(lite_hotline, case_id, new)
    graver = new in RISING and RISING.index(new) > RISING.index(old)
    assert (await lite_hotline.row(case_id)).urgency == (new if graver else old)
    assert [row.kind for row in await lite_hotline.rows(alert)] == (["raised"] if graver else [])


async def test_harms_only_grow_and_keep_their_order(hotline: Hotline) -> None:
    case_id = await hotline.child(harms=("physical_abuse",))
    await raise_case(hotline, case_id, "moderate", "self_harm", "physical_abuse")
    await raise_case(hotline, case_id, "moderate", "physical_abuse")
    row = await hotline.row(case_id)
    assert row.harms.split() == ["physical_abuse", "self_harm"]
    assert row.urgency == "high"
    assert await hotline.rows(alert) == []


async def test_nothing_new_leaves_no_mark(lite_hotline: Hotline) -> None:
    case_id = await lite_hotline.child()
    before = len(await lite_hotline.rows(trail_table))
    await raise_case(lite_hotline, case_id, "moderate", "physical_abuse")
    assert len(await lite_hotline.rows(trail_table)) == before


async def test_alerts_of_a_case_are_numbered_and_hold_no_words(hotline: Hotline) -> None:
    case_id = await hotline.child("em", "bố đánh em", urgency="moderate")
    await raise_case(hotline, case_id, "high")
    await raise_case(hotline, case_id, "emergency")
    rows = sorted(await hotline.rows(alert), key=lambda row: row.number)
    assert [(row.case_id, row.number, row.kind) for row in rows] == [(case_id, 1, "raised"), (case_id, 2, "raised")]


# --- taking back ---------------------------------------------------------------------------------------------------


async def with_items(hotline: Hotline, urgency: str) -> str:
    case_id = await hotline.child("em", "bố đánh em", urgency=urgency)
    held = await hotline.conversation(case_id)
    async with hotline.database.transaction() as unit:
        await cases.set_item(unit, held, case_id, "phone", "0912345678")
    return case_id


@pytest.mark.parametrize("urgency", RISING)
async def test_taken_back_before_a_claim_everything_goes_at_once(hotline: Hotline, urgency: str) -> None:
    case_id = await with_items(hotline, urgency)
    assert await hotline.withdraw(case_id) is False
    row = await hotline.row(case_id)
    assert (row.state, row.items_sealed) == ("withdrawn", None)
    assert row.closed_at == hotline.now
    assert await hotline.rows(message) == []


@pytest.mark.parametrize(("urgency", "lines"), [("moderate", 0), ("high", 1), ("emergency", 1)])
async def test_taken_back_after_a_claim_only_what_the_duty_to_report_weighs_stays(
    hotline: Hotline, urgency: str, lines: int
) -> None:
    case_id = await with_items(hotline, urgency)
    lease = await hotline.claim(await hotline.staff("a"), case_id)
    assert await hotline.withdraw(case_id) is True
    row = await hotline.row(case_id)
    assert (row.state, row.items_sealed, row.lease_until) == ("withdrawn", None, None)
    assert row.lease > lease, "the counsellor's lease must be void"
    assert len(await hotline.rows(message)) == lines


async def test_only_the_cases_own_lines_go_when_it_is_taken_back(hotline: Hotline) -> None:
    case_id = await hotline.child("em")
    other = await hotline.child("bạn")
    await hotline.withdraw(case_id)
    assert {row.case_id for row in await hotline.rows(message)} == {other}


async def test_a_case_cannot_be_taken_back_twice(hotline: Hotline) -> None:
    case_id = await hotline.child()
    await hotline.withdraw(case_id)
    with pytest.raises(WrongState):
        await hotline.withdraw(case_id)


async def test_a_case_that_never_was_cannot_be_raised(lite_hotline: Hotline) -> None:
    with pytest.raises(NoSuchCase):
        await raise_case(lite_hotline, "no-such-case", "emergency")


# --- items ---------------------------------------------------------------------------------------------------------


async def test_an_item_is_kept_sealed_changed_and_taken_out_again(hotline: Hotline) -> None:
    case_id = await hotline.child()
    held = await hotline.conversation(case_id)

    async def set_item(item: str, value: str | None) -> dict[str, str]:
        async with hotline.database.transaction() as unit:
            await cases.set_item(unit, held, case_id, item, value)
        return cases.items_of(held, await hotline.row(case_id))

    assert await set_item("phone", "0912345678") == {"phone": "0912345678"}
    assert b"0912345678" not in bytes((await hotline.row(case_id)).items_sealed)
    assert await set_item("nickname", "Na") == {"phone": "0912345678", "nickname": "Na"}
    assert await set_item("phone", None) == {"nickname": "Na"}
    assert await set_item("area", None) == {"nickname": "Na"}
