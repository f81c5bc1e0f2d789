"""What belongs together must be there together (KC302 to KC304, KC306, KC307, KC311)."""

from collections.abc import Iterator

from content.errors import Problem
from content.lint.passages import readers
from content.schema import AUDIENCES, BANDS, SOURCE_LANGUAGE, Advice, Choice, Lesson, Message, Variants
from content.tree import Tree


def links(tree: Tree) -> Iterator[Problem]:
    """Find topics, quizzes, advice and wordings that lack their other half."""
    yield from _orphans(tree)
    yield from _topics(tree)
    yield from _unanswered(tree)
    records: list[Message | Choice] = [*tree.messages, *tree.choices]
    for record in records:
        served = readers(record.variants)
        missing = [band for band in BANDS if band not in served]
        if missing and len(missing) < len(BANDS):
            message = f"{record.id} has no text for {', '.join(missing)}"
            yield Problem(place=record.place, code="KC304", message=message)
    for topic in tree.topics:
        missing_audiences = _unserved(topic.variants)
        if missing_audiences:
            message = f"the title of {topic.id} has no text for {', '.join(missing_audiences)}"
            yield Problem(place=topic.place, code="KC304", message=message)


def _unserved(variants: Variants) -> list[str]:
    return [audience for audience in AUDIENCES if audience not in readers(variants)]


def _orphans(tree: Tree) -> Iterator[Problem]:
    taught = {(lesson.topic, lesson.band) for lesson in tree.lessons if lesson.lang == SOURCE_LANGUAGE}
    topics = {topic for topic, _ in taught}
    for quiz in tree.quizzes:
        if quiz.lang == SOURCE_LANGUAGE and (quiz.topic, quiz.band) not in taught:
            message = f"the quiz {quiz.topic} {quiz.band} has no lesson"
            yield Problem(place=quiz.place, code="KC302", message=message)
    for advice in tree.advice:
        if advice.lang == SOURCE_LANGUAGE and advice.topic not in topics:
            yield Problem(place=advice.place, code="KC302", message=f"{advice.id} has no lesson")


def _topics(tree: Tree) -> Iterator[Problem]:
    titled = {topic.id: topic.place for topic in tree.topics if topic.lang == SOURCE_LANGUAGE}
    taught = {lesson.topic: lesson.place for lesson in tree.lessons if lesson.lang == SOURCE_LANGUAGE}
    for topic, place in titled.items():
        if topic not in taught:
            yield Problem(place=place, code="KC307", message=f"{topic} has no lesson")
    for topic, place in taught.items():
        if topic not in titled:
            yield Problem(place=place, code="KC303", message=f"{topic} has no title")
        for lacking in _lacking(tree, topic):
            yield Problem(place=titled.get(topic, place), code="KC306", message=f"{topic} has no {lacking}")


def _lacking(tree: Tree, topic: str) -> Iterator[str]:
    for name, records in (("lesson", tree.lessons), ("quiz", tree.quizzes)):
        there = {item.band for item in records if item.topic == topic and item.lang == SOURCE_LANGUAGE}
        yield from (f"{name} for {band}" for band in BANDS if band not in there)
    if not any(advice.topic == topic and advice.lang == SOURCE_LANGUAGE for advice in tree.advice):
        yield "advice for parents"


def _unanswered(tree: Tree) -> Iterator[Problem]:
    texts: list[Lesson | Advice] = [*tree.lessons, *tree.advice]
    there = {(text.lang, text.id, card.heading) for text in texts for card in text.cards}
    for asked in tree.asked:
        if (asked.lang, asked.owner, asked.heading) not in there:
            message = f"{asked.owner} has no card “{asked.heading}”"
            yield Problem(place=asked.place, code="KC311", message=message)
