"""How long sentences, cards, messages, labels, lessons and quizzes may be (KC101 to KC109)."""

from collections.abc import Iterator
from itertools import pairwise

from content.errors import Place, Problem
from content.lint.measure import emoji, sentences, words
from content.lint.passages import LIMITS, Passage, passages
from content.markdown import blocks
from content.schema import AUDIENCES, CHAINS, Audience, AudienceKey, Message
from content.tree import Tree

_CARDS = (4, 8)
_QUESTIONS = 6
_LABEL = 30


def lengths(tree: Tree) -> Iterator[Problem]:
    """Measure everything."""
    for passage in passages(tree):
        yield from _sentences(passage)
        yield from _card(passage)
        yield from _emoji(passage)
        if passage.kind == "label" and len(passage.text) > _LABEL:
            yield passage.problem("KC107", f"{passage.name}: the label has {len(passage.text)} characters")
    for message in tree.messages:
        yield from _message(message)
    for lesson in tree.lessons:
        if not _CARDS[0] <= len(lesson.cards) <= _CARDS[1]:
            report = f"{lesson.id} has {len(lesson.cards)} cards"
            yield Problem(place=lesson.place, code="KC104", message=report)
    for quiz in tree.quizzes:
        if len(quiz.questions) < _QUESTIONS:
            report = f"{quiz.topic} has {len(quiz.questions)} questions for {quiz.band}"
            yield Problem(place=quiz.place, code="KC105", message=report)


def _sentences(passage: Passage) -> Iterator[Problem]:
    if passage.audience is None:
        return
    most = LIMITS[passage.audience].sentence
    for offset, sentence in sentences(passage.text):
        count = words(sentence)
        if count > most:
            message = f"{passage.name}: {count} words (at most {most} for {passage.audience}): “{sentence}”"
            yield passage.problem("KC101", message, offset)


def _card(passage: Passage) -> Iterator[Problem]:
    if passage.kind not in ("lesson", "advice") or passage.audience is None:
        return
    most, count = LIMITS[passage.audience].card, words(passage.text)
    if count > most:
        message = f"{passage.name}: {count} words on a card (at most {most} for {passage.audience})"
        yield passage.problem("KC102", message)
    for block in blocks(passage.text):
        for line, below in pairwise(block.lines if block.kind == "paragraph" else ()):
            if line[-1].isalnum() and below[0].islower():
                yield passage.problem("KC108", f"{passage.name}: “{line[-40:]}”", passage.text.find(line))


def _emoji(passage: Passage) -> Iterator[Problem]:
    count = emoji(passage.text)
    if passage.audience in ("6-10", "unknown") and count > 1:
        yield passage.problem("KC103", f"{passage.name}: {count} emoji for {passage.audience}")


def _message(message: Message) -> Iterator[Problem]:
    """Report each wording once, for the strictest of its readers."""
    for key, text in message.variants.texts.items():
        count = words(text)
        most, code, reader = strictest(message, key)
        if most is not None and count > most:
            place = Place(file=message.place.file, line=message.variants.lines[key])
            report = f"{message.id}: {count} words (at most {most} for {reader})"
            yield Problem(place=place, code=code, message=report)


def strictest(message: Message, key: AudienceKey) -> tuple[int | None, str, str]:
    """Give the most words of a wording, the code of going over it, and whose limit it is; None where none has it."""
    limits = [_limit(message, audience) for audience in AUDIENCES if message.variants.key_for(audience) == key]
    return min(limits, default=(None, "", ""))


def _limit(message: Message, audience: Audience) -> tuple[int, str, str]:
    given = next((message.max_words[key] for key in CHAINS[audience] if key in message.max_words), None)
    return (LIMITS[audience].card, "KC109", audience) if given is None else (given, "KC106", audience)
