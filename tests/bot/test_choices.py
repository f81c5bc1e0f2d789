"""Every choice id works at any time: it never breaks a turn, is always answered, and records nothing out of place."""

from dataclasses import replace

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.effects import EraseAll, OpenCase, RecordConsent, Say, SetItem, WithdrawCase
from bot.state import Contact, State
from bot.turn import turn
from content.library import CONTENT_FOLDER
from content.schema import AUDIENCES
from tests.bot.moments import child, matter, of_kind, our_content, pressed, states

CHOICES: list[str] = [
    entry["id"] for entry in yaml.safe_load((CONTENT_FOLDER / "vi" / "choices.yml").read_text(encoding="utf-8"))
]
# Ids without words of their own, and some that nobody offers.
OTHERS = [
    "answer.1",
    "answer.4",
    "answer.9",
    "answer.x",
    "answer.",
    "poll.1",
    "learn.no.such",
    "quiz.",
    "no.such",
    ".",
    "leave.1",
    "leave.x",
]
EVERY = [*CHOICES, *OTHERS]


@pytest.mark.parametrize("choice", EVERY)
@settings(max_examples=20)
@given(state=states)
def test_a_choice_never_breaks_a_turn_and_its_case_needs_a_yes(choice: str, state: State) -> None:
    result = turn(pressed(choice, state=state))
    if choice != "consent.conversation.yes":
        assert of_kind(result, OpenCase) == []
    assert of_kind(result, SetItem) == []
    if not choice.startswith(("consent.", "withdraw", "delete")):
        assert of_kind(result, RecordConsent) == []


@pytest.mark.parametrize("choice", EVERY)
@settings(max_examples=12)
@given(state=states)
def test_a_choice_is_always_answered_unless_a_counsellor_is_there(choice: str, state: State) -> None:
    contact = state.contact
    result = turn(pressed(choice, state=state))
    if contact is None or not contact.connected:
        assert of_kind(result, Say) != []


@settings(max_examples=200)
@given(state=states, choice=st.sampled_from(["withdraw.confirm", "delete.confirm"]))
def test_confirming_counts_only_as_the_answer_to_the_question_now_open(state: State, choice: str) -> None:
    kind = choice.split(".", maxsplit=1)[0]
    asked = state.question is not None and state.question.kind == kind
    result = turn(pressed(choice, state=state))
    if not asked:
        assert of_kind(result, WithdrawCase) + of_kind(result, EraseAll) == []


@pytest.mark.parametrize("choice", CHOICES)
@pytest.mark.parametrize("audience", AUDIENCES)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_button_has_words_for_everyone(choice: str, audience: str, language: str) -> None:
    assert our_content().label(choice, audience, language).strip()  # type: ignore[arg-type]


@pytest.mark.parametrize("choice", CHOICES)
def test_typing_a_buttons_words_does_what_the_button_does(choice: str) -> None:
    """A label that stands on two buttons names neither; every other one names its own."""
    content = our_content()
    label = content.label(choice, "11-14")
    alike = [other for other in CHOICES if content.label(other, "11-14").casefold() == label.casefold()]
    if alike == [choice]:
        assert content.choice_for(label) == choice


def test_a_hidden_contact_is_brought_back_by_asking_for_a_counsellor() -> None:
    state = child(contact=Contact(case_id="case", hidden=True), matter=matter("shared"))
    result = turn(pressed("talk.now", state=state))
    assert result.state.contact is not None
    assert not result.state.contact.hidden
    assert of_kind(result, OpenCase) == []


def test_an_unfinished_newcomer_is_asked_who_they_are_before_a_lesson() -> None:
    newcomer = replace(State(), greeted=True)
    result = turn(pressed("learn.scam", state=newcomer))
    assert result.state.wanted_topic == "scam"
    assert result.state.flow.kind == "role"
