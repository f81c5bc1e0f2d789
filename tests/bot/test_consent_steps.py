"""Every step around the consent question: what is recorded, said, offered, kept, and when it is forgotten."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.effects import AgreeCase, OpenCase, RecordConsent, SetItem, SetTimer, TellDesk
from bot.events import Attached
from bot.moment import Turn
from bot.state import Contact, Flow, Question, Refused, State
from bot.turn import turn
from content.schema import Audience
from tests.bot.moments import NOW, asking, child, happened, matter, of_kind, our_content, pressed, said, spoken
from tests.bot.replies import BACK, WAIT, YES_NO, kind_of_question, offers, unprotected

HALF_AN_HOUR = timedelta(minutes=30)
AFTER_YES = ("discreet.on", "breathe", "withdraw", "exit")
NICKNAME = ("consent.nickname.yes", "consent.nickname.no", "item.skip", "exit")
AREA = ("consent.area.yes", "consent.area.no", "item.skip", "exit")
CONTEXT_ENDS = SetTimer(name="context", after=HALF_AN_HOUR)
WAITING_TIMERS = [SetTimer(name=f"waiting.{minutes}", after=timedelta(minutes=minutes)) for minutes in (2, 5, 10)]
TOLD_SO_FAR = Refused(from_seq=3, to_seq=50, due_at=NOW + HALF_AN_HOUR)
PASSED_ON = Contact(case_id="case", way="passed_on", vital=True)


def answered(answer: str, state: State) -> Turn:
    return turn(pressed(f"consent.conversation.{answer}", state=state))


def asking_after_passing_on(case: Contact = PASSED_ON, **of_matter: Any) -> State:
    """Return the state of a child whose emergency is with 111, and who is asked whether the rest may go there."""
    return replace(asking(), contact=case, matter=matter("asked", "emergency", **of_matter))


def record(decision: Any, **more: Any) -> RecordConsent:
    given: dict[str, Any] = {"item": "conversation", "wording": "consent.conversation@1", "message_seq": 50} | more
    return RecordConsent(decision=decision, **given)


# --- the question --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("away", [True, False])
def test_who_asks_for_a_counsellor_is_at_the_phone_again(away: bool) -> None:
    result = turn(pressed("talk.now", state=child(away=away, matter=matter())))
    assert result.state.away is False
    assert unprotected(result) == []


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("role", ["child", "parent"])
def test_the_wording_kept_with_the_question_is_the_one_this_person_is_shown(language: Any, role: Any) -> None:
    state = State(language=language, role=role, band="15-17", greeted=True, matter=matter())
    audience: Audience = "parent" if role == "parent" else "15-17"
    question = turn(pressed("talk.now", state=state)).state.question
    wording = our_content().wording("consent.conversation", audience, language)
    assert question == Question(kind="consent", item="conversation", wording=wording, asked=1)
    item = answered("yes", replace(asking(), language=language, role=role, band="15-17")).state.question
    wording = our_content().wording("consent.nickname", audience, language)
    assert item == Question(kind="consent", item="nickname", wording=wording, asked=1)


@pytest.mark.parametrize(("case", "choices"), [(None, YES_NO), (PASSED_ON, (*YES_NO[:2], "exit"))])
def test_a_picture_at_the_question_is_refused_and_the_question_stands(case: Any, choices: tuple[str, ...]) -> None:
    state = replace(asking(), contact=case)
    result = turn(happened(Attached(seq=50, kind="picture"), state=state))
    assert offers(result) == [("attachment.refused", choices)]
    assert unprotected(result) == []
    assert result.state.question == state.question


def test_a_sticker_is_asked_about_once_and_then_ends_the_question() -> None:
    first = turn(happened(Attached(seq=50, kind="sticker"), state=asking()))
    assert offers(first) == [("consent.again", YES_NO)]
    assert spoken(turn(happened(Attached(seq=51, kind="sticker"), state=first.state))) == ["consent.lapsed"]


@pytest.mark.parametrize(("item", "choices"), [("conversation", YES_NO), ("nickname", NICKNAME)])
def test_what_is_asked_beside_the_question_leaves_it_standing(item: str, choices: tuple[str, ...]) -> None:
    result = turn(pressed("receipts", state=asking(item)))
    assert offers(result)[-1] == (f"consent.{item}", choices)
    for question in (None, Question(kind="withdraw")):
        other = turn(pressed("receipts", state=replace(asking(item), question=question)))
        assert "consent" not in "".join(spoken(other))


@pytest.mark.parametrize("choice", ["consent.conversation.yes", "consent.phone.no", "item.skip", "preview", "leave.1"])
def test_an_answer_to_a_question_that_is_not_open_is_told_so(choice: str) -> None:
    stale = turn(pressed(choice, state=child(question=Question(kind="withdraw"))))
    assert offers(stale) == [("consent.stale", BACK)]
    assert stale.state.question is None
    hidden = Contact(case_id="case", hidden=True)
    assert offers(turn(pressed(choice, state=child(contact=hidden)))) == [("consent.stale", BACK)]
    waiting = turn(pressed(choice, state=child(contact=Contact(case_id="case"), matter=matter("shared"))))
    assert offers(waiting) == [("waiting.nobody", WAIT)]
    again = turn(pressed("consent.phone.yes", state=asking()))
    assert offers(again) == [("consent.conversation", YES_NO)]


def test_passing_over_a_question_beside_a_lesson_is_no_stale_answer() -> None:
    state = child(flow=Flow(kind="whom", topic="scam", step=1))
    assert "consent.stale" not in spoken(turn(pressed("item.skip", state=state)))
    asked = replace(state, question=Question(kind="withdraw"))
    assert "consent.stale" in spoken(turn(pressed("item.skip", state=asked)))


def test_a_yes_without_anything_told_opens_nothing() -> None:
    result = answered("yes", replace(asking(), matter=None))
    assert offers(result) == [("consent.stale", BACK)]
    assert (result.state.question, of_kind(result, RecordConsent)) == (None, [])


# --- yes -----------------------------------------------------------------------------------------------------------


def test_a_yes_opens_the_case_says_so_and_asks_for_the_first_item() -> None:
    before = replace(asking(), matter=matter("asked", subject="other_child"))
    result = answered("yes", before)
    opened = OpenCase(
        urgency="high", harms=("physical_abuse",), subject="other_child", from_seq=3, consent_seq=50, left_out=()
    )
    assert list(result.effects[:2]) == [record("granted"), opened]
    assert offers(result) == [
        ("handover.done", AFTER_YES),
        ("waiting.nobody", WAIT),
        ("consent.nickname", NICKNAME),
    ]
    assert unprotected(result) == []
    assert of_kind(result, SetTimer) == WAITING_TIMERS
    assert (result.state.matter, result.state.contact) == (
        matter("shared", subject="other_child"),
        Contact(case_id=""),
    )
    assert result.state.refused == ()


def test_what_was_left_out_of_a_preview_is_not_shared_its_harms_neither_and_goes_in_half_an_hour() -> None:
    result = answered("yes", replace(asking(), matter=matter("asked", previewed=True, left_out=(4,))))
    [opened] = of_kind(result, OpenCase)
    assert (opened.harms, opened.left_out) == ((), (4,))
    assert CONTEXT_ENDS in of_kind(result, SetTimer)
    assert result.state.refused == (TOLD_SO_FAR,)
    seen = answered("yes", replace(asking(), matter=matter("asked", previewed=True)))
    assert of_kind(seen, OpenCase)[0].harms == ("physical_abuse",)
    assert seen.state.refused == (TOLD_SO_FAR,)


def test_a_yes_after_an_emergency_was_passed_on_is_added_to_that_case() -> None:
    result = answered("yes", asking_after_passing_on(left_out=(4,)))
    assert list(result.effects[:2]) == [record("granted", case_id="case"), AgreeCase(from_seq=3, left_out=(4,))]
    assert offers(result) == [
        ("handover.agreed", AFTER_YES),
        ("waiting.nobody", WAIT),
        ("consent.nickname", NICKNAME),
    ]
    assert unprotected(result) == []
    assert of_kind(result, SetTimer) == WAITING_TIMERS
    assert result.state.contact is not None
    assert (result.state.contact.way, result.state.contact.case_id) == ("talk", "case")
    assert (result.state.matter, result.state.refused) == (matter("shared", "emergency", left_out=(4,)), ())


def test_a_yes_while_the_counsellor_is_there_asks_for_nothing_more() -> None:
    case = replace(PASSED_ON, connected=True, name="Cô Lan")
    result = answered("yes", asking_after_passing_on(case, previewed=True))
    assert spoken(result)[0] == "handover.agreed"
    assert "consent.nickname" not in spoken(result)
    assert result.state.question is None
    assert of_kind(result, SetTimer) == [CONTEXT_ENDS]
    assert result.state.refused == (TOLD_SO_FAR,)


# --- no, and what is neither ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("asked", [1, 2])
def test_a_no_is_recorded_and_what_was_told_goes_in_half_an_hour(asked: int) -> None:
    result = answered("no", asking(asked=asked))
    assert list(result.effects[:2]) == [record("refused"), CONTEXT_ENDS]
    assert offers(result) == [("consent.refused", BACK)]
    assert unprotected(result) == []
    assert result.state.matter == matter("refused")
    assert (result.state.refused, result.state.offered, result.state.question) == ((TOLD_SO_FAR,), True, None)


def test_a_no_after_an_emergency_was_passed_on_keeps_the_case_and_tells_the_desk() -> None:
    earlier = Refused(from_seq=1, to_seq=2, due_at=NOW + timedelta(minutes=1))
    result = answered("no", replace(asking_after_passing_on(), refused=(earlier,)))
    assert list(result.effects[:3]) == [record("refused", case_id="case"), TellDesk(what="refused"), CONTEXT_ENDS]
    assert offers(result) == [("consent.refused_passed", BACK)]
    assert result.state.contact == replace(PASSED_ON, way="refused")
    assert result.state.refused == (earlier, TOLD_SO_FAR)


def test_two_unclear_answers_let_the_question_be_and_what_was_told_goes() -> None:
    first = turn(said("dạ", state=asking()))
    assert offers(first) == [("consent.again", YES_NO)]
    assert first.state.matter == matter("asked_again")
    assert first.state.question == replace(asking().question, asked=2)  # type: ignore[type-var]
    second = turn(said("dạ", state=first.state))
    assert offers(second) == [("consent.lapsed", BACK)]
    assert of_kind(second, SetTimer) == [CONTEXT_ENDS]
    assert second.state.matter == matter("lapsed")
    assert (second.state.refused, second.state.offered, second.state.question) == ((TOLD_SO_FAR,), True, None)
    assert unprotected(first) + unprotected(second) == []


def test_a_question_whose_matter_is_gone_is_refused_or_let_be_all_the_same() -> None:
    gone = replace(asking(), matter=None)
    again = turn(said("dạ", state=gone))
    lapsed = turn(said("dạ", state=again.state))
    refused = answered("no", gone)
    assert [spoken(result) for result in (again, lapsed, refused)] == [
        ["consent.again"],
        ["consent.lapsed"],
        ["consent.refused"],
    ]
    assert (lapsed.state.matter, lapsed.state.refused, refused.state.refused) == (None, (), ())


# --- the optional items --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["dạ", "đồng ý nhưng đừng gọi cho mẹ"])
def test_an_unclear_answer_to_an_item_is_asked_once_more_and_then_passed_over(text: str) -> None:
    first = turn(said(text, state=asking("nickname")))
    again = "consent.conditional" if "nhưng" in text else "consent.again"
    assert offers(first) == [(again, NICKNAME)]
    assert first.state.matter == matter("shared")
    assert kind_of_question(first) == "consent"
    second = turn(said(text, state=first.state))
    assert offers(second) == [("consent.area", AREA)]
    assert of_kind(second, RecordConsent) == []
    assert unprotected(first) + unprotected(second) == []


def test_other_words_while_an_item_is_asked_are_for_the_case() -> None:
    state = asking("nickname")
    result = turn(said("hôm qua bố em lại về nhà rất muộn và còn la lên nữa", state=state))
    assert spoken(result) == ["waiting.heard"]
    assert result.state.question == state.question
    conversation = turn(said("hôm qua bố em lại về nhà rất muộn và còn la lên nữa", state=asking()))
    assert spoken(conversation) == ["consent.again"]


@pytest.mark.parametrize("how", ["yes", "typed"])
def test_a_yes_to_an_item_is_recorded_with_its_wording_and_asks_what_it_is(how: str) -> None:
    state = asking("phone")
    result = turn(said("đồng ý", state=state) if how == "typed" else pressed("consent.phone.yes", state=state))
    granted = record("granted", item="phone", wording="consent.phone@1", case_id="case")
    assert of_kind(result, RecordConsent) == [granted]
    assert offers(result) == [("item.phone", ("item.skip", "exit"))]
    assert result.state.question == Question(kind="item", item="phone", wording="consent.phone@1")


def giving(item: str, *, connected: bool = False) -> State:
    """Return the state of a child that has agreed to an item and is asked what it is."""
    question = Question(kind="item", item=item, wording="w@1")
    return child(question=question, matter=matter("shared"), contact=Contact(case_id="case", connected=connected))


def test_the_last_item_ends_with_the_wait_and_every_word_of_it_is_protected() -> None:
    last = turn(said("0912345678", state=giving("phone")))
    assert of_kind(last, SetItem) == [SetItem(item="phone", value="0912345678")]
    assert offers(last) == [("item.done", WAIT)]
    assert unprotected(last) == []
    assert last.state.question is None
    first = turn(said("Na", state=giving("nickname")))
    assert list(first.effects[:1]) == [SetItem(item="nickname", value="Na")]
    assert offers(first) == [("consent.area", AREA)]


@pytest.mark.parametrize("item", ["nickname", "area", "phone"])
def test_a_second_thought_about_an_item_is_recorded_and_stores_nothing(item: str) -> None:
    result = turn(said("thôi không", state=giving(item)))
    assert of_kind(result, RecordConsent) == [record("withdrawn", item=item, wording="w@1", case_id="case")]
    assert of_kind(result, SetItem) == []
    assert result.state.question is None or result.state.question.item != item


def test_an_item_can_be_skipped_after_its_yes_and_another_button_is_stale() -> None:
    skipped = turn(pressed("item.skip", state=giving("nickname")))
    assert offers(skipped) == [("consent.area", AREA)]
    assert of_kind(skipped, SetItem) == []
    other = turn(pressed("consent.nickname.yes", state=giving("nickname")))
    assert of_kind(other, RecordConsent) == []
    assert offers(other) == [("waiting.nobody", WAIT)]


def test_what_is_no_phone_is_asked_for_again_and_may_still_be_skipped() -> None:
    state = giving("phone")
    result = turn(said("số của em là 12", state=state))
    assert offers(result) == [("item.phone_again", ("item.skip", "exit"))]
    assert result.state == replace(state, pace=result.state.pace)
    assert of_kind(turn(said("(091) 234-56.78", state=state)), SetItem) == [SetItem(item="phone", value="0912345678")]


def test_beside_a_talk_only_what_was_asked_for_is_asked() -> None:
    state = replace(asking("nickname"), contact=Contact(case_id="case", connected=True))
    result = turn(said("không", state=state))
    assert offers(result) == [("item.done", ("counsellor.end", "exit"))]
    refused = record("refused", item="nickname", wording="consent.nickname@1", case_id="case")
    assert of_kind(result, RecordConsent) == [refused]
    assert result.state.question is None
