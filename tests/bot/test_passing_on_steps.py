"""What exactly reaches 111 when an emergency is passed on, and what the person is told in the same reply."""

from dataclasses import replace
from typing import Any

import pytest

from bot.effects import OpenCase, RaiseCase, Reading, Say, TellDesk
from bot.events import Attached, Said
from bot.moment import Turn
from bot.state import Contact, HeldReply, Matter, Question, Refused, State
from bot.turn import turn
from nlu.understanding import Understanding
from tests.bot.moments import (
    NOTHING,
    NOW,
    asking,
    borderline,
    child,
    disclosure,
    happened,
    matter,
    of_kind,
    pressed,
    said,
    spoken,
)
from tests.bot.replies import BACK, FIRST, TALK, offers, unprotected

EMERGENCY = disclosure("emergency")
HELD = (HeldReply(seq=9, text="Cô đây", name="Cô Lan"),)


def told(text: str = "ba cầm dao", heard: Understanding = EMERGENCY, state: State | None = None) -> Turn:
    return turn(said(text, heard, state=state or child(), vital_interest=True))


def passed_on(way: Any = "passed_on", *, question: Question | None = None, **of_contact: Any) -> State:
    """Return the state of a child whose emergency is with 111, and who answers none of its questions now."""
    contact = Contact(case_id="case", way=way, vital=True, **of_contact)
    return child(matter=matter("told", "emergency"), question=question, contact=contact)


# --- the words -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("band", [None, "6-10", "11-14", "15-17"])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_child_that_is_hurting_another_is_told_what_was_passed_on_without_blame(band: Any, language: Any) -> None:
    result = told("con đánh em trai con chảy máu", state=State(band=band, language=language, greeted=True))
    assert offers(result) == [("disclosure.own_act_passed", FIRST)]
    [reply] = of_kind(result, Say)
    assert reply.text.startswith("111 · 113 · 115\n")
    assert len(reply.text.split()) <= (60 if band in {None, "6-10"} else 90)
    assert of_kind(result, OpenCase)[0].subject == "other_child"


@pytest.mark.parametrize(
    ("state", "text", "heard", "said_and_offered"),
    [
        (child(), "ba cầm dao", EMERGENCY, [("disclosure.emergency_passed", FIRST)]),
        (
            child(matter=matter("told", "emergency"), question=Question(kind="talk")),
            "em không muốn nói nữa ba lại cầm dao rồi",
            EMERGENCY,
            [("disclosure.more", FIRST), ("passed_on.told", ())],
        ),
        (asking(), "không đồng ý, ba cầm dao", EMERGENCY, [("consent.refused_passed", BACK)]),
    ],
)
def test_whatever_answers_an_emergency_it_is_told_once_what_was_passed_on(
    state: State, text: str, heard: Understanding, said_and_offered: list[Any]
) -> None:
    result = told(text, heard, state)
    assert offers(result) == said_and_offered
    assert unprotected(result) == []
    assert len(of_kind(result, OpenCase)) == 1


def test_not_safe_is_passed_on_with_its_own_words() -> None:
    state = child(matter=matter(), question=Question(kind="safe"))
    result = turn(pressed("safe.no", state=state, vital_interest=True))
    assert offers(result) == [("disclosure.unsafe_passed", TALK)]
    assert unprotected(result) == []


# --- what reaches 111 ----------------------------------------------------------------------------------------------


def test_the_case_holds_what_was_heard_and_has_the_danger_for_its_basis() -> None:
    result = told(heard=disclosure("emergency", "neglect", subject="other_child"))
    assert of_kind(result, OpenCase) == [
        OpenCase(
            urgency="emergency",
            harms=("neglect",),
            subject="other_child",
            from_seq=50,
            consent_seq=None,
            basis="vital_interest",
        )
    ]
    assert result.state.contact == Contact(case_id="", way="passed_on", vital=True)


def test_what_the_person_left_out_stays_out_and_its_harms_with_it() -> None:
    state = child(matter=matter("told", previewed=True, left_out=(4,)), question=Question(kind="safe"))
    [opened] = of_kind(told(state=state), OpenCase)
    assert (opened.left_out, opened.harms) == ((4,), ())


def test_replies_of_a_talk_that_has_ended_are_kept_for_the_child() -> None:
    ended = Contact(case_id="old", closed=True, hidden=True, held=HELD)
    assert told(state=child(contact=ended)).state.contact == Contact(case_id="", way="passed_on", vital=True, held=HELD)


@pytest.mark.parametrize(
    ("text", "way"),
    [("không đồng ý, ba cầm dao", "refused"), ("ba em đang cầm dao đuổi mẹ con em ngoài sân", "passed_on")],
)
def test_a_no_in_the_same_breath_leaves_the_rest_of_the_talk_with_the_child(text: str, way: str) -> None:
    contact = told(text, state=asking()).state.contact
    assert contact == Contact(case_id="", way=way, vital=True)  # type: ignore[arg-type]


def test_of_a_burst_with_a_no_in_it_the_whole_burst_is_passed_on_and_nothing_before_it() -> None:
    event = Said(seq=53, first_seq=51, text="không đồng ý, ba cầm dao")
    moment = happened(event, state=asking(), reading=Reading(alone=EMERGENCY, together=EMERGENCY), vital_interest=True)
    assert of_kind(turn(moment), OpenCase)[0].from_seq == 51


def test_refused_messages_of_long_ago_do_not_hide_what_follows_them() -> None:
    refused = (Refused(from_seq=3, to_seq=9, due_at=NOW), Refused(from_seq=12, to_seq=20, due_at=NOW))
    state = child(matter=matter("told", from_seq=10), question=Question(kind="safe"), refused=refused)
    assert of_kind(told(state=state), OpenCase)[0].from_seq == 21
    later = child(matter=matter("told", from_seq=30), question=Question(kind="safe"), refused=refused)
    assert of_kind(told(state=later), OpenCase)[0].from_seq == 30


# --- what counts as an emergency heard now -------------------------------------------------------------------------


def opens(result: Turn) -> bool:
    return of_kind(result, OpenCase) != []


def test_an_emergency_is_passed_on_when_it_is_told_though_it_was_known() -> None:
    known = child(matter=matter("told", "emergency"), question=Question(kind="safe"))
    assert opens(told(state=known))
    assert not opens(told(heard=disclosure("high"), state=known))
    assert not opens(told(heard=borderline("emergency"), state=known))
    assert not opens(told("ơ", NOTHING, known))


def test_an_emergency_that_was_only_hinted_at_is_passed_on_when_the_hint_is_owned_to() -> None:
    hinted = turn(said("bố đang đi lấy gậy", borderline("emergency"), state=child(), vital_interest=True))
    assert not opens(hinted)
    later = replace(pressed("about.me", state=hinted.state, vital_interest=True), now=NOW.replace(minute=5))
    assert opens(turn(later))


def test_a_matter_that_rises_to_an_emergency_is_passed_on_in_that_turn() -> None:
    state = child(matter=matter("told", "high"), question=Question(kind="safe"))
    assert opens(turn(pressed("safe.no", state=state, vital_interest=True)))
    begun = State(greeted=True)
    together = Reading(alone=NOTHING, together=EMERGENCY)
    assert opens(turn(replace(said("tối nay", state=begun, vital_interest=True), reading=together)))


def test_an_old_emergency_is_not_passed_on_by_a_talk_about_a_new_matter() -> None:
    old: Matter = matter("told", "emergency", opened_at=NOW.replace(day=1))
    result = turn(said("bố mắng em", disclosure("moderate"), state=child(matter=old), vital_interest=True))
    assert not opens(result)


def test_a_sticker_passes_nothing_on() -> None:
    state = child(matter=matter("told", "emergency"), question=Question(kind="safe"))
    result = turn(happened(Attached(seq=50, kind="sticker"), state=state, vital_interest=True))
    assert [type(effect) for effect in result.effects] == [Say]


# --- beside the case -----------------------------------------------------------------------------------------------


def test_more_of_the_disclosure_raises_the_case_and_chatter_does_not() -> None:
    state = passed_on(question=Question(kind="safe"))
    more = told("bố còn bỏ đói em", disclosure("high", "neglect"), state)
    assert of_kind(more, RaiseCase) == [RaiseCase(urgency="high", harms=("neglect",))]
    assert isinstance(more.effects[0], RaiseCase)
    for heard in (NOTHING, borderline()):
        assert of_kind(told("ơ", heard, state), RaiseCase) == []
    assert of_kind(turn(pressed("safe.yes", state=state, vital_interest=True)), RaiseCase) == []


@pytest.mark.parametrize("before", [passed_on("refused"), passed_on(hidden=True), passed_on()])
def test_a_new_emergency_after_a_no_or_an_exit_reaches_the_same_case(before: State) -> None:
    result = told(heard=disclosure("emergency", "neglect"), state=before)
    assert list(result.effects[:2]) == [
        RaiseCase(urgency="emergency", harms=("physical_abuse", "neglect")),
        TellDesk(what="danger"),
    ]
    assert spoken(result) == ["disclosure.emergency_passed"]
    assert unprotected(result) == []
    assert result.state.contact == Contact(case_id="case", way="passed_on", vital=True)
    assert result.state.shares


def test_a_counsellor_who_is_there_is_shown_with_the_new_emergency() -> None:
    before = passed_on(hidden=True, connected=True, name="Cô Lan", held=HELD)
    result = told(state=before)
    assert isinstance(result.effects[0], RaiseCase)
    assert [say.text for say in of_kind(result, Say)][-1] == "Cô đây"
    assert result.state.contact is not None
    assert (result.state.contact.way, result.state.contact.held) == ("talk", ())


def test_before_the_discreet_word_the_counsellor_stays_unseen_in_a_new_emergency() -> None:
    before = replace(passed_on(hidden=True, connected=True, held=HELD), discreet_word="xoai")
    result = told(state=before)
    assert spoken(result) == ["disclosure.emergency_passed"]
    assert result.state.contact is not None
    assert result.state.contact.held == HELD


def test_a_case_opened_by_a_yes_is_no_business_of_the_policy() -> None:
    waiting = child(matter=matter("shared"), contact=Contact(case_id="case"))
    result = told(state=waiting)
    assert spoken(result) == ["disclosure.emergency"]
    assert len(of_kind(result, RaiseCase)) == 1
    assert of_kind(result, TellDesk) == []
