"""The state of a conversation survives being stored, whatever it is, and old and fresh ones are read."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import plan as plans
from bot.learning import hide
from bot.state import CONTEXT, HEARD_AT_MOST, Contact, Heard, State, change_person, from_json, recent, to_json
from tests.bot.moments import NOW, child, matter, states


@given(state=states)
def test_a_stored_state_comes_back_the_same(state: State) -> None:
    assert from_json(json.loads(json.dumps(to_json(state), ensure_ascii=False))) == state


def test_a_conversation_without_state_begins_afresh() -> None:
    assert from_json(None) == State()


@given(
    state=states,
    missing=st.sets(
        st.sampled_from(
            ["hint", "aside", "refused", "discreet_word", "wanted_topic", "learned", "plan", "pace", "follow_up"]
        )
    ),
)
def test_a_state_written_before_a_field_was_invented_is_still_read(state: State, missing: set[str]) -> None:
    stored = {name: value for name, value in to_json(state).items() if name not in missing}
    fresh = State()
    assert from_json(stored) == replace(state, **{name: getattr(fresh, name) for name in missing})


@given(minutes=st.lists(st.integers(0, 60), max_size=30))
def test_the_context_is_the_last_half_hour_and_twelve_messages_at_most(minutes: list[int]) -> None:
    ago = sorted(minutes, reverse=True)
    heard = tuple(Heard(seq=seq, text="", at=NOW - timedelta(minutes=age), hint=False) for seq, age in enumerate(ago))
    kept = recent(heard, NOW)
    assert len(kept) <= HEARD_AT_MOST
    assert kept == tuple(item for item in heard if NOW - item.at < CONTEXT)[-HEARD_AT_MOST:]


@pytest.mark.parametrize(
    ("state", "audience", "onboarded"),
    [
        (State(), "unknown", False),
        (State(role="child"), "unknown", False),
        (State(band="6-10"), "6-10", False),
        (child("15-17"), "15-17", True),
        (State(role="parent"), "parent", True),
        (State(role="parent", band="6-10"), "parent", True),
    ],
)
def test_words_follow_role_and_band(state: State, audience: str, onboarded: bool) -> None:
    assert (state.audience, state.onboarded) == (audience, onboarded)


@given(state=states, role=st.sampled_from(["child", "parent"]))
def test_whoever_comes_to_the_phone_sees_nothing_of_the_other(state: State, role: str) -> None:
    if state.person == role:
        return
    after = change_person(state, role)  # type: ignore[arg-type]
    own = state.aside if state.aside is not None and state.aside.role == role else None
    assert after.person == role
    assert after.contact == (own.contact if own else None)
    assert after.matter == (own.matter if own else None)
    assert after.learned == (own.learned if own else ())
    assert after.plan == (own.plan if own else None)
    assert (after.question, after.heard, after.asked_about, after.flow.kind) == (None, (), (), "idle")


@given(state=states)
def test_who_comes_back_finds_case_and_matter_again_but_hidden(state: State) -> None:
    other = "parent" if state.person == "child" else "child"
    back = change_person(change_person(state, other), state.person)  # type: ignore[arg-type]
    assert back.matter == state.matter
    hidden = None if state.contact is None else replace(state.contact, hidden=True, unlocked_at=None)
    assert back.contact == hidden
    assert back.learned == hide(state.learned)
    assert back.plan == plans.hide(state.plan)


def test_a_closed_contact_is_not_open() -> None:
    assert child(contact=Contact(case_id="c", closed=True)).open_contact is None
    assert child(contact=Contact(case_id="c"), matter=matter("shared")).open_contact is not None
