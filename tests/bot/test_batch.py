"""A burst is read as one: in order, nothing lost, a quick exit wins over all before it."""

from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.batch import Step, steps_of
from bot.events import Attached, Noticed, Pressed, Rang, Said
from nlu.answers import read_exit
from store.inbox import DESK, MESSAGE, TIMER, Incoming

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12).filter(lambda text: not read_exit(text))
bodies = st.one_of(
    st.builds(lambda text: {"text": text}, texts),
    st.builds(lambda text: {"text": text, "edited": True}, texts),
    st.builds(lambda choice: {"text": None, "choice": choice}, st.sampled_from(["menu", "learn", "safe.no"])),
    st.builds(lambda kind: {"text": None, "attachment": kind}, st.sampled_from(["picture", "sticker"])),
)
bursts = st.lists(bodies, max_size=12)
EXITS: list[dict[str, Any]] = [{"choice": "exit"}, {"text": "/thoat"}, {"text": "thoát"}]


def row(seq: int, body: Any, kind: str = MESSAGE) -> Incoming:
    return Incoming(seq=seq, external_id=f"m{seq}", kind=kind, body=body, attempts=0, received_at=NOW, streamed=False)


def burst(given_bodies: list[dict[str, Any]]) -> tuple[Step, ...]:
    return steps_of([row(seq, body) for seq, body in enumerate(given_bodies, 1)])


def parts_of(steps: tuple[Step, ...]) -> list[Any]:
    return [part for step in steps for part in step.parts]


@given(given_bodies=bursts)
def test_every_step_comes_in_the_order_in_which_its_messages_came(given_bodies: list[dict[str, Any]]) -> None:
    numbers = [part.seq for part in parts_of(burst(given_bodies))]
    assert numbers == sorted(set(numbers))


@given(given_bodies=bursts)
def test_no_typed_word_is_lost(given_bodies: list[dict[str, Any]]) -> None:
    typed = [body["text"] for body in given_bodies if body.get("text") is not None]
    assert [part.text for step in burst(given_bodies) if isinstance(step.event, Said) for part in step.parts] == typed


@given(given_bodies=bursts)
def test_the_joined_text_maps_back_to_its_messages(given_bodies: list[dict[str, Any]]) -> None:
    for step in burst(given_bodies):
        if isinstance(step.event, Said):
            for part in step.parts:
                assert step.event.text[part.start : part.start + len(part.text)] == part.text
            assert step.event.text == "\n".join(part.text for part in step.parts)
            assert (step.event.first_seq, step.event.seq) == (step.parts[0].seq, step.parts[-1].seq)


@given(given_bodies=bursts)
def test_texts_that_follow_each_other_are_read_together_and_only_those(given_bodies: list[dict[str, Any]]) -> None:
    steps = burst(given_bodies)
    fresh = [isinstance(step.event, Said) and not step.event.edited for step in steps]
    assert not any(one and other for one, other in pairwise(fresh))


@given(before=bursts, after=bursts, leaving=st.sampled_from(EXITS))
def test_an_exit_wins_over_everything_before_it_and_what_follows_is_still_read(
    before: list[dict[str, Any]], after: list[dict[str, Any]], leaving: dict[str, Any]
) -> None:
    steps = burst([*before, leaving, *after])
    assert [part.text for part in steps[0].parts[: len(before)]] == [""] * len(before), "nothing before it is read"
    assert steps[0].event.seq == len(before) + 1
    first = steps[0].event
    assert (isinstance(first, Pressed) and first.choice == "exit") or (
        isinstance(first, Said) and first.text.startswith(leaving.get("text", "-"))
    )


@given(leaving=st.sampled_from(EXITS[1:]), after=st.lists(texts.filter(str.strip), min_size=1, max_size=3))
def test_a_typed_exit_stands_alone_even_when_more_is_typed_behind_it(leaving: dict[str, Any], after: list[str]) -> None:
    """Joined with what follows it would no longer read as an exit."""
    steps = burst([leaving, *({"text": text} for text in after)])
    first = steps[0].event
    assert isinstance(first, Said)
    assert read_exit(first.text)


@pytest.mark.parametrize("times", [1, 2, 5])
def test_a_button_pressed_again_in_the_same_breath_is_one_press(times: int) -> None:
    steps = burst([{"choice": "safe.no"}] * times)
    assert [step.event for step in steps] == [Pressed(seq=1, choice="safe.no")]


def test_different_buttons_and_a_button_pressed_again_later_all_count() -> None:
    steps = burst([{"choice": "menu"}, {"choice": "learn"}, {"choice": "menu"}])
    assert [step.event.choice for step in steps if isinstance(step.event, Pressed)] == ["menu", "learn", "menu"]


def test_words_between_two_presses_keep_them_apart() -> None:
    steps = burst([{"choice": "menu"}, {"text": "chờ đã"}, {"choice": "menu"}])
    assert [type(step.event) for step in steps] == [Pressed, Said, Pressed]


def test_what_came_before_an_exit_is_still_deleted_from_the_screen() -> None:
    steps = burst([{"text": "bố đánh em", "message_id": "7"}, {"text": "/thoat", "message_id": "8"}])
    assert [(part.message_id, part.text) for part in parts_of(steps)] == [("7", ""), ("8", "/thoat")]


def test_two_pictures_are_two() -> None:
    steps = burst([{"attachment": "picture", "message_id": "7"}, {"attachment": "picture", "message_id": "8"}])
    assert [step.event for step in steps] == [Attached(seq=1, kind="picture"), Attached(seq=2, kind="picture")]
    assert [part.message_id for part in parts_of(steps)] == ["7", "8"]


def test_an_edited_message_is_read_alone_and_marked() -> None:
    steps = burst([{"text": "một"}, {"text": "hai", "edited": True}, {"text": "ba"}])
    assert [(step.event.text, step.event.edited) for step in steps if isinstance(step.event, Said)] == [
        ("một", False),
        ("hai", True),
        ("ba", False),
    ]


def test_a_timer_and_a_notice_are_events_of_their_own() -> None:
    assert steps_of([row(4, {"name": "waiting.2"}, TIMER)]) == (Step(event=Rang(seq=4, name="waiting.2")),)
    notice = {"case": "c", "event": "said", "name": "Cô Lan", "text": "Cô đây"}
    said = Noticed(seq=5, case_id="c", event="said", name="Cô Lan", text="Cô đây")
    assert steps_of([row(5, notice, DESK)]) == (Step(event=said),)
    silent = Noticed(seq=6, case_id="c", event="silent")
    assert steps_of([row(6, {"case": "c", "event": "silent"}, DESK)]) == (Step(event=silent),)


def test_nothing_is_no_step() -> None:
    assert steps_of([]) == ()
