"""English must be there for what the flows say and for the lessons of 11-14 (KC301, KC305, KC308)."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from content.errors import Problem
from content.lint.passages import readers
from content.schema import SOURCE_LANGUAGE, Choice, Message, Topic
from content.tree import Tree

REQUIRED = "en"
"""The language that everything is translated into."""
_REQUIRED_BAND = "11-14"
_Keyed = TypeVar("_Keyed", Message, Choice, Topic)


def translations(tree: Tree) -> Iterator[Problem]:
    """Compare every language with the Vietnamese."""
    yield from _missing(tree.messages)
    yield from _missing(tree.choices)
    yield from _missing(tree.topics)
    yield from _surplus(tree.messages)
    yield from _surplus(tree.choices)
    yield from _surplus(tree.topics)
    yield from _params(tree.messages)
    yield from _lessons(tree)


def _missing(records: Sequence[_Keyed]) -> Iterator[Problem]:
    english = {record.id: record for record in records if record.lang == REQUIRED}
    for record in records:
        if record.lang != SOURCE_LANGUAGE:
            continue
        if record.id not in english:
            yield Problem(place=record.place, code="KC301", message=f"{record.id} has no English")
            continue
        theirs = english[record.id]
        without = sorted(readers(record.variants) - readers(theirs.variants))
        if without:
            message = f"{record.id} has no English for {', '.join(without)}"
            yield Problem(place=theirs.place, code="KC301", message=message)


def _surplus(records: Sequence[_Keyed]) -> Iterator[Problem]:
    ours = {record.id for record in records if record.lang == SOURCE_LANGUAGE}
    for record in records:
        if record.id not in ours:
            yield Problem(place=record.place, code="KC308", message=f"{record.id} has no Vietnamese")


def _params(messages: Sequence[Message]) -> Iterator[Problem]:
    ours = {message.id: message.params for message in messages if message.lang == SOURCE_LANGUAGE}
    for message in messages:
        expected = ours.get(message.id, message.params)
        if message.params != expected:
            wrong = ", ".join(sorted(message.params ^ expected))
            yield Problem(place=message.place, code="KC305", message=f"{message.id}: {wrong}")


def _lessons(tree: Tree) -> Iterator[Problem]:
    english = {(lesson.topic, lesson.band) for lesson in tree.lessons if lesson.lang == REQUIRED}
    for lesson in tree.lessons:
        if lesson.lang != SOURCE_LANGUAGE or lesson.band != _REQUIRED_BAND:
            continue
        if (lesson.topic, lesson.band) not in english:
            yield Problem(place=lesson.place, code="KC301", message=f"{lesson.id} has no English")
