"""The order of precedence, the notice in the first reply, and what a turn may never do; on hand-made moments."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.effects import ClearScreen, ForgetMessages, OpenCase, RaiseCase, RecordConsent, Say, SetItem, TellDesk
from bot.events import Attached, Noticed, Rang
from bot.flows.waiting import WAITING_TIMERS
from bot.moment import Moment
from bot.state import Contact, Flow, Matter, Question, State
from bot.turn import turn
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
    our_content,
    pressed,
    said,
    spoken,
    states,
)

IN_A_QUIZ = Flow(kind="quiz", topic=our_content().topics[0])
TALKING = child(contact=Contact(case_id="case", connected=True, name="Cô Lan"), matter=matter("shared"))
WAITING = child(contact=Contact(case_id="case"), matter=matter("shared"))
readings = st.sampled_from([NOTHING, borderline(), disclosure(), disclosure("emergency", "self_harm")])
words = st.sampled_from(["", "có", "không", "dạ", "đồng ý", "em sợ", "2", "học bài", "xoai", "😀", "bài học thôi"])


# --- precedence ----------------------------------------------------------------------------------------------------


@given(state=states, heard=readings, how=st.sampled_from(["exit", "/thoat", "thoát"]))
def test_quick_exit_wins_over_everything(state: State, heard: Any, how: str) -> None:
    moment = pressed("exit", state=state) if how == "exit" else said(how, heard, state=state)
    result = turn(moment)
    assert of_kind(result, ClearScreen) != []
    assert spoken(result) == ["exit.done"]
    assert result.state.question is None
    assert result.state.flow.kind == "idle"
    assert result.state.heard == ()
    if state.contact is not None:
        assert result.state.contact is not None
        assert result.state.contact.hidden
    assert [effect for effect in result.effects if isinstance(effect, OpenCase | RecordConsent)] == []


def test_exit_forgets_what_no_case_came_of_and_keeps_an_agreed_case() -> None:
    alone = turn(pressed("exit", state=child(matter=matter("asked"))))
    assert [effect.from_seq for effect in of_kind(alone, ForgetMessages)] == [3]
    assert alone.state.matter is None
    agreed = turn(pressed("exit", state=WAITING))
    assert of_kind(agreed, ForgetMessages) == []
    assert [effect.what for effect in of_kind(agreed, TellDesk)] == ["exited"]
    assert agreed.state.matter == WAITING.matter


@given(text=words, heard=readings, flow=st.sampled_from([Flow(), IN_A_QUIZ]))
def test_the_bot_is_silent_while_a_counsellor_is_there_and_only_raises(text: str, heard: Any, flow: Flow) -> None:
    result = turn(said(text, heard, state=replace(TALKING, flow=flow)))
    assert spoken(result) == []
    assert len(of_kind(result, RaiseCase)) == (heard.decision == "disclosure")


@pytest.mark.parametrize("choice", ["menu", "learn", "safe.no", "talk.now", "consent.conversation.yes", "next"])
def test_buttons_of_before_say_nothing_while_a_counsellor_is_there(choice: str) -> None:
    result = turn(pressed(choice, state=TALKING))
    assert spoken(result) == []
    assert of_kind(result, RecordConsent) == []


@pytest.mark.parametrize("choice", ["withdraw", "delete", "discreet.on"])
def test_a_childs_rights_hold_while_a_counsellor_is_there(choice: str) -> None:
    assert spoken(turn(pressed(choice, state=TALKING))) != []


@pytest.mark.parametrize(
    "state",
    [
        child(flow=IN_A_QUIZ),
        child(),
        State(),
        State(flow=Flow(kind="band"), greeted=True),
        child(question=Question(kind="delete")),
        child(question=Question(kind="word")),
    ],
)
@pytest.mark.parametrize("urgency", ["moderate", "high", "emergency"])
def test_a_disclosure_wins_over_flow_onboarding_and_other_questions(state: State, urgency: str) -> None:
    result = turn(said("bố đánh em", disclosure(urgency), state=state))
    assert spoken(result)[0].startswith("disclosure.")
    assert result.state.matter is not None
    assert result.state.matter.urgency == urgency
    assert result.state.question == Question(kind="safe")
    assert result.state.flow == Flow()


def test_an_emergency_at_the_consent_question_gives_the_numbers_and_keeps_the_question_open() -> None:
    state = asking()
    result = turn(said("em muốn chết", disclosure("emergency", "self_harm"), state=state))
    (first,) = of_kind(result, Say)
    assert first.text.splitlines()[0].startswith("111")
    assert result.state.question == state.question
    assert "consent.conversation.yes" in [choice.id for choice in first.choices]
    assert of_kind(result, RecordConsent) == []


def test_an_open_consent_question_wins_over_the_flow() -> None:
    state = replace(asking(), flow=IN_A_QUIZ)
    assert spoken(turn(said("2", state=state))) == ["consent.again"]


def test_the_flow_wins_over_the_intent() -> None:
    asks_for_the_menu = replace(NOTHING, intent="menu")
    result = turn(said("2", asks_for_the_menu, state=child(flow=IN_A_QUIZ)))
    assert spoken(result)[0] in {"quiz.right", "quiz.wrong"}


@pytest.mark.parametrize("told", ["alone", "together"])
def test_a_disclosure_is_heard_alone_or_only_together_with_what_came_before(told: str) -> None:
    moment = said("tối nào cũng vậy", NOTHING, state=child())
    assert moment.reading is not None
    reading = replace(moment.reading, **{told: disclosure()})
    assert turn(replace(moment, reading=reading)).state.matter is not None


# --- inside a disclosure -------------------------------------------------------------------------------------------


@given(state=states, urgency=st.sampled_from(["moderate", "high", "emergency"]))
def test_urgency_only_rises_inside_an_open_matter(state: State, urgency: str) -> None:
    order = ["none", "moderate", "high", "emergency"]
    before = state.matter
    if before is None or NOW - before.opened_at >= timedelta(days=7):
        return
    after = turn(said("lại nữa", disclosure(urgency), state=replace(state, aside=None))).state.matter
    if after is not None and after.from_seq == before.from_seq:
        assert order.index(after.urgency) >= order.index(before.urgency)


@pytest.mark.parametrize("question", ["safe", "talk"])
def test_a_further_message_deepens_and_keeps_a_question_open(question: Any) -> None:
    state = child(matter=matter(urgency="moderate"), question=Question(kind=question))
    result = turn(said("bố còn đốt sách của em", disclosure("high", "emotional_abuse"), state=state))
    assert result.state.matter is not None
    assert result.state.matter.harms == ("physical_abuse", "emotional_abuse")
    assert result.state.matter.urgency == "high"
    assert result.state.question is not None


@pytest.mark.parametrize("question", ["safe", "talk", None])
def test_danger_now_while_a_question_is_open_gives_the_numbers_first(question: Any) -> None:
    asked = Question(kind=question) if question else None
    told = child(matter=matter(urgency="high"), question=asked)
    result = turn(said("bố đang cầm gậy đứng ngoài cửa", disclosure("emergency"), state=told))
    assert of_kind(result, Say)[0].text.startswith("111 · 113\n")


@pytest.mark.parametrize("question", ["safe", "talk", None])
def test_an_idiom_of_dying_after_a_disclosure_is_heard_as_a_wish_to_die(question: Any) -> None:
    asked = Question(kind=question) if question else None
    told = child(matter=matter(urgency="emergency", harms=("sexual_extortion",)), question=asked)
    result = turn(said("mún chết wa", NOTHING, state=told))
    assert result.state.matter is not None
    assert result.state.matter.harms == ("sexual_extortion", "self_harm")
    assert of_kind(result, Say)[0].text.startswith("111 · 113 · 115\n")


def test_an_idiom_of_dying_is_no_disclosure_where_nothing_was_told() -> None:
    assert turn(said("mún chết wa", NOTHING, state=child())).state.matter is None


@pytest.mark.parametrize("state", [child(), child(matter=matter()), child(matter=matter("refused")), State()])
def test_not_safe_makes_any_disclosure_an_emergency(state: State) -> None:
    result = turn(pressed("safe.no", state=state))
    assert result.state.matter is not None
    assert result.state.matter.urgency == "emergency"
    assert of_kind(result, Say)[0].text.startswith("111")


def test_one_hint_is_asked_about_once() -> None:
    first = turn(said("bố em hay say", borderline(), state=child()))
    assert spoken(first) == ["about.ask"]
    again = turn(said("bố em hay say", borderline(), state=first.state))
    assert "about.ask" not in spoken(again)


def test_a_hint_of_danger_now_gives_the_numbers_first_even_after_a_milder_one_of_the_same_kind() -> None:
    mild = turn(said("bố em hay say", borderline(), state=child()))
    again = turn(said("bố đang đi lấy gậy", borderline("emergency"), state=mild.state))
    assert spoken(again) == ["about.urgent"]
    assert of_kind(again, Say)[0].text.startswith("111 · 113\n")
    assert "about.urgent" not in spoken(turn(said("bố đang đi lấy gậy", borderline("emergency"), state=again.state)))


def test_a_milder_hint_does_not_lower_one_not_yet_answered() -> None:
    grave = turn(said("bố đang đi lấy gậy", borderline("emergency"), state=child()))
    mild = turn(said("em đói", borderline("moderate", "neglect"), state=grave.state))
    owned = turn(pressed("about.me", state=mild.state)).state.matter
    assert owned is not None
    assert owned.urgency == "emergency"
    assert owned.harms == ("physical_abuse", "neglect")


@pytest.mark.parametrize("state", [child(), State(), State(role="parent")])
def test_the_gentle_question_carries_111(state: State) -> None:
    assert "111" in of_kind(turn(said("bố em hay say", borderline(), state=state)), Say)[0].text


@pytest.mark.parametrize("choice", ["about.me", "about.friend", "about.silent"])
def test_a_hint_owned_up_to_is_a_disclosure_of_at_least_moderate_urgency(choice: str) -> None:
    hinted = turn(said("bố em hay say", borderline(), state=child())).state
    result = turn(pressed(choice, state=hinted))
    assert result.state.matter is not None
    assert result.state.matter.urgency == "moderate"
    assert result.state.matter.subject == ("other_child" if choice == "about.friend" else "self")
    assert "111" in of_kind(result, Say)[0].text


def test_only_a_lesson_goes_back_with_111_in_the_reply() -> None:
    hinted = turn(said("bố em hay say", borderline(), state=child())).state
    result = turn(pressed("about.lesson", state=hinted))
    assert result.state.matter is None
    assert "111" in of_kind(result, Say)[0].text


# --- the notice ----------------------------------------------------------------------------------------------------


@given(
    text=words,
    heard=readings,
    choice=st.sampled_from([None, "menu", "learn", "safe.no", "talk.now", "role.child", "about.me", "no.such"]),
)
def test_the_first_reply_of_a_conversation_says_that_it_is_a_program(text: str, heard: Any, choice: str | None) -> None:
    moment = said(text, heard) if choice is None else pressed(choice)
    result = turn(moment)
    if not spoken(result) or spoken(result) == ["exit.done"]:
        return
    assert result.state.greeted
    assert "chương trình" in "\n".join(effect.text for effect in of_kind(result, Say)).casefold()


@given(state=states, text=words, heard=readings)
def test_the_notice_is_not_said_twice(state: State, text: str, heard: Any) -> None:
    greeted = replace(state, greeted=True, flow=Flow())
    short = our_content().say("notice.short", "11-14").strip()
    assert not [effect for effect in of_kind(turn(said(text, heard, state=greeted)), Say) if short in effect.text]


# --- what can never happen, from any state -------------------------------------------------------------------------

events = st.one_of(
    st.builds(lambda text, heard: ("said", text, heard), words | st.text(max_size=30), readings),
    st.builds(lambda kind: ("attached", kind, None), st.sampled_from(["picture", "voice", "file", "sticker"])),
    st.builds(lambda name: ("rang", name, None), st.sampled_from([*WAITING_TIMERS, "context", "no.such.timer"])),
    st.builds(
        lambda event, case: ("noticed", event, case),
        st.sampled_from(["joined", "said", "released", "silent", "closed"]),
        st.sampled_from(["case", "another"]),
    ),
)


def moment_of(state: State, what: tuple[str, Any, Any]) -> Moment:
    kind, value, more = what
    match kind:
        case "said":
            return said(value, more, state=state)
        case "attached":
            return happened(Attached(seq=50, kind=value), state=state)
        case "rang":
            return happened(Rang(seq=50, name=value), state=state)
        case _:
            noticed = Noticed(seq=50, case_id=more, event=value, name="Cô Lan", text="Cô đây")
            return happened(noticed, state=state)


@given(state=states, what=events)
def test_no_event_breaks_a_turn_in_any_state(state: State, what: tuple[str, Any, Any]) -> None:
    turn(moment_of(state, what))


@given(state=states, what=events)
def test_a_case_opens_only_right_behind_a_recorded_yes_to_the_open_question(
    state: State, what: tuple[str, Any, Any]
) -> None:
    result = turn(moment_of(state, what))
    opened = of_kind(result, OpenCase)
    if opened:
        place = result.effects.index(opened[0])
        record = result.effects[place - 1]
        assert isinstance(record, RecordConsent)
        assert (record.item, record.decision) == ("conversation", "granted")
        assert record.message_seq == opened[0].consent_seq
        assert state.question is not None
        assert (state.question.kind, state.question.item) == ("consent", "conversation")


@given(state=states, what=events)
def test_an_item_is_given_to_a_case_only_as_the_answer_that_was_asked_for(
    state: State, what: tuple[str, Any, Any]
) -> None:
    for effect in of_kind(turn(moment_of(state, what)), SetItem):
        assert state.question is not None
        assert (state.question.kind, state.question.item) == ("item", effect.item)


@given(state=states, name=st.sampled_from(WAITING_TIMERS))
def test_nothing_about_help_is_pushed_to_who_left_or_hides(state: State, name: str) -> None:
    contact = state.contact
    if contact is None or contact.hidden or state.discreet_word:
        assert spoken(turn(happened(Rang(seq=50, name=name), state=state))) == []


@given(state=states, event=st.sampled_from(["joined", "said", "released", "silent", "closed"]))
def test_a_hidden_contact_shows_at_most_the_neutral_line(state: State, event: Any) -> None:
    contact = state.contact
    if contact is None or not (contact.hidden or (state.discreet_word and contact.unlocked_at is None)):
        return
    noticed = Noticed(seq=50, case_id=contact.case_id, event=event, name="Cô Lan", text="Cô đây")
    result = turn(happened(noticed, state=replace(state, aside=None)))
    assert set(spoken(result)) <= {"discreet.neutral"}
    if not state.discreet_word:
        assert spoken(result) == []


def test_a_matter_older_than_a_week_is_asked_about_anew() -> None:
    old = matter("refused", opened_at=NOW - timedelta(days=7, seconds=1))
    result = turn(said("bố đánh em", disclosure("moderate"), state=child(matter=old)))
    assert isinstance(result.state.matter, Matter)
    assert result.state.matter.from_seq == 50
    assert result.state.matter.stage == "told"
