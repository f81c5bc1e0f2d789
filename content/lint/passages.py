"""Every text of the tree with its readers and its place, so that each rule is written once."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from content.errors import Place, Problem
from content.schema import AUDIENCES, Audience, AudienceKey, Card, Quiz, Variants
from content.tree import Tree

Kind = Literal["lesson", "advice", "quiz", "message", "label", "title", "alt"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """The most words of a sentence and of a card."""

    sentence: int
    card: int


LIMITS: dict[Audience, Limit] = {
    "6-10": Limit(sentence=12, card=45),
    "unknown": Limit(sentence=12, card=45),  # worded for a nine-year-old
    "11-14": Limit(sentence=18, card=70),
    "15-17": Limit(sentence=24, card=110),
    "parent": Limit(sentence=24, card=110),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """One text. `audience` is its youngest reader, or None for a wording that nobody is given."""

    kind: Kind
    name: str
    lang: str
    text: str
    audience: Audience | None
    place: Place
    mistaken: bool = False
    """Whether it is a wrong option of a quiz: words that are there to be seen through."""

    def problem(self, code: str, message: str, offset: int = 0) -> Problem:
        """Report something at the line that holds the character at `offset`."""
        line = self.place.line + self.text.count("\n", 0, offset)
        return Problem(place=Place(file=self.place.file, line=line), code=code, message=message)


def passages(tree: Tree) -> Iterator[Passage]:
    """Yield every text that a child or parent can be given."""
    for lesson in tree.lessons:
        title = Passage(
            kind="title",
            name=lesson.id,
            lang=lesson.lang,
            text=lesson.title,
            audience=lesson.band,
            place=lesson.place,
        )
        yield title
        yield from (_card("lesson", lesson.id, lesson.lang, card, lesson.band) for card in lesson.cards)
    for advice in tree.advice:
        yield Passage(
            kind="title",
            name=advice.id,
            lang=advice.lang,
            text=advice.title,
            audience="parent",
            place=advice.place,
        )
        yield from (_card("advice", advice.id, advice.lang, card, "parent") for card in advice.cards)
    for quiz in tree.quizzes:
        yield from _quiz(quiz)
    for message in tree.messages:
        yield from _variants("message", message.id, message.lang, message.variants, message.place)
    for choice in tree.choices:
        yield from _variants("label", choice.id, choice.lang, choice.variants, choice.place)
    for topic in tree.topics:
        yield from _variants("title", topic.id, topic.lang, topic.variants, topic.place)
    for picture in tree.pictures:
        yield Passage(
            kind="alt",
            name=picture.id,
            lang=picture.lang,
            text=picture.alt,
            audience="6-10",
            place=picture.place,
        )


def youngest(variants: Variants, key: AudienceKey) -> Audience | None:
    """Name the youngest audience that is given this wording."""
    order: tuple[Audience, ...] = ("6-10", "unknown", "11-14", "15-17", "parent")
    return next((audience for audience in order if variants.key_for(audience) == key), None)


def readers(variants: Variants) -> frozenset[Audience]:
    """Name the audiences that have a wording."""
    return frozenset(audience for audience in AUDIENCES if variants.key_for(audience) is not None)


def _card(kind: Kind, name: str, lang: str, card: Card, audience: Audience) -> Passage:
    return Passage(kind=kind, name=name, lang=lang, text=card.text, audience=audience, place=card.place)


def _quiz(quiz: Quiz) -> Iterator[Passage]:
    for question in quiz.questions:
        texts = [(question.question, question.place, False)]
        for option in question.options:
            texts.append((option.text, option.place, not option.correct))
            texts.append((option.why, option.place, False))
        for text, place, mistaken in texts:
            yield Passage(
                kind="quiz",
                name=question.id,
                lang=quiz.lang,
                text=text,
                audience=quiz.band,
                place=place,
                mistaken=mistaken,
            )


def _variants(kind: Kind, name: str, lang: str, variants: Variants, place: Place) -> Iterator[Passage]:
    for key, text in variants.texts.items():
        yield Passage(
            kind=kind,
            name=name,
            lang=lang,
            text=text,
            audience=youngest(variants, key),
            place=Place(file=place.file, line=variants.lines[key]),
        )
