"""The follow-up's flow: agreed only by a clear answer, shown only where it is safe, ended at a word."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.effects import CancelTimer, Effect, Say, SetTimer, StepFollowUp
from bot.events import Noticed, Rang
from bot.flows import followup
from bot.follow_up import PATIENCE, RETRY, TIMER, FollowUp
from bot.moment import Moment, Turn
from bot.playback import Player
from bot.state import Aside, Contact, Question, State
from bot.turn import turn
from tests.bot.moments import child, disclosure, happened, of_kind, pressed, said, spoken, states

DUE = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)  # 19:30 in Việt Nam
ASKED = FollowUp(case_id="case", stage="asked")
AGREED = FollowUp(case_id="case", stage="agreed", due_at=DUE)
HELD = replace(AGREED, stage="held")
UNCLEAR = (
    "dạ",
    "ok",
    "ừ",
    "tùy cô",
    "khi nào cũng được",
    "🙂",
    "mai cũng được",
    "em không biết",
    "chắc tối mai",
    "đồng ý",
)


def asking(item: str = "day", *, asked: int = 1, **more: Any) -> State:
    question = Question(kind="follow_up", item=item, asked=asked)
    return child(question=question, follow_up=more.pop("follow_up", ASKED), **more)


def rung(state: State, *, late: timedelta = timedelta(), person: str = "child") -> Turn:
    return turn(happened(Rang(seq=50, name=f"{TIMER}{person}"), state=state, now=DUE + late))


def steps(result: Turn) -> list[str]:
    return [effect.event for effect in of_kind(result, StepFollowUp)]


def closed(state: State, *, follow_up: bool = True) -> Moment:
    return happened(Noticed(seq=50, case_id="case", event="closed", name="Cô Lan", follow_up=follow_up), state=state)


# --- asking and agreeing -------------------------------------------------------------------------------------------


def test_who_sees_the_talk_end_is_asked_behind_the_words() -> None:
    result = turn(closed(child(contact=Contact(case_id="case", connected=True))))
    assert spoken(result) == ["contact.closed", "followup.ask"]
    assert result.state.follow_up == ASKED
    assert steps(result) == []


def test_without_a_proposal_nobody_is_asked() -> None:
    result = turn(closed(child(contact=Contact(case_id="case", connected=True)), follow_up=False))
    assert spoken(result) == ["contact.closed"]


@pytest.mark.parametrize(
    "state",
    [
        child(contact=Contact(case_id="case", connected=True, hidden=True)),
        child(contact=Contact(case_id="case", connected=True), discreet_word="xoai"),
        child(contact=Contact(case_id="case", way="refused")),
        child(aside=Aside(role="parent", contact=Contact(case_id="case"))),
    ],
)
def test_who_does_not_see_it_end_is_not_asked(state: State) -> None:
    result = turn(closed(state))
    assert "followup.ask" not in spoken(result)
    assert result.state.follow_up is None


def test_what_was_agreed_before_stands_and_is_not_asked_again() -> None:
    result = turn(closed(child(contact=Contact(case_id="case", connected=True), follow_up=AGREED)))
    assert spoken(result) == ["contact.closed"]
    assert result.state.follow_up == AGREED


def test_a_message_that_is_still_held_gives_way_to_a_new_question() -> None:
    result = turn(
        closed(child(contact=Contact(case_id="case", connected=True), follow_up=replace(HELD, case_id="old")))
    )
    assert spoken(result) == ["contact.closed", "followup.ask"]
    assert of_kind(result, StepFollowUp) == [StepFollowUp(case_id="old", event="take_back")]
    assert result.state.follow_up == ASKED


@pytest.mark.parametrize("text", UNCLEAR)
def test_an_unclear_answer_is_asked_again_once_and_then_agrees_to_nothing(text: str) -> None:
    again = turn(said(text, state=asking()))
    assert spoken(again) == ["followup.again"]
    ended = turn(said(text, state=again.state))
    assert spoken(ended) == ["followup.none"]
    assert (steps(again), steps(ended)) == ([], [])
    assert ended.state.follow_up is None


@settings(max_examples=150)
@given(state=states, text=st.sampled_from([*UNCLEAR, "không", "chào bạn", "danh mục"]))
def test_nothing_but_a_time_ever_agrees(state: State, text: str) -> None:
    assert "agree" not in steps(turn(said(text, state=state)))


@settings(max_examples=150)
@given(state=states, choice=st.sampled_from(["followup.day.1", "followup.part.evening"]))
def test_a_time_agrees_only_as_the_answer_to_the_question_now_open(state: State, choice: str) -> None:
    question = state.question
    if "agree" in steps(turn(pressed(choice, state=state))):
        assert question is not None
        assert (question.kind, question.item) in {("follow_up", "day"), ("follow_up", "part")}


@pytest.mark.parametrize(
    ("choice", "day", "part"), [("followup.day.7", 7, None), ("followup.part.evening", 0, "evening")]
)
def test_a_day_and_a_part_may_be_named_in_either_order(choice: str, day: int, part: Any) -> None:
    result = turn(pressed(choice, state=asking()))
    assert result.state.follow_up == replace(ASKED, day=day, part=part)
    rest = "followup.part.evening" if day else "followup.day.7"
    agreed = turn(pressed(rest, state=result.state))
    assert steps(agreed) == ["agree"]
    assert agreed.state.follow_up is not None
    assert agreed.state.follow_up.due_at == datetime(2026, 11, 29, 12, 30, tzinfo=UTC)
    (timer,) = of_kind(agreed, SetTimer)
    assert timer.name == f"{TIMER}child"


@pytest.mark.parametrize("text", ["không", "thôi ạ", "đừng", "đừng hỏi thăm", "no"])
def test_a_typed_no_refuses(text: str) -> None:
    result = turn(said(text, state=asking()))
    assert (steps(result), spoken(result)) == (["refuse"], ["followup.none"])
    assert result.state.question is None


def test_a_disclosure_in_the_answer_is_heard_first() -> None:
    result = turn(said("bố đang đánh em", disclosure("emergency"), state=asking()))
    assert result.state.matter is not None
    assert steps(result) == []


@pytest.mark.parametrize("text", ["mai", "tối", "ổn", "buồn lắm", "ngày mai"])
def test_unasked_the_words_of_an_answer_are_only_words(text: str) -> None:
    asked = child(question=Question(kind="consent", item="nickname", wording="x@1"), contact=Contact(case_id="case"))
    result = turn(said(text, state=asked))
    assert not any(message_id.startswith(("followup.", "consent.stale")) for message_id in spoken(result))


def test_a_refusal_of_another_question_is_never_taken_for_this_one() -> None:
    asked = child(question=Question(kind="consent", item="nickname", wording="x@1"), contact=Contact(case_id="case"))
    result = turn(said("đừng nhắn nữa", state=replace(asked, follow_up=AGREED)))
    assert result.state.follow_up == AGREED
    assert "followup.none" not in spoken(result)


# --- at its time ---------------------------------------------------------------------------------------------------


def test_it_is_one_message_and_then_it_is_over() -> None:
    result = rung(child(follow_up=AGREED))
    assert (spoken(result), steps(result)) == (["followup.how"], ["send"])
    assert result.state.follow_up is None
    assert rung(result.state).effects == ()


@settings(max_examples=400)
@given(state=states, late=st.timedeltas(timedelta(), timedelta(days=3)), person=st.sampled_from(["child", "parent"]))
def test_nothing_is_pushed_where_it_is_hidden(state: State, late: timedelta, person: str) -> None:
    result = rung(state, late=late, person=person)
    pushed = {effect.message_id for effect in of_kind(result, Say)}
    assert pushed <= {"followup.how", "discreet.neutral"}
    if "followup.how" in pushed:
        assert person == state.person
        assert not state.away
        assert not state.discreet_word
        assert state.contact is None or not state.contact.hidden


@pytest.mark.parametrize(
    "state",
    [
        child(follow_up=AGREED, away=True),
        child(follow_up=AGREED, contact=Contact(case_id="new", hidden=True)),
        State(role="parent", greeted=True, aside=Aside(role="child", follow_up=AGREED)),
    ],
)
def test_without_a_word_it_is_held_unannounced(state: State) -> None:
    result = rung(state)
    assert (spoken(result), steps(result)) == ([], ["hold"])


@pytest.mark.parametrize(
    "state",
    [
        child(follow_up=AGREED, discreet_word="xoai"),
        child(follow_up=AGREED, discreet_word="xoai", away=True),
        State(role="parent", greeted=True, aside=Aside(role="child", follow_up=AGREED, discreet_word="xoai")),
    ],
)
def test_with_a_word_the_neutral_line_comes_and_the_word_opens_it(state: State) -> None:
    held = rung(state)
    assert (spoken(held), steps(held)) == (["discreet.neutral"], ["hold"])
    opened = turn(said("Xoài", state=held.state))
    assert (spoken(opened), steps(opened)) == (["followup.how"], ["send"])
    assert opened.state.person == "child"
    assert not opened.state.away


@pytest.mark.parametrize("word", ["chuối", ""])
def test_another_word_opens_nothing(word: str) -> None:
    result = turn(said(word, state=child(follow_up=HELD, discreet_word="xoai")))
    assert "followup.how" not in spoken(result)
    assert result.state.follow_up == HELD


def test_it_waits_while_a_counsellor_is_there() -> None:
    result = rung(child(follow_up=AGREED, contact=Contact(case_id="new", connected=True)))
    assert result.effects == (SetTimer(name=f"{TIMER}child", after=RETRY),)


def test_it_waits_for_an_open_question_but_not_for_ever() -> None:
    state = child(follow_up=AGREED, question=Question(kind="delete"))
    assert spoken(rung(state)) == []
    assert spoken(rung(state, late=timedelta(minutes=20) + RETRY)) == []
    moved = replace(state, follow_up=replace(AGREED, due_at=DUE - PATIENCE))
    assert spoken(rung(moved)) == ["followup.how"]


def test_what_would_wait_into_the_night_comes_the_next_day() -> None:
    state = child(follow_up=AGREED, contact=Contact(case_id="new", connected=True))
    result = rung(state, late=timedelta(minutes=65))  # 20:35
    assert steps(result) == ["move"]
    assert result.state.follow_up == replace(AGREED, due_at=DUE + timedelta(days=1))


@pytest.mark.parametrize(("late", "comes"), [(0, True), (1, True), (3, False), (13, True), (23, True), (24, False)])
def test_after_a_stop_it_comes_by_day_within_a_day(late: int, comes: bool) -> None:
    result = rung(child(follow_up=AGREED), late=timedelta(hours=late))
    assert (spoken(result) == ["followup.how"]) is comes
    assert (steps(result) == ["move"]) is not comes


# --- its answers, and its end --------------------------------------------------------------------------------------


def test_not_fine_is_the_first_reply_of_the_protocol_and_opens_no_case() -> None:
    result = turn(pressed("followup.not_fine", state=asking("how", follow_up=None)))
    assert spoken(result) == ["followup.not_fine"]
    assert result.state.matter is not None
    assert (result.state.matter.urgency, result.state.question) == ("moderate", Question(kind="safe"))


def test_with_a_case_open_not_fine_returns_to_it() -> None:
    result = turn(pressed("followup.not_fine", state=child(contact=Contact(case_id="new"))))
    assert "followup.not_fine" not in spoken(result)
    assert spoken(result)[0].startswith("waiting.")


def test_free_words_are_thanked_for_and_nothing_more_is_asked() -> None:
    result = turn(said("hôm nay trời mưa to ghê", state=asking("how", follow_up=None)))
    assert spoken(result) == ["followup.heard"]
    assert result.state.question is None


ENDS: dict[str, State] = {
    "followup.no": child(follow_up=AGREED),
    "withdraw": child(follow_up=AGREED),
    "withdraw.confirm": child(follow_up=AGREED, contact=Contact(case_id="new"), question=Question(kind="withdraw")),
    "delete.confirm": child(follow_up=AGREED, question=Question(kind="delete")),
}


@pytest.mark.parametrize("choice", ENDS)
def test_taking_back_ends_it_at_once(choice: str) -> None:
    result = turn(pressed(choice, state=ENDS[choice]))
    assert result.state.follow_up is None
    assert [effect.name for effect in of_kind(result, CancelTimer) if effect.name.startswith(TIMER)] == [
        f"{TIMER}child"
    ]
    assert steps(result) == ["take_back"]


@pytest.mark.parametrize("choice", ["followup.no", "withdraw"])
def test_on_a_taken_phone_the_words_are_those_of_one_without_a_follow_up(choice: str) -> None:
    with_one = turn(pressed(choice, state=child(follow_up=AGREED, away=True)))
    without = turn(pressed(choice, state=child(away=True)))
    assert _said(with_one.effects) == _said(without.effects)
    assert steps(with_one) == ["take_back"]


def test_exit_keeps_an_agreement_and_drops_an_open_question() -> None:
    assert turn(pressed("exit", state=child(follow_up=AGREED))).state.follow_up == AGREED
    assert turn(pressed("exit", state=asking())).state.follow_up is None


def test_a_change_of_person_takes_the_agreement_along_and_brings_it_back() -> None:
    away = turn(pressed("role.parent", state=child(follow_up=AGREED))).state
    assert away.follow_up is None
    assert turn(pressed("role.child", state=away)).state.follow_up == AGREED


@settings(max_examples=100)
@given(state=states)
def test_no_means_no_in_every_state(state: State) -> None:
    result = turn(pressed(followup.NO, state=state))
    if result.state.follow_up is not None:
        assert state.contact is not None
        assert state.contact.connected
    assert "agree" not in steps(result)


def _said(effects: tuple[Effect, ...]) -> list[Say]:
    return [effect for effect in effects if isinstance(effect, Say)]


async def test_two_people_on_one_phone_have_one_each(person: Player) -> None:
    await person.wait_until(1, time(10))
    await _agree(person, "em học lớp 7", "em bị các bạn đánh ở trường hoài", "tối mai")
    await person.press("role.parent")
    await _agree(person, "chào bạn", "con tôi bị chồng tôi đánh suốt", "mai sau giờ học")
    assert [shown.message_id for shown in await person.wait_until(1, time(17, 1))] == ["followup.how"]
    assert await person.wait_until(0, time(19, 31)) == []
    await person.press("role.child")
    assert (await person.press("talk.now"))[0].message_id == "followup.held"


async def _agree(person: Player, hello: str, telling: str, when: str) -> None:
    await person.say(hello)
    await person.say(telling)
    await person.press("talk.now")
    await person.press("consent.conversation.yes")
    await person.take_next()
    await person.close(follow_up=True)
    assert [shown.message_id for shown in await person.say(when)] == ["followup.agreed"]
