"""Another counsellor and complaints in the pure turn: always possible, private, and a disclosure in one is heard."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings

from bot.effects import AskAnother, FileComplaint, RaiseCase, Say
from bot.events import Noticed
from bot.state import CONTEXT, Contact, Question, State
from bot.turn import turn
from tests.bot.moments import NOW, child, disclosure, happened, matter, of_kind, pressed, said, spoken, states

TALKING = Contact(case_id="case", connected=True, name="Cô Lan")
WAITING = Contact(case_id="case")
WORDS = "cô bảo em bịa chuyện"


def complaining(**more: object) -> State:
    return child(question=Question(kind="complaint"), **more)


# --- another counsellor ---


@pytest.mark.parametrize(
    ("contact", "words"), [(TALKING, "other.asked"), (WAITING, "other.waiting"), (None, "other.later")]
)
def test_another_counsellor_may_be_asked_for_at_any_time(contact: Contact | None, words: str) -> None:
    result = turn(pressed("counsellor.other", state=child(contact=contact)))
    assert spoken(result) == [words]
    assert len(of_kind(result, AskAnother)) == 1


def test_the_typed_words_do_the_same() -> None:
    assert spoken(turn(said("em muốn cô khác", state=child(contact=TALKING)))) == ["other.asked"]


def test_a_hidden_talk_is_shown_before_anything_about_it_is_said() -> None:
    result = turn(pressed("counsellor.other", state=child(contact=replace(TALKING, hidden=True))))
    assert of_kind(result, AskAnother) == []
    assert spoken(result) == ["contact.joined"]


def test_a_locked_talk_is_not_spoken_of() -> None:
    result = turn(pressed("counsellor.other", state=child(contact=TALKING, discreet_word="cam")))
    assert spoken(result) == ["discreet.locked"]


# --- complaints ---


@pytest.mark.parametrize("contact", [TALKING, WAITING, None])
def test_a_complaint_is_asked_for_taken_and_answered(contact: Contact | None) -> None:
    asked = turn(pressed("complain", state=child(contact=contact)))
    assert spoken(asked) == ["complaint.ask"]
    taken = turn(said(WORDS, state=asked.state))
    assert of_kind(taken, FileComplaint) == [FileComplaint(text=WORDS, urgency="none")]
    assert spoken(taken) == ["complaint.thanks"]
    assert taken.state.question is None
    assert asked.private
    assert taken.private


def test_what_follows_a_complaint_is_the_counsellors_again() -> None:
    taken = turn(said(WORDS, state=complaining(contact=TALKING)))
    following = turn(said("dạ cô", state=taken.state))
    assert not following.private
    assert spoken(following) == []


def test_it_can_be_dropped() -> None:
    result = turn(pressed("complaint.drop", state=complaining(contact=TALKING)))
    assert spoken(result) == ["complaint.dropped"]
    assert of_kind(result, FileComplaint) == []


def test_nothing_is_filed_of_a_quick_exit() -> None:
    result = turn(said("thoát", state=complaining()))
    assert spoken(result) == ["exit.done"]
    assert of_kind(result, FileComplaint) == []


def test_an_empty_message_is_no_complaint() -> None:
    result = turn(said("  ", state=complaining()))
    assert spoken(result) == ["complaint.ask"]


def test_a_disclosure_in_a_complaint_gets_the_protocol_and_the_receipt() -> None:
    result = turn(said("cô không giúp, tối nào bố cũng đánh em", disclosure("high"), state=complaining()))
    assert spoken(result) == ["disclosure.self"]
    assert of_kind(result, FileComplaint)[0].urgency == "high"
    (words,) = of_kind(result, Say)
    assert "111" in words.text
    assert "người phụ trách" in words.text
    assert {"safe.yes", "safe.no", "talk.now"} <= {choice.id for choice in words.choices}
    assert result.state.matter is not None
    assert len(words.text.split()) <= 90


def test_an_emergency_in_a_complaint_still_has_the_numbers_in_its_first_line() -> None:
    result = turn(said("bố đang đánh em", disclosure("emergency"), state=complaining()))
    assert "111" in of_kind(result, Say)[0].text.splitlines()[0]


@pytest.mark.parametrize("contact", [TALKING, WAITING])
def test_danger_in_a_complaint_raises_the_case_and_tells_the_counsellor_nothing_of_it(contact: Contact) -> None:
    state = complaining(contact=contact, matter=matter("shared", "moderate"))
    result = turn(said("bố đang đánh em, cô không tin", disclosure("emergency"), state=state))
    assert of_kind(result, RaiseCase) == [RaiseCase(urgency="emergency", harms=())]
    assert spoken(result) == ["complaint.danger"]
    assert result.private


# --- free words right after a talk ---


def test_a_talk_that_ended_leaves_free_words_to_be_read_as_a_wish_for_half_an_hour() -> None:
    closing = Noticed(seq=50, case_id="case", event="closed", name="Cô Lan")
    ended = turn(happened(closing, state=child(contact=TALKING))).state
    assert spoken(turn(said("cô ấy nói làm em buồn", state=ended))) == ["complaint.ask"]
    assert spoken(turn(said("em muốn nói chuyện với người khác", state=ended))) == ["other.later"]
    later = said("cô ấy nói làm em buồn", state=ended, now=NOW + CONTEXT + timedelta(seconds=1))
    assert "complaint.ask" not in spoken(turn(later))


def test_without_a_talk_the_same_words_are_about_somebody_else() -> None:
    assert "complaint.ask" not in spoken(turn(said("cô ấy nói làm em buồn", state=child())))


def test_a_disclosure_right_after_a_talk_is_heard_as_one() -> None:
    state = child(talked_until=NOW)
    assert spoken(turn(said("cô ấy làm em sợ, cô đánh em", disclosure(), state=state))) == ["disclosure.self"]


@settings(max_examples=150, deadline=None)
@given(state=states)
def test_every_complaint_is_filed_once_and_in_private(state: State) -> None:
    asked = replace(state, question=Question(kind="complaint"))
    result = turn(said(WORDS, state=asked))
    assert len(of_kind(result, FileComplaint)) == 1
    assert result.private
