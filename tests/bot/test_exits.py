"""What quick exit leaves of a conversation, to the last field, and what it erases and stops."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.effects import CancelTimer, ClearScreen, ForgetMessages, TellDesk
from bot.flows.waiting import WAITING_TIMERS
from bot.learning import Finished, Learning
from bot.moment import Turn
from bot.plan import Plan
from bot.state import Aside, Contact, Flow, Heard, HeldReply, Pace, Question, Refused, State
from bot.turn import turn
from tests.bot.moments import NOW, child, disclosure, matter, of_kind, our_content, pressed, said

SHOWN = Contact(
    case_id="case",
    connected=True,
    name="Cô Lan",
    held=(HeldReply(seq=9, text="Cô đây", name="Cô Lan"),),
    announced=True,
    unlocked_at=NOW,
)
LEARNED = Learning(audience="11-14", finished=(Finished(topic="scam", on=NOW.date()),), on=NOW.date())
EVERYTHING = State(
    language="en",
    role="child",
    band="11-14",
    greeted=True,
    wanted_topic="scam",
    flow=Flow(kind="quiz", topic="scam"),
    question=Question(kind="safe"),
    matter=matter(),
    hint=matter(),
    aside=Aside(role="parent", discreet_word="cam"),
    refused=(Refused(from_seq=1, to_seq=2, due_at=NOW),),
    heard=(Heard(seq=4, text="a", at=NOW, hint=True),),
    asked_about=("neglect",),
    pace=Pace(since=NOW, count=3),
    talked_until=NOW - timedelta(minutes=1),
    discreet_word="xoai",
    plan=Plan(on=NOW.date()),
    learned=(LEARNED,),
)


def left(state: State) -> Turn:
    return turn(pressed("exit", state=state))


def test_exit_keeps_who_it_is_and_what_was_learned_out_of_sight_and_nothing_else() -> None:
    assert left(EVERYTHING).state == State(
        language="en",
        role="child",
        band="11-14",
        greeted=True,
        aside=EVERYTHING.aside,
        offered=True,
        discreet_word="xoai",
        plan=Plan(on=NOW.date(), hidden=True),
        learned=(replace(LEARNED, hidden=True),),
        away=True,
    )


def test_exit_clears_the_screen_first_and_then_stops_and_erases() -> None:
    assert left(EVERYTHING).effects[:-1] == (
        ClearScreen(),
        *(CancelTimer(name=name) for name in WAITING_TIMERS),
        ForgetMessages(from_seq=3, to_seq=50),
        ForgetMessages(from_seq=1, to_seq=2),
    )


@pytest.mark.parametrize("connected", [True, False])
def test_an_agreed_case_stays_in_the_queue_out_of_sight_and_the_desk_is_told(connected: bool) -> None:
    contact = replace(SHOWN, connected=connected)
    result = left(child(matter=matter("shared"), contact=contact))
    assert result.state.contact == replace(contact, hidden=True, announced=False, unlocked_at=None)
    assert result.state.matter == matter("shared")
    assert of_kind(result, TellDesk) == [TellDesk(what="exited")]
    assert of_kind(result, ForgetMessages) == []


def test_of_a_case_that_has_ended_the_desk_is_told_nothing() -> None:
    result = left(child(contact=replace(SHOWN, closed=True)))
    assert of_kind(result, TellDesk) == []
    assert result.state.contact is not None


def test_what_followed_an_emergency_that_was_passed_on_goes_at_once() -> None:
    passed = Contact(case_id="case", way="passed_on", vital=True)
    result = left(child(matter=matter("told", "emergency"), contact=passed))
    assert of_kind(result, ForgetMessages) == [ForgetMessages(from_seq=3, to_seq=50)]
    assert result.state.matter == matter("told", "emergency")


@pytest.mark.parametrize(
    ("before", "offered"),
    [({}, False), ({"offered": True}, True), ({"matter": matter()}, True)],
)
def test_that_help_was_offered_is_remembered_without_a_word_of_it(before: dict[str, Any], offered: bool) -> None:
    assert left(child(**before)).state.offered is offered


def test_what_is_shown_after_exit_is_harmless() -> None:
    result = left(child())
    assert result.effects[-1].message_id == "exit.done"  # type: ignore[union-attr]
    assert "111" not in our_content().say("exit.done", "11-14")


def test_only_exit_exits() -> None:
    assert of_kind(turn(said("bố đánh em", disclosure(), state=child())), ClearScreen) == []
    assert of_kind(turn(pressed("menu", state=child())), ClearScreen) == []
