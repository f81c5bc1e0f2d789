"""What stands around the rules of a turn: what is remembered, how words become a choice, and the notice."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import yaml

from bot.effects import Say, TellDesk
from bot.events import Attached, Rang
from bot.flows.pace import ANSWERS_A_MINUTE
from bot.moment import Turn
from bot.state import CONTEXT, Contact, Flow, Heard, Matter, Pace, Question, State
from bot.turn import choice_of, turn
from content.library import CONTENT_FOLDER
from tests.bot.moments import (
    NOTHING,
    NOW,
    child,
    disclosure,
    happened,
    matter,
    of_kind,
    our_content,
    pressed,
    said,
    spoken,
)

TOLD = child(matter=matter(), question=Question(kind="safe"))
SELF_HARM = disclosure("high", "self_harm")
# Unasked, a day or "không gửi" is no answer: it means something only while that is being agreed.
ASKED = {"followup": Question(kind="follow_up", item="day"), "referral": Question(kind="referral")}


def heard(minutes_ago: float, text: str = "a") -> Heard:
    return Heard(seq=40, text=text, at=NOW - timedelta(minutes=minutes_ago), hint=False)


def the_matter(result: Turn) -> Matter:
    assert result.state.matter is not None
    return result.state.matter


def test_an_event_that_concerns_nobody_changes_nothing() -> None:
    state = child(heard=(heard(1),))
    assert turn(happened(Rang(seq=50, name="no.such.timer"), state=state)) == Turn(state=state)


# --- what is remembered --------------------------------------------------------------------------------------------


def test_what_was_heard_half_an_hour_ago_is_forgotten_and_what_was_asked_about_it_too() -> None:
    state = child(heard=(heard(30), heard(29)), asked_about=("neglect",))
    after = turn(pressed("menu", state=state)).state
    assert (after.heard, after.asked_about) == ((heard(29),), ("neglect",))
    later = turn(replace(pressed("menu", state=state), now=NOW + CONTEXT)).state
    assert (later.heard, later.asked_about) == ((), ())


def test_every_message_is_counted_in_its_minute_and_a_press_is_not() -> None:
    a_minute_ago = Pace(since=NOW - timedelta(minutes=1), count=7)
    just_now = Pace(since=NOW - timedelta(seconds=59), count=7)
    for event in (said("a"), happened(Attached(seq=50, kind="sticker"))):
        counts = [turn(replace(event, state=child(pace=pace))).state.pace for pace in (None, just_now, a_minute_ago)]
        assert counts == [Pace(since=NOW, count=1), replace(just_now, count=8), Pace(since=NOW, count=1)]
    assert turn(pressed("menu", state=child(pace=just_now))).state.pace == just_now


def test_a_flood_of_pictures_is_answered_once_too() -> None:
    answers = [
        spoken(turn(happened(Attached(seq=50, kind="picture"), state=child(pace=Pace(since=NOW, count=count)))))
        for count in (ANSWERS_A_MINUTE - 1, ANSWERS_A_MINUTE, ANSWERS_A_MINUTE + 1)
    ]
    assert answers == [["attachment.refused"], ["pace.slow"], []]


def test_who_is_told_to_slow_down_can_still_reach_a_person() -> None:
    [slow] = of_kind(turn(said("a", state=child(pace=Pace(since=NOW, count=ANSWERS_A_MINUTE)))), Say)
    assert tuple(choice.id for choice in slow.choices) == ("talk.now", "menu", "exit")


def test_a_flood_before_the_first_reply_is_answered_with_the_notice() -> None:
    assert spoken(turn(said("a", state=State(pace=Pace(since=NOW, count=ANSWERS_A_MINUTE + 5))))) != []


def test_what_is_said_in_a_flood_stays_in_the_context() -> None:
    for count in (ANSWERS_A_MINUTE, ANSWERS_A_MINUTE + 5):
        state = turn(said("abc", state=child(pace=Pace(since=NOW, count=count)))).state
        assert [(item.text, item.hint) for item in state.heard] == [("abc", False)]


# --- who writes ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "text", "role", "band"),
    [
        (State(greeted=True), "em 9 tuổi, bố đánh em", "child", "6-10"),
        (State(greeted=True), "con tôi bị bạn đánh ở trường", "parent", None),
        (State(greeted=True, role="child"), "em học lớp 8, bố đánh em", "child", "11-14"),
        (State(greeted=True, role="child", band="15-17"), "em 9 tuổi, bố đánh em", "child", "15-17"),
        (State(greeted=True, role="parent"), "em 9 tuổi, bố đánh em", "parent", None),
    ],
)
def test_an_age_or_role_is_taken_from_the_words_where_it_was_not_known(
    before: State, text: str, role: str, band: str | None
) -> None:
    after = turn(said(text, disclosure(), state=before)).state
    assert (after.role, after.band) == (role, band)


def test_an_answer_to_who_are_you_is_left_to_the_one_who_asked() -> None:
    for asked in (
        State(greeted=True, flow=Flow(kind="role")),
        State(greeted=True, role="child", flow=Flow(kind="band")),
    ):
        after = turn(said("em 9 tuổi, bố đánh em hoài luôn cô ơi em sợ", disclosure(), state=asked)).state
        assert (after.role, after.band) == (asked.role, None)


@pytest.mark.parametrize(("greeted", "language"), [(False, "en"), (True, "vi")])
def test_the_first_words_set_the_language_and_later_ones_do_not(greeted: bool, language: str) -> None:
    state = State(greeted=greeted)
    assert turn(said("my father hits me every day", disclosure(), state=state)).state.language == language


# --- what the words mean here --------------------------------------------------------------------------------------


def test_an_attempt_on_the_own_life_is_an_emergency_whatever_its_reading() -> None:
    assert the_matter(turn(said("em vừa tự tử", SELF_HARM, state=child()))).urgency == "emergency"
    assert the_matter(turn(said("em buồn", SELF_HARM, state=child()))).urgency == "high"


@pytest.mark.parametrize(
    ("state", "heard_as"),
    [
        (TOLD, ("physical_abuse", "self_harm")),
        (child(matter=matter("shared"), contact=Contact(case_id="case")), ("physical_abuse", "self_harm")),
        (
            child(matter=matter("shared", opened_at=NOW - timedelta(days=9)), contact=Contact(case_id="case")),
            ("physical_abuse", "self_harm"),
        ),
        (child(matter=matter("refused", opened_at=NOW - timedelta(days=8))), ("physical_abuse",)),
    ],
)
def test_words_of_dying_are_a_wish_to_die_while_something_told_is_open(state: State, heard_as: tuple[str, ...]) -> None:
    assert the_matter(turn(said("mún chết wa", NOTHING, state=state))).harms == heard_as


# --- how words become a choice -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "language", "choice"),
    [
        ("thoát", "vi", "exit"),
        ("Để sau", "vi", "talk.later"),
        ("dạ để sau ạ", "vi", "talk.later"),
        ("vâng, để sau nhé", "vi", "talk.later"),
        ("Later", "en", "talk.later"),
        ("later nhé", "en", "talk.later"),
        ("dạ", "vi", None),
        ("để sau em kể", "vi", None),
    ],
)
def test_the_words_of_a_button_are_the_button_in_the_persons_language(
    text: str, language: Any, choice: str | None
) -> None:
    assert choice_of(said(text, state=child(language=language))) == choice


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_phrase_loses_its_meaning_with_the_polite_words_around_it(language: Any) -> None:
    written = yaml.safe_load((CONTENT_FOLDER / language / "choices.yml").read_text(encoding="utf-8"))
    for entry in written:
        for phrase in (*entry["label"].values(), *entry.get("typed", ())):
            meant = our_content().choice_for(phrase, language)
            asked = ASKED.get((meant or "").partition(".")[0])
            assert choice_of(said(phrase, state=child(language=language, question=asked))) in {meant, "exit"}


def test_what_was_pressed_is_the_choice_and_nothing_else_makes_one() -> None:
    assert choice_of(pressed("menu")) == "menu"
    assert choice_of(happened(Attached(seq=50, kind="sticker"))) is None
    assert choice_of(replace(said("thoát"), choice="menu")) == "menu"


# --- the notice ----------------------------------------------------------------------------------------------------


def texts(result: Turn) -> list[str]:
    return [say.text for say in of_kind(result, Say)]


@pytest.mark.parametrize(("vital", "notice"), [(False, "notice.short"), (True, "notice.short_passed")])
def test_where_help_came_first_the_notice_is_one_line_behind_it(vital: bool, notice: str) -> None:
    first = said("ba cầm dao", disclosure("emergency"), vital_interest=vital)
    with_notice = texts(turn(first))
    greeted = replace(first, state=State(greeted=True))
    short = our_content().say(notice, "unknown").strip()
    assert with_notice == [f"{text}\n\n{short}" for text in texts(turn(greeted))]
    assert turn(first).state == replace(turn(greeted).state, greeted=True)


def test_of_several_messages_the_first_alone_carries_the_notice_and_nothing_else_changes() -> None:
    new = turn(pressed("talk.now"))
    known = turn(pressed("talk.now", state=State(greeted=True)))
    short = our_content().say("notice.short", "unknown").strip()
    assert texts(new) == [f"{texts(known)[0]}\n\n{short}", *texts(known)[1:]]
    assert [type(effect) for effect in new.effects] == [type(effect) for effect in known.effects]
    assert [effect.choices for effect in of_kind(new, Say)] == [effect.choices for effect in of_kind(known, Say)]


def test_the_long_notice_of_a_first_hello_is_enough() -> None:
    result = turn(said("chào"))
    assert spoken(result) == ["onboarding.notice"]
    assert result.state.greeted
    assert our_content().say("notice.short", "unknown").strip() not in texts(result)[0]


def test_who_exits_first_is_shown_nothing_that_tells_of_the_program() -> None:
    result = turn(pressed("exit"))
    assert texts(result) == [our_content().say("exit.done", "unknown").strip()]
    assert not result.state.greeted


def test_a_first_message_that_is_only_heard_is_greeted_with_the_next() -> None:
    talking = State(contact=Contact(case_id="case", connected=True), matter=matter("shared"))
    result = turn(said("em đây", state=talking))
    assert (spoken(result), result.state.greeted) == ([], False)


def test_an_exit_is_told_to_the_desk_whatever_else_stood_in_the_burst() -> None:
    waiting = child(matter=matter("shared"), contact=Contact(case_id="case"))
    result = turn(said("thoát", disclosure("emergency"), state=waiting))
    assert of_kind(result, TellDesk) == [TellDesk(what="exited")]
    assert spoken(result) == ["exit.done"]
