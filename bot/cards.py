"""Missed questions as cards: when each is asked again, by FSRS, a model of forgetting (library `fsrs`).

A day is a day in Việt Nam, so that "tomorrow" is the next morning and not 24 hours on. Nothing here is random.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from fsrs import Card as Remembered
from fsrs import Rating, Scheduler, State

from bot.times import VIETNAM

MOST_CARDS = 60
RIGHT_TO_LEAVE = 3
"""So often right, each time after a longer wait than before, and a question counts as learned."""
# Whole days only: no steps of minutes, which ask a child to come back at once.
_SCHEDULER = Scheduler(learning_steps=(), relearning_steps=(), maximum_interval=180, enable_fuzzing=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A question that was missed: when it was last answered, when it is due, and what FSRS needs to know of it."""

    question: str
    reviewed: date
    due: date
    stability: float  # days until one in ten would have forgotten it
    difficulty: float  # 1 to 10
    right: int = 0


def day_of(now: datetime) -> date:
    """Return the day in Việt Nam."""
    return now.astimezone(VIETNAM).date()


def due(cards: Iterable[Card], today: date) -> tuple[str, ...]:
    """Return the questions to be asked again by now, the one that waited longest first."""
    waiting = [card for card in cards if card.due <= today]
    return tuple(card.question for card in sorted(waiting, key=lambda card: (card.due, card.reviewed, card.question)))


def missed(cards: tuple[Card, ...], question: str, today: date) -> tuple[Card, ...]:
    """Put a missed question on a card of its own, or back to the start: it comes again tomorrow.

    Where the box is full, the card leaves that is nearest to being learned.
    """
    old = next((card for card in cards if card.question == question), None)
    again = _reviewed(old, question, Rating.Again, today)
    others = [card for card in cards if card.question != question]
    if len(others) >= MOST_CARDS:
        others.remove(max(others, key=lambda card: (card.right, card.due, card.question)))
    return (*others, replace(again, right=0, due=today + timedelta(days=1)))


def recalled(cards: tuple[Card, ...], question: str, today: date) -> tuple[Card, ...]:
    """Note a right answer; one before its day proves nothing, and one that earned no longer wait does not count."""
    card = next((card for card in cards if card.question == question), None)
    if card is None or card.due > today:
        return cards
    after = _reviewed(card, question, Rating.Good, today)
    if after.due - after.reviewed > card.due - card.reviewed:
        after = replace(after, right=card.right + 1)
    left = (after,) if after.right < RIGHT_TO_LEAVE else ()
    return (*(other for other in cards if other is not card), *left)


def _reviewed(card: Card | None, question: str, rating: Rating, today: date) -> Card:
    at = _midnight(today)
    before = Remembered(card_id=0, due=at)
    if card is not None:
        before = Remembered(
            card_id=0,
            state=State.Review,
            stability=card.stability,
            difficulty=card.difficulty,
            due=_midnight(card.due),
            last_review=_midnight(card.reviewed),
        )
    after, _ = _SCHEDULER.review_card(before, rating, at)
    return Card(
        question=question,
        reviewed=today,
        due=after.due.date(),
        stability=after.stability or 0.0,
        difficulty=after.difficulty or 0.0,
        right=card.right if card is not None else 0,
    )


def _midnight(day: date) -> datetime:
    """FSRS counts in moments of UTC; only whole days between them matter here."""
    return datetime.combine(day, time(), UTC)
