"""Under `vital_interest` an emergency reaches 111 in the turn that hears it, and the child is told so in that reply."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.effects import AgreeCase, OpenCase, RaiseCase, RecordConsent, Say, TellDesk, WithdrawCase
from bot.events import Rang
from bot.moment import Turn
from bot.state import Contact, Question, Refused, State
from bot.turn import turn
from nlu.understanding import Understanding
from tests.bot.moments import (
    NOTHING,
    NOW,
    asking,
    child,
    disclosure,
    happened,
    matter,
    of_kind,
    our_content,
    pressed,
    said,
    spoken,
    states,
)

EMERGENCY = disclosure("emergency")
AUDIENCES = ("6-10", "11-14", "15-17", None)


def told(text: str = "ba cầm dao", heard: Understanding = EMERGENCY, state: State | None = None) -> Turn:
    return turn(said(text, heard, state=state, vital_interest=True))


def passed_on(way: str = "passed_on", **more: object) -> State:
    """Return the state of a child whose emergency was passed on."""
    given: dict[str, object] = {"matter": matter("told", "emergency"), "question": Question(kind="safe")} | more
    return child(contact=Contact(case_id="case", way=way, vital=True), **given)  # type: ignore[arg-type]


def words_of(result: Turn) -> int:
    return sum(len(effect.text.split()) for effect in result.effects if isinstance(effect, Say))


@pytest.mark.parametrize("band", AUDIENCES)
@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("harm", ["physical_abuse", "self_harm"])
@pytest.mark.parametrize("subject", ["self", "other_child", "own_child"])
def test_a_first_message_is_passed_on_and_told_within_the_limit(
    band: str | None, language: str, harm: str, subject: str
) -> None:
    state = State(band=band, language=language)  # type: ignore[arg-type]
    greeted = State(band=band, language=language, greeted=True)  # type: ignore[arg-type]
    for before in (state, greeted):
        result = told(heard=disclosure("emergency", harm, subject=subject), state=before)
        [opened] = of_kind(result, OpenCase)
        assert (opened.basis, opened.consent_seq, opened.from_seq) == ("vital_interest", None, 50)
        [reply] = of_kind(result, Say)
        assert reply.text.startswith("111")
        assert reply.message_id.endswith("_passed")
        assert "safe.no" in [choice.id for choice in reply.choices]
        assert words_of(result) <= (60 if band in {"6-10", None} and subject != "own_child" else 90)
        assert result.state.passed_on


def test_without_the_policy_nothing_is_passed_on() -> None:
    result = turn(said("ba cầm dao", EMERGENCY))
    assert of_kind(result, OpenCase) == []
    assert result.state.contact is None


@pytest.mark.parametrize("urgency", ["moderate", "high"])
def test_what_is_no_emergency_waits_for_a_yes(urgency: str) -> None:
    assert of_kind(told(heard=disclosure(urgency)), OpenCase) == []


def test_not_being_safe_passes_it_on() -> None:
    state = child(matter=matter("told", "high"), question=Question(kind="safe"))
    result = turn(pressed("safe.no", state=state, vital_interest=True))
    assert spoken(result) == ["disclosure.unsafe_passed"]
    assert of_kind(result, OpenCase)[0].from_seq == 3


def test_an_emergency_told_later_passes_on_the_whole_disclosure() -> None:
    result = told(state=child(matter=matter("told", "high"), question=Question(kind="safe")))
    assert of_kind(result, OpenCase)[0].from_seq == 3


def test_what_was_refused_before_is_not_passed_on_with_a_new_emergency() -> None:
    refused = (Refused(from_seq=3, to_seq=20, due_at=NOW),)
    result = told(state=child(matter=matter("refused", "high"), refused=refused))
    assert of_kind(result, OpenCase)[0].from_seq == 21


def test_a_no_in_the_same_breath_is_honoured_for_all_but_the_danger() -> None:
    result = told("không đồng ý, ba cầm dao", state=asking())
    assert [record.decision for record in of_kind(result, RecordConsent)] == ["refused"]
    [opened] = of_kind(result, OpenCase)
    assert opened.from_seq == 50
    assert spoken(result) == ["consent.refused_passed"]
    assert not result.state.shares


def test_an_emergency_that_is_only_remembered_is_not_passed_on() -> None:
    old = child(matter=matter("refused", "emergency"))
    for result in (
        turn(pressed("menu", state=old, vital_interest=True)),
        turn(said("bài học nào cũng được", NOTHING, state=old, vital_interest=True)),
        turn(happened(Rang(seq=50, name="context"), state=old, vital_interest=True)),
    ):
        assert of_kind(result, OpenCase) == []


def test_a_yes_is_added_to_the_case_that_is_there() -> None:
    question = Question(kind="consent", item="conversation", wording="w")
    state = passed_on(matter=matter("asked", "emergency"), question=question)
    result = turn(pressed("consent.conversation.yes", state=state, vital_interest=True))
    assert of_kind(result, OpenCase) == []
    assert of_kind(result, AgreeCase) == [AgreeCase(from_seq=3)]
    assert of_kind(result, RecordConsent)[0].case_id == "case"
    assert result.state.open_contact is not None
    assert spoken(result)[0] == "handover.agreed"


def test_the_question_names_words_that_know_of_the_case() -> None:
    result = turn(pressed("talk.now", state=passed_on(), vital_interest=True))
    assert spoken(result) == ["consent.explain_passed", "consent.conversation_passed"]
    assert result.state.question is not None
    assert result.state.question.wording == our_content().wording("consent.conversation_passed", "11-14")


def test_a_no_stops_what_comes_after_it_and_is_told_truthfully() -> None:
    question = Question(kind="consent", item="conversation", wording="w")
    state = passed_on(matter=matter("asked", "emergency"), question=question)
    result = turn(pressed("consent.conversation.no", state=state, vital_interest=True))
    assert spoken(result) == ["consent.refused_passed"]
    assert of_kind(result, TellDesk) == [TellDesk(what="refused")]
    after = turn(said("em kể thêm", disclosure("high"), state=result.state, vital_interest=True))
    assert not after.state.shares
    assert of_kind(after, RaiseCase) == []


def test_a_new_emergency_after_a_no_is_heard_again() -> None:
    result = told(state=passed_on("refused", matter=matter("refused", "emergency"), question=None))
    assert result.state.shares
    assert of_kind(result, RaiseCase) != []
    assert of_kind(result, TellDesk) == [TellDesk(what="danger")]
    assert spoken(result) == ["disclosure.emergency_passed"]


def test_after_another_subject_nothing_more_is_shared() -> None:
    away = turn(pressed("learn", state=passed_on(), vital_interest=True))
    assert not away.state.shares
    assert told(state=away.state).state.shares


def test_taking_back_leaves_the_case_and_ends_the_sharing() -> None:
    state = passed_on(question=Question(kind="withdraw"))
    result = turn(pressed("withdraw.confirm", state=state, vital_interest=True))
    assert of_kind(result, WithdrawCase) == [WithdrawCase(case_id="case")]
    assert of_kind(result, RecordConsent)[0].decision == "refused"
    assert spoken(result) == ["withdraw.done_passed"]
    assert result.state.passed_on
    assert not result.state.shares


def test_everybody_is_told_beforehand() -> None:
    assert spoken(turn(said("chào", vital_interest=True))) == ["onboarding.notice_vital"]
    assert spoken(turn(pressed("privacy", state=child(), vital_interest=True))) == ["privacy.notice_vital"]


def test_what_was_passed_on_is_not_previewed_any_more() -> None:
    asked = passed_on(matter=matter("asked", urgency="emergency"), question=asking().question)
    result = turn(pressed("preview", state=asked, vital_interest=True))
    assert not result.private
    assert [choice.id for say in of_kind(result, Say) for choice in say.choices][:2] == [
        "consent.conversation.yes",
        "consent.conversation.no",
    ]
    assert "preview" not in [choice.id for say in of_kind(result, Say) for choice in say.choices]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # drawing a whole state takes a while
@given(state=states, text=st.sampled_from(["ba cầm dao", "không", "có"]))
def test_no_way_to_an_emergency_misses_it(state: State, text: str) -> None:
    before = replace(state, refused=())
    result = told(text, state=before)
    after = result.state
    heard = after.matter is not None and after.matter.urgency == "emergency" and before.open_case is None
    if heard and after.matter is not None and after.matter != before.matter:
        assert after.open_case is not None
        assert of_kind(result, OpenCase) != []


@pytest.mark.parametrize("text", ["/thoat", "thoát", "exit"])
@pytest.mark.parametrize("state", [passed_on(), passed_on("refused"), passed_on(question=None), child()])
def test_a_quick_exit_says_nothing_of_what_was_passed_on_whatever_was_heard_in_it(text: str, state: State) -> None:
    result = told(text, state=state)
    assert spoken(result) == ["exit.done"]
    assert of_kind(result, OpenCase) == []
