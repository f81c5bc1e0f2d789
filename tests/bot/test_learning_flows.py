"""Learning as a child meets it: path and marks, awards with pictures, measures without a name, and its erasure."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import learning, metrics
from bot.cards import day_of
from bot.effects import Count, Say
from bot.flows.measure import CONFIDANTS
from bot.flows.topic_list import next_topic
from bot.learning import Learning
from bot.moment import Turn
from bot.playback import Player
from bot.state import Contact, State, change_person, from_json
from bot.turn import turn
from content.schema import BANDS
from store import conversations
from tests.bot.moments import NOW, child, learnings, matter, of_kind, our_content, pressed, said, spoken

TODAY = day_of(NOW)
TOPICS = our_content().topics
PARENT = State(role="parent", greeted=True)


def having(state: State, *topics: str, **more: Any) -> State:
    """Return a state in which topics are finished and both measures of the start are behind."""
    known = replace(state.learning, **({"told": ("adult",)} | more))
    for topic in topics:
        known = learning.finish(known, topic, TODAY)
    return state.having_learned(known)


def marked(result: Turn) -> list[str]:
    """Return the choices whose label bears the mark of what was done."""
    return [choice.id for choice in of_kind(result, Say)[-1].choices if choice.label.startswith("✓ ")]


def through(state: State, topic: str) -> Turn:
    """Read a lesson to its end, skipping every question beside it but the last."""
    result = turn(pressed(f"learn.{topic}", state=state))
    while result.state.flow.kind != "idle":
        asked = result.state.flow.kind != "lesson"
        if asked and result.state.flow.step > 0:
            return result
        result = turn(pressed("item.skip" if asked else "next", state=result.state))
    return result


# --- the path and its marks ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("band", BANDS)
def test_a_child_is_led_through_every_topic_once_and_then_to_the_list(band: Any) -> None:
    state, seen = having(child(band), told=("adult", "adult")), list[str]()
    while (topic := next_topic(pressed("path"), state)) is not None:
        seen.append(topic)
        state = having(state, topic, told=("adult", "adult"))
    assert seen == list(our_content().paths[band])
    assert sorted(seen) == sorted(TOPICS)
    assert turn(pressed("path", state=state)).state.flow.kind == "list"
    assert "14/14" in of_kind(turn(pressed("progress", state=state)), Say)[0].text


def test_finished_topics_are_marked_until_a_quick_exit_and_again_when_progress_is_asked_for() -> None:
    state = having(child(), "scam")
    assert marked(turn(pressed("learn", state=state))) == ["learn.scam"]
    gone = turn(pressed("exit", state=state)).state
    assert marked(turn(pressed("learn", state=gone))) == []
    back = turn(pressed("progress", state=gone)).state
    assert marked(turn(pressed("learn", state=back))) == ["learn.scam"]


def test_going_on_inside_a_lesson_turns_to_its_next_card() -> None:
    first = turn(pressed("learn.scam", state=having(child(), told=("adult",), measures=())))
    opened = turn(pressed("item.skip", state=first.state))
    assert spoken(turn(pressed("path", state=opened.state))) == ["card.scam.1"]


def test_parents_see_what_they_have_read_and_only_that() -> None:
    state = turn(pressed("path", state=PARENT)).state
    while state.flow.kind == "advice":
        state = turn(pressed("next", state=state)).state
    assert state.learning.topics == (TOPICS[0],)
    assert marked(turn(pressed("advice", state=state))) == [f"advice.{TOPICS[0]}"]
    assert "1/14" in of_kind(turn(pressed("progress", state=state)), Say)[0].text


# --- awards --------------------------------------------------------------------------------------------------------


def test_a_badge_and_a_certificate_name_their_picture_once() -> None:
    state = having(child(), "scam")
    questions = our_content().quiz("scam", "11-14").questions
    pictures: list[list[str | None]] = []
    for _ in range(2):
        result = turn(pressed("quiz.scam", state=state))
        for question in questions:
            result = turn(pressed(f"answer.{question.options.index(question.correct) + 1}", state=result.state))
        pictures.append([say.picture for say in of_kind(result, Say)])
        assert of_kind(result, Say)[-1].choices
        state = result.state
    assert pictures == [[None, None, "badge.scam", f"certificate.scam.{TODAY.isoformat()}"], [None, None]]


# --- measures ------------------------------------------------------------------------------------------------------


def test_counts_of_a_lesson_say_what_was_asked_and_nothing_of_whom() -> None:
    whom = turn(pressed("learn.scam", state=child()))
    before = turn(said("3", state=whom.state))
    first = our_content().quiz("scam", "11-14").measure("pre")
    assert first is not None
    card = turn(pressed(f"answer.{first.options.index(first.correct) + 1}", state=before.state))
    assert of_kind(before, Count) == [Count(measure="whom", topic="", audience="11-14", when="pre", outcome="friend")]
    assert of_kind(card, Count) == [
        Count(measure="knowledge", topic="scam", audience="11-14", when="pre", outcome="right")
    ]
    end = card
    while end.state.flow.kind == "lesson":
        end = turn(pressed("next", state=end.state))
    after = turn(pressed("item.skip", state=end.state))
    assert [count.outcome for count in of_kind(after, Count)] == ["skipped"]
    assert spoken(after) == ["learn.done"]


def test_whom_a_child_would_tell_is_asked_again_behind_the_fourth_topic_and_never_more() -> None:
    state = child()
    asked: list[str] = []
    for topic in TOPICS[:6]:
        result = through(state, topic)
        if result.state.flow.kind == "whom":
            asked.append(topic)
            result = turn(pressed("answer.1", state=result.state))
            assert [count.when for count in of_kind(result, Count)] == ["post"]
            assert spoken(result) == ["whom.thanks", "learn.done"]
        state = result.state
    assert asked == [TOPICS[3]]


@pytest.mark.parametrize("place", [4, 5])
def test_a_child_who_tells_nobody_gets_111_and_the_lesson_waits(place: int) -> None:
    asked = turn(pressed("learn.scam", state=child()))
    told = turn(pressed(f"answer.{place}", state=asked.state))
    (words,) = of_kind(told, Say)
    assert "111" in words.text
    assert {"next", "talk.now", "exit"} <= {choice.id for choice in words.choices}
    assert turn(pressed("next", state=told.state)).state.flow.kind == "pre"


@pytest.mark.parametrize(
    "worried",
    [
        {"matter": matter("refused")},
        {"contact": Contact(case_id="case", hidden=True), "matter": matter("shared")},
        {"asked_about": ("physical_abuse",), "heard": said("x").remembered()},
    ],
)
def test_nothing_is_measured_while_a_disclosure_or_a_hint_is_in_the_air(worried: dict[str, Any]) -> None:
    assert spoken(turn(pressed("learn.scam", state=child(**worried)))) == ["card.scam.0"]


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("audience", BANDS)
def test_the_question_whom_lists_as_many_answers_as_are_counted(language: str, audience: Any) -> None:
    lines = our_content().say("whom.ask", audience, language).strip().splitlines()[1:]
    assert [line.partition(".")[0] for line in lines] == [str(number) for number in range(1, len(CONFIDANTS) + 1)]


# --- whose it is ---------------------------------------------------------------------------------------------------


@given(known=st.lists(learnings, max_size=2, unique_by=lambda it: it.audience).map(tuple))
def test_who_comes_to_the_phone_gets_nothing_of_the_others_learning(known: tuple[Learning, ...]) -> None:
    state = child(learned=known)
    parent = change_person(state, "parent")
    assert parent.learned == ()
    assert change_person(parent, "child").learned == learning.hide(known)


def test_two_ages_on_one_phone_do_not_share_what_they_learned() -> None:
    older = having(child("15-17"), "scam")
    younger = turn(pressed("band.6-10", state=older)).state
    assert younger.learning.topics == ()
    assert marked(turn(pressed("learn", state=younger))) == []
    assert turn(pressed("band.15-17", state=younger)).state.learning.topics == ("scam",)


# --- in the product ------------------------------------------------------------------------------------------------


async def learned(person: Player) -> tuple[Learning, ...]:
    """Return what the stored state knows."""
    async with person.database.reading() as unit:
        held = await conversations.find(unit, person.vault, person.channel, person.address)
    return from_json(held.state).learned if held is not None else ()


async def plays(person: Player) -> None:
    """Learn a little: a challenge with one miss."""
    for choice in ("menu", "role.child", "band.11-14", "daily", "answer.2", "stop"):
        await person.press(choice)


async def test_deleting_the_data_erases_what_was_learned(person: Player) -> None:
    await plays(person)
    assert (await learned(person))[0].cards
    await person.press("delete")
    await person.press("delete.confirm")
    assert await learned(person) == ()


@pytest.mark.parametrize(("days", "left"), [(40, 1), (400, 0)])
async def test_what_was_learned_is_kept_for_a_year_of_silence(person: Player, days: int, left: int) -> None:
    await plays(person)
    person.clock.advance(timedelta(days=days).total_seconds())
    await person.worker.purge()
    assert len(await learned(person)) == left


async def test_an_answer_is_counted_without_an_id(person: Player) -> None:
    labels = {"measure": "whom", "topic": "", "audience": "11-14", "when": "pre", "outcome": "adult"}
    before = metrics.LEARNING.labels(**labels)._value.get()
    for choice in ("menu", "role.child", "band.11-14", "learn.scam", "answer.1"):
        await person.press(choice)
    assert metrics.LEARNING.labels(**labels)._value.get() == before + 1
