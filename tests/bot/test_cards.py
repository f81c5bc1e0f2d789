"""Cards of missed questions: due in order, never lost before they are learned, never twice, never more than sixty."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards import MOST_CARDS, RIGHT_TO_LEAVE, Card, day_of, due, missed, recalled

TODAY = date(2026, 11, 22)
steps = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from(["missed", "recalled"]), st.sampled_from("abcdefgh")), max_size=60
)


def test_a_missed_question_is_due_tomorrow_and_leaves_after_three_growing_waits() -> None:
    cards = missed((), "q", TODAY)
    day, waits = TODAY, []
    while cards:
        waits.append((cards[0].due - day).days)
        day = cards[0].due
        assert due(cards, day - timedelta(days=1)) == ()
        cards = recalled(cards, "q", day)
    assert waits == [1, 2, 6]


def test_a_right_answer_before_its_day_changes_nothing() -> None:
    cards = missed((), "q", TODAY)
    assert recalled(cards, "q", TODAY) == cards


def test_a_question_missed_over_and_over_needs_more_than_three_right_answers() -> None:
    cards, day = missed((), "q", TODAY), TODAY
    for _ in range(6):
        day = cards[0].due
        cards = missed(cards, "q", day)
    rights = 0
    while cards:
        cards = recalled(cards, "q", cards[0].due)
        rights += 1
        assert rights < 30
    assert rights > RIGHT_TO_LEAVE


def test_a_miss_on_the_way_starts_the_card_anew() -> None:
    cards = recalled(missed((), "q", TODAY), "q", TODAY + timedelta(days=1))
    assert cards[0].right == 1
    assert missed(cards, "q", TODAY + timedelta(days=3))[0].right == 0


def test_an_answer_to_a_question_without_a_card_makes_none() -> None:
    assert recalled((), "q", TODAY) == ()


@given(steps=steps)
def test_cards_are_never_lost_doubled_or_moved_by_other_questions(steps: list[tuple[int, str, str]]) -> None:
    cards: tuple[Card, ...] = ()
    day = TODAY
    for later, verb, question in steps:
        day += timedelta(days=later)
        before = {card.question: card for card in cards}
        cards = missed(cards, question, day) if verb == "missed" else recalled(cards, question, day)
        after = {card.question: card for card in cards}
        assert len(after) == len(cards)
        assert {name: card for name, card in before.items() if name != question} == {
            name: card for name, card in after.items() if name != question
        }
        if verb == "missed":
            assert after[question].due == day + timedelta(days=1)
        elif question in before and question not in after:
            assert before[question].right == RIGHT_TO_LEAVE - 1
        for card in cards:
            assert card.due > card.reviewed
            assert 0 <= card.right < RIGHT_TO_LEAVE


@given(days=st.lists(st.integers(-9, 9), max_size=12))
def test_what_waited_longest_is_asked_first(days: list[int]) -> None:
    cards = tuple(
        Card(
            question=f"q{number}",
            reviewed=TODAY - timedelta(days=30),
            due=TODAY + timedelta(days=away),
            stability=1.0,
            difficulty=5.0,
        )
        for number, away in enumerate(days)
    )
    by_question = {card.question: card.due for card in cards}
    asked = [by_question[question] for question in due(cards, TODAY)]
    assert asked == sorted(away for away in by_question.values() if away <= TODAY)


def test_the_box_holds_sixty_and_the_nearest_to_being_learned_leaves() -> None:
    cards: tuple[Card, ...] = ()
    for number in range(MOST_CARDS):
        cards = missed(cards, f"q{number}", TODAY)
    cards = recalled(cards, "q7", TODAY + timedelta(days=1))
    cards = missed(cards, "new", TODAY + timedelta(days=1))
    names = {card.question for card in cards}
    assert len(cards) == MOST_CARDS
    assert "new" in names
    assert "q7" not in names


@pytest.mark.parametrize(("hour", "day"), [(16, 22), (17, 23)])
def test_a_day_begins_at_midnight_in_viet_nam(hour: int, day: int) -> None:
    assert day_of(datetime(2026, 11, 22, hour, tzinfo=UTC)) == date(2026, 11, day)
