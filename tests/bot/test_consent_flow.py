"""Consent is one explicit act for each item, only as the answer to the question now open."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.effects import OpenCase, RecordConsent, Say, SetItem
from bot.events import Attached
from bot.flows.consent import choices_of
from bot.moment import Turn
from bot.state import Contact, Question, State
from bot.turn import turn
from tests.bot.moments import ITEMS, asking, child, happened, matter, of_kind, pressed, said, spoken, states

AMBIGUOUS = ["dạ", "vâng", "ừ", "ok", "chắc", "tùy", "😀", "sao cũng được"]
CONSENT_CHOICES = [f"consent.{item}.{answer}" for item in ITEMS for answer in ("yes", "no")]


def recorded(result: Turn) -> list[tuple[str, str]]:
    return [(record.item, record.decision) for record in of_kind(result, RecordConsent)]


@pytest.mark.parametrize("choice", CONSENT_CHOICES)
@given(state=states)
def test_a_consent_button_records_only_as_the_answer_to_its_own_open_question(choice: str, state: State) -> None:
    item = choice.split(".")[1]
    question = state.question
    is_open = question is not None and question.kind == "consent" and question.item == item
    result = turn(pressed(choice, state=state))
    if not is_open:
        assert recorded(result) == []
        assert of_kind(result, OpenCase) == []


@pytest.mark.parametrize("choice", [*CONSENT_CHOICES, "item.skip"])
@pytest.mark.parametrize(
    "state",
    [State(), child(), child(question=Question(kind="safe"), matter=matter()), child(matter=matter("refused"))],
)
def test_a_stale_button_records_nothing_and_says_so(choice: str, state: State) -> None:
    result = turn(pressed(choice, state=state))
    assert recorded(result) == []
    assert of_kind(result, Say) != []


@pytest.mark.parametrize("item", ITEMS)
@pytest.mark.parametrize("other", ITEMS)
def test_a_button_of_another_item_shows_the_open_question_again(item: str, other: str) -> None:
    if item == other:
        return
    state = asking(item)
    result = turn(pressed(f"consent.{other}.yes", state=state))
    assert recorded(result) == []
    assert result.state.question == state.question
    assert spoken(result) == [f"consent.{item}"]


@pytest.mark.parametrize("how", ["consent.conversation.yes", "đồng ý", "gửi đi", "cho cô đọc", "có", "yes", "I agree"])
@pytest.mark.parametrize("asked", [1, 2])
def test_an_explicit_yes_opens_the_case_with_its_record_and_then_asks_the_next_item(how: str, asked: int) -> None:
    state = asking(asked=asked)
    result = turn(pressed(how, state=state) if "." in how else said(how, state=state))
    assert recorded(result) == [("conversation", "granted")]
    (opened,) = of_kind(result, OpenCase)
    assert (opened.from_seq, opened.consent_seq, opened.urgency) == (3, 50, "high")
    assert spoken(result)[0] == "handover.done"
    assert result.state.question is not None
    assert (result.state.question.kind, result.state.question.item) == ("consent", "nickname")


def test_the_wording_that_was_shown_is_the_wording_recorded() -> None:
    question = Question(kind="consent", item="conversation", wording="consent.conversation@7:abc")
    result = turn(pressed("consent.conversation.yes", state=replace(asking(), question=question)))
    assert of_kind(result, RecordConsent)[0].wording == "consent.conversation@7:abc"


@pytest.mark.parametrize("how", ["consent.conversation.no", "không", "không đồng ý", "thôi", "ko", "đừng gửi"])
def test_a_no_in_any_spelling_records_the_refusal_and_gives_111(how: str) -> None:
    state = asking()
    result = turn(pressed(how, state=state) if "." in how else said(how, state=state))
    assert recorded(result) == [("conversation", "refused")]
    assert spoken(result) == ["consent.refused"]
    assert "111" in of_kind(result, Say)[0].text
    assert result.state.question is None
    assert result.state.offered


@pytest.mark.parametrize("text", AMBIGUOUS)
def test_what_is_neither_is_asked_once_more_and_then_let_be(text: str) -> None:
    first = turn(said(text, state=asking()))
    assert (recorded(first), spoken(first)) == ([], ["consent.again"])
    second = turn(said(text, state=first.state))
    assert (recorded(second), spoken(second)) == ([], ["consent.lapsed"])
    assert second.state.question is None
    assert "111" in of_kind(second, Say)[0].text


@pytest.mark.parametrize("text", ["được nhưng đừng cho bố biết", "gửi đi nhưng đừng nói với mẹ em"])
def test_a_yes_with_a_condition_is_answered_truthfully_and_asked_again(text: str) -> None:
    result = turn(said(text, state=asking()))
    assert (recorded(result), spoken(result)) == ([], ["consent.conditional"])


@pytest.mark.parametrize("text", ["có, thôi không gửi nữa", "đồng ý đâu mà đồng ý", "không có", "đồng ý... à không"])
def test_a_refusal_wins_over_a_yes_in_the_same_text(text: str) -> None:
    result = turn(said(text, state=asking()))
    assert ("conversation", "granted") not in recorded(result)
    assert of_kind(result, OpenCase) == []


@pytest.mark.parametrize("kind", ["sticker", "picture", "voice"])
@pytest.mark.parametrize("item", ITEMS)
def test_a_sticker_or_picture_is_no_answer(kind: Any, item: str) -> None:
    result = turn(happened(Attached(seq=50, kind=kind), state=asking(item)))
    assert recorded(result) == []


@given(text=st.text(max_size=40))
def test_no_unknown_text_is_ever_taken_for_a_yes(text: str) -> None:
    if any(
        word in text.casefold() for word in ("có", "co", "yes", "đồng", "dong", "gửi", "gui", "agree", "đọc", "doc")
    ):
        return
    assert of_kind(turn(said(text, state=asking())), OpenCase) == []


@pytest.mark.parametrize("item", ITEMS[1:])
def test_a_yes_to_an_item_asks_for_its_value_and_stores_nothing_yet(item: str) -> None:
    result = turn(pressed(f"consent.{item}.yes", state=asking(item)))
    assert recorded(result) == [(item, "granted")]
    assert of_kind(result, SetItem) == []
    assert result.state.question is not None
    assert (result.state.question.kind, result.state.question.item) == ("item", item)


@pytest.mark.parametrize("item", ITEMS[1:])
@pytest.mark.parametrize("way", ["item.skip", "no"])
def test_each_item_can_be_skipped_or_refused_and_the_next_one_follows(item: str, way: str) -> None:
    choice = way if way == "item.skip" else f"consent.{item}.no"
    result = turn(pressed(choice, state=asking(item)))
    assert recorded(result) == ([] if way == "item.skip" else [(item, "refused")])
    following = {"nickname": ["consent.area"], "area": ["consent.phone"], "phone": ["item.done"]}[item]
    assert spoken(result) == following


@pytest.mark.parametrize(
    ("item", "typed", "stored"),
    [
        ("nickname", "  Na \n Na ", "Na Na"),
        ("area", "Lào Cai", "Lào Cai"),
        ("area", "tỉnh  lào cai", "tỉnh lào cai"),
        ("area", "em ở hai phong", "em ở hai phong → Thành phố Hải Phòng"),
        ("area", "Bình Dương", "Bình Dương → Thành phố Hồ Chí Minh"),
        ("area", "tân hưng, q7", "tân hưng, q7 → Phường Tân Hưng, Thành phố Hồ Chí Minh"),
        ("area", "xã Tân Hòa", "xã Tân Hòa"),
        ("area", "gần chợ", "gần chợ"),
        ("phone", "0912 345 678", "0912345678"),
        ("phone", "+84 912-345-678", "+84912345678"),
        ("nickname", "x" * 500, "x" * 60),
    ],
)
def test_the_value_of_an_agreed_item_is_taken_tidied(item: str, typed: str, stored: str) -> None:
    state = child(contact=Contact(case_id="case"), matter=matter("shared"), question=Question(kind="item", item=item))
    result = turn(said(typed, state=state))
    assert [(effect.item, effect.value) for effect in of_kind(result, SetItem)] == [(item, stored)]


@pytest.mark.parametrize("typed", ["12", "không nhớ số", "sáu bảy tám", "09123456789012345"])
def test_what_is_no_phone_is_not_stored_as_one(typed: str) -> None:
    state = child(
        contact=Contact(case_id="case"), matter=matter("shared"), question=Question(kind="item", item="phone")
    )
    assert of_kind(turn(said(typed, state=state)), SetItem) == []


@pytest.mark.parametrize("item", ITEMS)
def test_an_open_question_always_offers_yes_no_and_exit(item: str) -> None:
    choices = choices_of(Question(kind="consent", item=item))
    assert {f"consent.{item}.yes", f"consent.{item}.no", "exit"} <= set(choices)
    assert ("item.skip" in choices) is (item != "conversation")
