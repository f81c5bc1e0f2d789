"""What one person has learned here: pure values and what may happen to them. They live inside the sealed state."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from bot import cards
from bot.cards import Card
from content.schema import Audience

Outcome = Literal["right", "wrong", "skipped"]
Confidant = Literal["adult", "111", "friend", "nobody", "unsure", "skipped"]
"""Whom a child would tell, in the order of the options of `whom.ask`; none of them is right or wrong."""

DAILY_QUESTIONS = 3
TOPICS_BEFORE_ASKING_AGAIN = 4
KEPT = timedelta(days=365)
"""A school year and its holidays after the last thing learned, all of it is forgotten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A lesson (to a parent: advice) read to its end, and the day it was first."""

    topic: str
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The best result of a quiz, and its day."""

    topic: str
    right: int
    total: int
    on: date

    @property
    def passed(self) -> bool:
        """Two thirds of the questions, or more, were right."""
        return self.total > 0 and 3 * self.right >= 2 * self.total


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """The same idea asked before and after a lesson."""

    topic: str
    before: Outcome
    after: Outcome | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Learning:
    """What one person has learned, in the words of one audience: a child's band has lessons of its own.

    `hidden`: after a quick exit or a change of person nothing of it shows, until the person asks how far it has come.
    """

    audience: Audience
    finished: tuple[Finished, ...] = ()
    results: tuple[Result, ...] = ()
    cards: tuple[Card, ...] = ()
    seen: tuple[str, ...] = ()  # questions that were answered
    measures: tuple[Measure, ...] = ()
    told: tuple[Confidant, ...] = ()
    hidden: bool = False
    on: date | None = None  # the last day something was added

    @property
    def topics(self) -> tuple[str, ...]:
        """The topics that were finished, oldest first."""
        return tuple(done.topic for done in self.finished)

    @property
    def badges(self) -> tuple[str, ...]:
        """The topics whose quiz was passed, in the order they were."""
        return tuple(result.topic for result in self.results if result.passed)

    @property
    def certificates(self) -> tuple[str, ...]:
        """The topics whose lesson was finished and whose quiz was passed."""
        return tuple(topic for topic in self.badges if topic in self.topics)

    def measure(self, topic: str) -> Measure | None:
        """Return what was asked around the first lesson of a topic."""
        return next((measure for measure in self.measures if measure.topic == topic), None)


def finish(learning: Learning, topic: str, today: date) -> Learning:
    """Note that a lesson was read to its end; the first day counts."""
    if topic in learning.topics:
        return replace(learning, on=today)
    return replace(learning, finished=(*learning.finished, Finished(topic=topic, on=today)), on=today)


def answer(learning: Learning, question: str, today: date, *, correct: bool) -> Learning:
    """Note an answer: a missed question becomes a card, a right one moves its card on."""
    move = cards.recalled if correct else cards.missed
    seen = learning.seen if question in learning.seen else (*learning.seen, question)
    return replace(learning, cards=move(learning.cards, question, today), seen=seen, on=today)


def score(learning: Learning, topic: str, right: int, total: int, today: date) -> Learning:
    """Note the result of a quiz; the best one stays, and a badge is never lost."""
    new = Result(topic=topic, right=right, total=total, on=today)
    old = next((result for result in learning.results if result.topic == topic), None)
    if old is None:
        return replace(learning, results=(*learning.results, new), on=today)
    if old.right * new.total >= new.right * old.total:
        return replace(learning, on=today)
    others = tuple(result for result in learning.results if result is not old)
    return replace(learning, results=(*others, new), on=today)


def measured(learning: Learning, topic: str, outcome: Outcome, today: date, *, after: bool) -> Learning:
    """Note the answer to the question before a lesson, or to the one after it."""
    old = learning.measure(topic)
    if not after:
        kept = (*learning.measures, Measure(topic=topic, before=outcome)) if old is None else learning.measures
        return replace(learning, measures=kept, on=today)
    kept = tuple(replace(each, after=outcome) if each is old else each for each in learning.measures)
    return replace(learning, measures=kept, on=today)


def tell(learning: Learning, confidant: Confidant, today: date) -> Learning:
    """Note whom a child would tell."""
    return replace(learning, told=(*learning.told, confidant), on=today)


def without_unknown(learning: Learning, known: Collection[str]) -> Learning:
    """Drop the questions that the content no longer has."""
    return replace(
        learning,
        cards=tuple(card for card in learning.cards if card.question in known),
        seen=tuple(question for question in learning.seen if question in known),
    )


def challenge(learning: Learning, on_offer: Sequence[str], today: date) -> tuple[str, ...]:
    """Choose the questions of the day among those on offer, which stand in the order of the path.

    Missed questions that are due come first, then what was not yet seen; when all was seen, a few by the date.
    """
    again = [question for question in cards.due(learning.cards, today) if question in on_offer]
    unseen = [question for question in on_offer if question not in learning.seen]
    start = today.toordinal() * DAILY_QUESTIONS % max(len(on_offer), 1)
    seen = [*on_offer[start:], *on_offer[:start]]
    return tuple(dict.fromkeys((*again, *unseen, *seen)))[:DAILY_QUESTIONS]


def next_topic(learning: Learning, path: Iterable[str]) -> str | None:
    """Return the first topic of the path that is not finished."""
    return next((topic for topic in path if topic not in learning.topics), None)


def hide(learned: Iterable[Learning]) -> tuple[Learning, ...]:
    """Return everything learned, out of sight until it is asked for."""
    return tuple(replace(learning, hidden=True) for learning in learned)


def still_kept(learned: Iterable[Learning], today: date) -> tuple[Learning, ...]:
    """Return what was added to within the last year."""
    return tuple(learning for learning in learned if learning.on is not None and today - learning.on < KEPT)
