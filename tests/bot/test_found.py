"""A typed question is answered with a card, and only where nothing graver was heard."""

from typing import Any

import pytest

from bot.flows import smalltalk
from bot.moment import Turn
from bot.state import Flow, State
from nlu.understanding import Understanding
from tests.bot.moments import child, disclosure, said, spoken

QUESTION = "acc ff của em bị hack"


def heard(intent: Any = "ask_advice") -> Understanding:
    return Understanding(intent=intent, confidence=0.9, topic="none", probability=0.0, decision="none")


def reply(text: str, intent: str = "ask_advice", state: State | None = None) -> Turn:
    answer = smalltalk.reply(said(text, heard(intent), state=state or child()))
    assert answer is not None
    return answer


@pytest.mark.parametrize("intent", ["ask_advice", "learn", "out_of_scope"])
def test_a_question_is_answered_with_a_card(intent: str) -> None:
    assert spoken(reply(QUESTION, intent)) == ["search.found"]


@pytest.mark.parametrize("intent", ["chitchat", "greet", "quiz"])
def test_other_intents_are_answered_as_before(intent: str) -> None:
    assert spoken(reply(QUESTION, intent)) != ["search.found"]


def test_nothing_is_shown_to_someone_unknown() -> None:
    assert spoken(reply(QUESTION, state=State(greeted=True))) != ["search.found"]


def test_nothing_is_shown_while_a_disclosure_is_in_the_context() -> None:
    moment = said(QUESTION, disclosure(), state=child())
    answer = smalltalk.reply(moment)
    assert answer is not None
    assert spoken(answer) != ["search.found"]


def test_a_question_of_other_things_is_answered_as_before() -> None:
    assert spoken(reply("real hay barca mạnh hơn", "out_of_scope")) == ["talk.unclear"]


def test_an_open_quiz_question_stays_open() -> None:
    quiz = Flow(kind="quiz", topic="scam", step=2)
    assert reply(QUESTION, state=child(flow=quiz)).state.flow == quiz


def test_next_goes_on_behind_the_card() -> None:
    flow = reply(QUESTION).state.flow
    assert (flow.kind, flow.step > 0) == ("lesson", True)
