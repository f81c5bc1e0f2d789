"""The way of a disclosure from reply to reply: what each says and offers, what stays open, what is remembered."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.effects import RaiseCase, Reading, Say, SetTimer, TellDesk
from bot.events import Attached
from bot.protocol import Stage
from bot.state import Contact, Flow, Heard, Matter, Question, State
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
from tests.bot.replies import ABOUT, FIRST, TALK, WAIT, YES_NO, kind_of_question, offers, unprotected

TOLD = child(matter=matter(), question=Question(kind="safe"))
TALKED = child(matter=matter(), question=Question(kind="talk"))
WAITING = child(matter=matter("shared"), contact=Contact(case_id="case"))
HIDDEN = replace(WAITING, contact=Contact(case_id="case", hidden=True))
LOCKED = replace(WAITING, discreet_word="xoai")
HINTED = turn(said("bố em hay say", borderline(), state=child())).state
CONSENT = [("consent.explain", ()), ("consent.conversation", YES_NO)]


def heard_last(state: State) -> Heard:
    return state.heard[-1]


def the_matter(state: State) -> Matter:
    assert state.matter is not None
    return state.matter


# --- buttons -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("choice", "state", "said_and_offered", "question"),
    [
        ("safe.yes", TOLD, [("disclosure.safe", TALK)], "talk"),
        ("safe.no", TOLD, [("disclosure.unsafe", TALK)], "talk"),
        ("safe.no", child(), [("disclosure.unsafe", TALK)], "talk"),
        ("safe.no", WAITING, [("disclosure.emergency", WAIT)], None),
        ("talk.now", TOLD, CONSENT, "consent"),
        ("talk.now", child(), CONSENT, "consent"),
        ("talk.later", TOLD, [("disclosure.later", ("plan", "menu", "talk.now", "exit"))], None),
        ("talk.later", replace(TOLD, role="parent"), [("disclosure.later", ("menu", "talk.now", "exit"))], None),
        ("about.me", HINTED, [("disclosure.self", FIRST)], "safe"),
        ("about.friend", HINTED, [("disclosure.friend", FIRST)], "safe"),
        ("about.silent", HINTED, [("disclosure.self", FIRST)], "safe"),
        ("about.me", TOLD, [("disclosure.here", FIRST)], "safe"),
    ],
)
def test_every_button_of_a_disclosure_is_answered_protected_with_the_next_step(
    choice: str, state: State, said_and_offered: list[Any], question: str | None
) -> None:
    result = turn(pressed(choice, state=state))
    assert offers(result) == said_and_offered
    assert unprotected(result) == []
    assert kind_of_question(result) == question


@pytest.mark.parametrize("state", [child(question=Question(kind="safe")), WAITING])
def test_safe_where_no_disclosure_waits_for_an_answer_is_gladly_heard(state: State) -> None:
    result = turn(pressed("safe.yes", state=state))
    assert offers(result) == [("safe.glad", ("menu", "talk.now", "exit"))]
    assert result.state.question is None


@pytest.mark.parametrize(("flow", "on"), [("lesson", "next"), ("idle", "learn")])
@pytest.mark.parametrize("how", ["about.lesson", "em hỏi cho biết", "không có gì đâu"])
def test_only_a_lesson_goes_back_to_where_it_was(flow: Any, on: str, how: str) -> None:
    state = replace(HINTED, flow=Flow(kind=flow, topic="scam"))
    result = turn(pressed(how, state=state) if "." in how else said(how, state=state))
    assert offers(result) == [("about.fine", (on, "menu", "exit"))]
    assert result.state.question is None
    assert result.state.matter is None
    assert result.state.flow == state.flow
    if "." not in how:
        assert (heard_last(result.state).text, heard_last(result.state).hint) == (how, False)


def test_putting_off_what_was_never_told_needs_no_protection() -> None:
    result = turn(pressed("talk.later", state=child(question=Question(kind="talk"))))
    assert unprotected(result) == ["disclosure.later"]
    assert (result.state.matter, result.state.question) == (None, None)


@pytest.mark.parametrize("stage", ["told", "asked", "asked_again", "refused", "lapsed", "later"])
def test_putting_off_ends_the_question_and_a_no_stays_a_no(stage: Any) -> None:
    after = turn(pressed("talk.later", state=child(matter=matter(stage)))).state
    assert the_matter(after).stage == ("refused" if stage == "refused" else "later")


@pytest.mark.parametrize("stage", ["told", "asked_again", "refused", "lapsed", "later"])
def test_whoever_wants_a_counsellor_is_asked_for_consent_to_the_same_matter(stage: Any) -> None:
    result = turn(pressed("talk.now", state=child(matter=matter(stage, injured=True))))
    asked: Stage = "asked_again" if stage == "asked_again" else "asked"
    assert the_matter(result.state) == matter(asked, injured=True)
    assert offers(result) == CONSENT


def test_a_counsellor_asked_for_without_telling_is_a_moderate_matter_without_harms() -> None:
    for state in (child(), child(matter=matter("refused", opened_at=NOW - timedelta(days=8)))):
        fresh = the_matter(turn(pressed("talk.now", state=state)).state)
        assert (fresh.stage, fresh.from_seq, fresh.urgency, fresh.harms) == ("asked", 50, "moderate", ())
        assert (fresh.subject, fresh.opened_at) == ("self", NOW)


def test_a_counsellor_who_is_asked_for_again_is_shown_or_only_behind_the_word() -> None:
    shown = turn(pressed("talk.now", state=HIDDEN))
    assert spoken(shown) == ["waiting.nobody"]
    assert of_kind(shown, TellDesk) == [TellDesk(what="back")]
    locked = turn(pressed("talk.now", state=replace(LOCKED, question=Question(kind="safe"))))
    assert offers(locked) == [("discreet.locked", ("menu", "exit"))]
    assert locked.state.question is None


@pytest.mark.parametrize("state", [WAITING, LOCKED])
def test_not_safe_beside_a_case_raises_it_and_tells_of_it_only_who_may_know(state: State) -> None:
    result = turn(pressed("safe.no", state=state))
    assert of_kind(result, RaiseCase) == [RaiseCase(urgency="emergency", harms=())]
    assert offers(result) == [("disclosure.emergency", ("talk.now", "exit") if state is LOCKED else WAIT)]
    assert the_matter(result.state) == matter("shared", "emergency")


# --- typed answers -------------------------------------------------------------------------------------------------


def meaning(intent: Any, confidence: float = 0.95) -> Understanding:
    return replace(NOTHING, intent=intent, confidence=confidence)


@pytest.mark.parametrize(
    ("state", "text", "heard", "said_and_offered"),
    [
        (TOLD, "em an toàn rồi", NOTHING, [("disclosure.safe", TALK)]),
        (TOLD, "em không an toàn", NOTHING, [("disclosure.unsafe", TALK)]),
        (TOLD, "ba đang đứng ngoài cửa", NOTHING, [("disclosure.unsafe", TALK)]),
        (TOLD, "cho em gặp cô", meaning("talk_to_human"), CONSENT),
        (TOLD, "ơ", NOTHING, [("disclosure.here", FIRST)]),
        (TALKED, "cho em gặp cô", meaning("talk_to_human"), CONSENT),
        (TALKED, "có", NOTHING, CONSENT),
        (TALKED, "được nhưng đừng cho bố biết", NOTHING, CONSENT),
        (TALKED, "dạ", meaning("affirm"), CONSENT),
        (TALKED, "hong chắc nữa", meaning("affirm"), CONSENT),
        (TALKED, "dạ", NOTHING, [("disclosure.here", TALK)]),
        (TALKED, "hôm nay trời mưa to quá trời luôn nè", meaning("affirm"), [("disclosure.here", TALK)]),
        (TALKED, "không", NOTHING, [("disclosure.later", ("plan", "menu", "talk.now", "exit"))]),
        (TALKED, "ừm", meaning("deny"), [("disclosure.later", ("plan", "menu", "talk.now", "exit"))]),
    ],
)
def test_a_typed_answer_works_as_its_button_does_and_an_unclear_one_keeps_the_question(
    state: State, text: str, heard: Understanding, said_and_offered: list[Any]
) -> None:
    result = turn(said(text, heard, state=state))
    assert offers(result) == said_and_offered
    assert unprotected(result) == []
    if said_and_offered[0][0] == "disclosure.here":
        assert result.state.question == state.question


@pytest.mark.parametrize("text", ["em an toàn rồi", "ơ", "cho em gặp cô 111"])
def test_what_is_typed_to_a_question_of_a_disclosure_stays_in_its_context(text: str) -> None:
    intent = "talk_to_human" if "111" in text else "chitchat"
    heard = heard_last(turn(said(text, meaning(intent), state=TOLD)).state)
    assert (heard.text, heard.hint, heard.seq, heard.at) == (text, True, 50, NOW)


@pytest.mark.parametrize(("state", "text"), [(TOLD, "em an toàn rồi"), (TALKED, "không"), (TALKED, "dạ"), (TOLD, "ơ")])
def test_new_danger_is_never_taken_for_safe_or_for_a_no(state: State, text: str) -> None:
    result = turn(said(text, disclosure("high", "neglect"), state=state))
    assert offers(result) == [("disclosure.more", FIRST)]
    assert unprotected(result) == []
    assert result.state.question == state.question
    assert the_matter(result.state).harms == ("physical_abuse", "neglect")


def test_new_danger_and_not_safe_in_one_breath_is_an_emergency() -> None:
    result = turn(said("em không an toàn", disclosure("high"), state=TOLD))
    assert spoken(result) == ["disclosure.unsafe"]
    assert the_matter(result.state).urgency == "emergency"


@pytest.mark.parametrize("intent", ["menu", "learn", "goodbye"])
@pytest.mark.parametrize("confidence", [0.9, 0.99])
def test_a_child_that_plainly_moves_on_is_let_go(intent: str, confidence: float) -> None:
    result = turn(said("thế nhé", meaning(intent, confidence), state=TOLD))
    assert "disclosure.here" not in spoken(result)


@pytest.mark.parametrize(
    "heard", [meaning("learn", 0.89), meaning("chitchat", 0.99), replace(meaning("learn"), decision="borderline")]
)
def test_whoever_may_still_mean_the_disclosure_is_kept_at_its_question(heard: Understanding) -> None:
    result = turn(said("thế nhé", heard, state=TOLD))
    assert offers(result) == [("disclosure.here", FIRST)]


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("chuyện của em", "disclosure.self"),
        ("bạn thân của em", "disclosure.friend"),
        ("khó nói lắm", "disclosure.self"),
        ("ờm", None),
    ],
)
def test_the_gentle_question_is_answered_in_words_too(text: str, reply: str | None) -> None:
    result = turn(said(text, state=HINTED))
    assert (result.state.matter is not None) is (reply is not None)
    if reply is not None:
        assert offers(result) == [(reply, FIRST)]
    else:
        assert "about.ask" not in spoken(result)


# --- the gentle question -------------------------------------------------------------------------------------------


def test_the_gentle_question_is_protected_and_remembers_the_hint() -> None:
    result = turn(said("bố em hay say", borderline(), state=child()))
    hinted = result.state
    assert hinted.question == Question(kind="about")
    assert hinted.asked_about == ("physical_abuse",)
    assert hinted.hint is not None
    assert (hinted.hint.stage, hinted.hint.from_seq, hinted.hint.urgency) == ("told", 50, "moderate")
    assert (heard_last(hinted).text, heard_last(hinted).hint) == ("bố em hay say", True)
    assert offers(result) == [("about.ask", ABOUT)]
    assert unprotected(result) == []


@pytest.mark.parametrize(
    ("hint", "asked_about"),
    [
        (borderline("moderate", "neglect", "grooming"), ("grooming neglect",)),
        (borderline("emergency", "neglect"), ("neglect now",)),
        (replace(borderline(), harms=()), ("hint",)),
    ],
)
def test_a_hint_is_the_same_when_its_harms_and_its_haste_are(hint: Understanding, asked_about: tuple[str]) -> None:
    earlier = Heard(seq=40, text="a", at=NOW, hint=True)
    first = turn(said("a", hint, state=child(asked_about=("scam",), heard=(earlier,))))
    assert first.state.asked_about == ("scam", *asked_about)
    assert unprotected(first) == []
    assert "about" not in "".join(spoken(turn(said("b", hint, state=first.state))))


def test_a_hint_that_was_answered_is_not_mixed_with_a_later_one() -> None:
    answered = turn(pressed("about.lesson", state=HINTED)).state
    later = turn(said("em đói", borderline("moderate", "neglect"), state=answered)).state
    assert later.hint is not None
    assert later.hint.harms == ("neglect",)


@pytest.mark.parametrize("flow", [Flow(kind="plan"), Flow(kind="band")])
def test_what_answers_something_else_is_not_asked_about(flow: Flow) -> None:
    state = child(flow=flow) if flow.kind == "plan" else State(role="child", greeted=True, flow=flow)
    moment = said("em 9 tuổi", borderline(), state=state)
    if flow.kind == "plan":
        moment = replace(moment, reading=Reading(alone=NOTHING, together=borderline()))
    assert "about.ask" not in spoken(turn(moment))


def test_the_hint_of_the_message_itself_counts_before_that_of_the_whole() -> None:
    reading = Reading(alone=borderline("moderate", "neglect"), together=borderline("high", "grooming"))
    alone = turn(replace(said("em đói", state=child()), reading=reading))
    assert alone.state.asked_about == ("neglect",)
    reading = Reading(alone=NOTHING, together=borderline("high", "grooming"))
    together = turn(replace(said("rồi sao", state=child()), reading=reading))
    assert together.state.asked_about == ("grooming",)


def test_what_is_said_with_the_answer_deepens_the_hint() -> None:
    owned = the_matter(turn(said("chuyện của em", borderline("high", "neglect"), state=HINTED)).state)
    assert (owned.urgency, owned.harms, owned.subject) == ("high", ("physical_abuse", "neglect"), "self")


@pytest.mark.parametrize(("choice", "subject"), [("about.me", "own_child"), ("about.friend", "other_child")])
def test_a_parents_hint_about_the_own_child_stays_that(choice: str, subject: str) -> None:
    about_own = replace(borderline(), subject="own_child")
    hinted = turn(said("con tôi hay khóc", about_own, state=State(role="parent", greeted=True))).state
    assert the_matter(turn(pressed(choice, state=hinted)).state).subject == subject


@pytest.mark.parametrize(("choice", "subject"), [("about.me", "self"), ("about.friend", "other_child")])
def test_a_button_without_its_hint_begins_a_disclosure_all_the_same(choice: str, subject: str) -> None:
    begun = the_matter(turn(pressed(choice, state=child())).state)
    assert (begun.subject, begun.urgency, begun.harms, begun.from_seq) == (subject, "moderate", (), 50)


# --- the first time ------------------------------------------------------------------------------------------------


def test_a_child_that_hurt_another_is_heard_though_the_listener_heard_nothing() -> None:
    result = turn(said("con đánh em trai con khóc", state=child("6-10")))
    assert offers(result) == [("disclosure.own_act", FIRST)]
    assert the_matter(result.state).own_act


def test_an_own_deed_that_is_an_emergency_begins_with_the_numbers() -> None:
    result = turn(said("con đánh em trai con chảy máu", disclosure("emergency"), state=child("6-10")))
    assert of_kind(result, Say)[0].text.startswith("111 · 113 · 115\n")
    assert unprotected(result) == []


def test_where_nobody_is_named_it_is_the_child_itself() -> None:
    told = the_matter(turn(said("đau quá", disclosure(subject="none"), state=child())).state)
    assert told.subject == "self"


def test_heard_only_together_it_begins_with_the_first_hint() -> None:
    hint = Heard(seq=40, text="bố em hay say", at=NOW, hint=True)
    chat = Heard(seq=30, text="chào", at=NOW, hint=False)
    moment = said("tối nào cũng vậy", state=child(heard=(chat, hint)))
    reading = Reading(alone=borderline("moderate", "neglect"), together=disclosure("high", "physical_abuse"))
    told = the_matter(turn(replace(moment, reading=reading)).state)
    assert (told.from_seq, told.harms, told.urgency) == (40, ("physical_abuse",), "high")


# --- inside an open matter -----------------------------------------------------------------------------------------


def test_an_injury_or_an_own_deed_once_told_is_not_forgotten() -> None:
    hurt = turn(said("bố đẩy em gãy tay", disclosure("emergency"), state=TOLD))
    assert (spoken(hurt), the_matter(hurt.state).injured) == (["disclosure.emergency"], True)
    again = turn(said("bố vẫn ở đây", disclosure("emergency"), state=hurt.state))
    assert the_matter(again.state).injured
    assert spoken(again) == ["disclosure.more"]
    parent = State(role="parent", greeted=True, matter=matter(), question=Question(kind="safe"))
    deed = turn(said("tôi đánh con", disclosure("high", subject="own_child"), state=parent)).state
    assert the_matter(deed).own_act
    assert the_matter(turn(said("cháu khóc", disclosure("high"), state=deed)).state).own_act
    assert not the_matter(turn(said("cháu khóc", disclosure("high"), state=parent)).state).own_act


def test_what_deepens_a_disclosure_is_kept_in_its_context() -> None:
    heard = heard_last(turn(said("bố lại đánh", disclosure("high"), state=TOLD)).state)
    assert (heard.text, heard.hint) == ("bố lại đánh", True)


@pytest.mark.parametrize("text", ["bố lại đánh em nữa rồi cô ơi em sợ quá", "dạ"])
def test_more_told_at_the_consent_question_leaves_the_question_as_it_is(text: str) -> None:
    result = turn(said(text, disclosure("high", "neglect"), state=asking()))
    assert offers(result) == [("disclosure.more", YES_NO)]
    assert result.state.question == asking().question
    assert the_matter(result.state).harms == ("physical_abuse", "neglect")


@pytest.mark.parametrize(("text", "first"), [("đồng ý", "handover.done"), ("không", "consent.refused")])
def test_a_clear_answer_with_new_danger_in_it_is_still_the_answer(text: str, first: str) -> None:
    result = turn(said(text, disclosure("emergency", "neglect"), state=asking()))
    assert spoken(result)[0] == first
    assert (the_matter(result.state).urgency, the_matter(result.state).harms[-1]) == ("emergency", "neglect")


@pytest.mark.parametrize("kind", ["about", "withdraw"])
def test_danger_while_something_else_is_asked_is_heard_first(kind: Any) -> None:
    state = child(matter=matter(), question=Question(kind=kind))
    result = turn(said("bố đánh em", disclosure("high", "neglect"), state=state))
    assert offers(result) == [("disclosure.more", FIRST)]
    assert the_matter(result.state).harms == ("physical_abuse", "neglect")
    assert "disclosure" not in "".join(spoken(turn(said("cá vàng", state=state))))


@pytest.mark.parametrize("stage", ["asked", "asked_again"])
def test_a_question_that_was_left_open_counts_as_asked_when_more_is_told(stage: Any) -> None:
    result = turn(said("bố lại đánh em", disclosure(), state=child(matter=matter(stage))))
    assert the_matter(result.state).stage == stage


@pytest.mark.parametrize("stage", ["refused", "lapsed", "later"])
def test_after_a_no_each_new_disclosure_is_offered_anew(stage: Any) -> None:
    state = child(matter=matter(stage), offered=True)
    result = turn(said("bố lại đánh em", disclosure("high", "neglect"), state=state))
    assert offers(result) == [("disclosure.self", FIRST)]
    assert (the_matter(result.state).stage, the_matter(result.state).harms) == ("told", ("physical_abuse", "neglect"))
    assert not result.state.offered
    assert "disclosure.self" not in spoken(turn(said("cá vàng", state=state)))


# --- beside a case -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("urgency", ["moderate", "high"])
def test_more_told_beside_a_case_raises_it_and_is_said_to_be_heard(urgency: str) -> None:
    result = turn(said("bố lại đánh", disclosure(urgency, "neglect"), state=WAITING))
    assert of_kind(result, RaiseCase) == [RaiseCase(urgency=urgency, harms=("neglect",))]  # type: ignore[arg-type]
    assert offers(result) == [("waiting.heard", WAIT)]
    assert unprotected(result) == []
    assert the_matter(result.state).harms == ("physical_abuse", "neglect")


def test_a_new_emergency_beside_a_case_gives_the_numbers_once() -> None:
    first = turn(said("bố cầm dao", disclosure("emergency"), state=WAITING))
    assert offers(first) == [("disclosure.emergency", WAIT)]
    again = turn(said("bố cầm dao", disclosure("emergency"), state=first.state))
    assert offers(again) == [("waiting.heard", WAIT)]
    for result in (first, again):
        assert of_kind(result, RaiseCase) == [RaiseCase(urgency="emergency", harms=("physical_abuse",))]


@pytest.mark.parametrize("urgency", ["high", "emergency"])
def test_who_left_and_tells_more_is_shown_the_wait_again(urgency: str) -> None:
    state = replace(HIDDEN, matter=matter("shared", "emergency"))
    result = turn(said("bố lại đánh", disclosure(urgency), state=state))
    assert spoken(result) == [*(["disclosure.emergency"] if urgency == "emergency" else []), "waiting.nobody"]
    assert len(of_kind(result, RaiseCase)) == 1
    assert of_kind(result, TellDesk) == [TellDesk(what="back")]
    assert len(of_kind(result, SetTimer)) == 3
    assert result.state.contact is not None
    assert not result.state.contact.hidden


@pytest.mark.parametrize("urgency", ["high", "emergency"])
@pytest.mark.parametrize("hidden", [True, False])
def test_before_the_word_nothing_shows_that_there_is_a_case(urgency: str, hidden: bool) -> None:
    state = replace(LOCKED, contact=Contact(case_id="case", hidden=hidden))
    result = turn(said("bố lại đánh", disclosure(urgency), state=state))
    reply = "disclosure.emergency" if urgency == "emergency" else "disclosure.self"
    assert offers(result) == [(reply, ("talk.now", "exit"))]
    assert of_kind(result, RaiseCase) == [RaiseCase(urgency=urgency, harms=("physical_abuse",))]  # type: ignore[arg-type]
    assert result.state.contact == Contact(case_id="case")


def test_a_case_whose_matter_is_gone_is_raised_all_the_same() -> None:
    result = turn(said("bố đánh", disclosure("high"), state=replace(WAITING, matter=None)))
    assert of_kind(result, RaiseCase) == [RaiseCase(urgency="high", harms=("physical_abuse",))]


# --- stickers and pictures -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("state", "choices"), [(TOLD, FIRST), (TALKED, TALK), (HINTED, ABOUT)])
@pytest.mark.parametrize(
    ("kind", "reply"),
    [("sticker", "disclosure.here"), ("picture", "attachment.refused"), ("voice", "attachment.refused")],
)
def test_a_sticker_or_picture_keeps_the_question_open(
    state: State, choices: tuple[str, ...], kind: Any, reply: str
) -> None:
    result = turn(happened(Attached(seq=50, kind=kind), state=state))
    assert offers(result) == [(reply, choices)]
    assert unprotected(result) == []
    assert result.state.question == state.question
