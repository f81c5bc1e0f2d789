"""What a person has learned: the best counts, nothing is lost by trying, and the challenge asks the right three."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import learning
from bot.learning import DAILY_QUESTIONS, Finished, Learning
from tests.bot.moments import QUESTIONS, learnings

TODAY = date(2026, 11, 22)
FRESH = Learning(audience="11-14")


@pytest.mark.parametrize(("right", "total", "badges"), [(4, 6, ("scam",)), (5, 7, ("scam",)), (4, 7, ()), (0, 0, ())])
def test_two_thirds_of_a_quiz_are_a_badge(right: int, total: int, badges: tuple[str, ...]) -> None:
    assert learning.score(FRESH, "scam", right, total, TODAY).badges == badges


@given(tries=st.lists(st.integers(0, 6), min_size=1, max_size=6))
def test_a_worse_try_takes_nothing_away(tries: list[int]) -> None:
    known = FRESH
    for right in tries:
        known = learning.score(known, "scam", right, 6, TODAY)
    assert [result.right for result in known.results] == [max(tries)]


def test_a_certificate_needs_lesson_and_badge_in_either_order() -> None:
    lesson_first = learning.score(learning.finish(FRESH, "scam", TODAY), "scam", 6, 6, TODAY)
    quiz_first = learning.finish(learning.score(FRESH, "scam", 6, 6, TODAY), "scam", TODAY)
    assert lesson_first.certificates == quiz_first.certificates == ("scam",)
    assert learning.finish(FRESH, "scam", TODAY).certificates == ()


def test_a_lesson_read_twice_keeps_its_first_day() -> None:
    twice = learning.finish(learning.finish(FRESH, "scam", TODAY), "scam", TODAY + timedelta(days=5))
    assert twice.finished == (Finished(topic="scam", on=TODAY),)


@given(known=learnings)
def test_the_challenge_asks_due_cards_first_then_what_was_not_seen(known: Learning) -> None:
    chosen = learning.challenge(known, QUESTIONS, TODAY)
    assert len(set(chosen)) == len(chosen) == DAILY_QUESTIONS
    waiting = [card.question for card in known.cards if card.due <= TODAY and card.question in QUESTIONS]
    assert set(chosen[: len(waiting)]) == set(waiting)
    assert not set(chosen[len(waiting) :]) & set(known.seen)


def test_when_all_was_seen_the_questions_change_with_the_day() -> None:
    seen = learning.Learning(audience="11-14", seen=tuple(QUESTIONS))
    today, tomorrow = (learning.challenge(seen, QUESTIONS, TODAY + timedelta(days=away)) for away in (0, 1))
    assert len(today) == len(tomorrow) == DAILY_QUESTIONS
    assert not set(today) & set(tomorrow)


@given(known=learnings)
def test_questions_that_are_gone_are_dropped_and_no_other(known: Learning) -> None:
    kept = learning.without_unknown(known, frozenset(QUESTIONS))
    assert [card for card in known.cards if card.question in QUESTIONS] == list(kept.cards)
    assert kept.seen == known.seen


def test_a_year_after_the_last_thing_learned_it_is_not_kept() -> None:
    known = (learning.finish(FRESH, "scam", TODAY),)
    assert learning.still_kept(known, TODAY + timedelta(days=364)) == known
    assert learning.still_kept(known, TODAY + timedelta(days=365)) == ()


def test_the_path_goes_on_with_the_first_topic_that_is_not_finished() -> None:
    assert learning.next_topic(learning.finish(FRESH, "scam", TODAY), ["scam", "gaming"]) == "gaming"
    assert learning.next_topic(learning.finish(FRESH, "scam", TODAY), ["scam"]) is None
