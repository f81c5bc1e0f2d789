"""Puts every card where search finds it: one index for each language and kind of reader."""

from collections.abc import Iterator

from content.schema import BANDS, Advice, Audience, Band, Lesson, Topic
from content.search import Index, Page
from content.terms import Vocabulary
from content.tree import Tree

Shelf = tuple[str, Audience]
"""A language and a reader."""


def build_indexes(tree: Tree) -> dict[Shelf, Index]:
    """Index lessons for each band and advice for parents, in each language that has any.

    A band without a lesson of its own is given the one for 11-14, as `Content.lesson` does.
    """
    words = {record.lang: record for record in tree.search_words}
    found: dict[Shelf, Index] = {}
    for lang in tree.languages:
        vocabulary = Vocabulary.of(words.get(lang))
        for band in BANDS:
            found[lang, band] = Index.of(tuple(_lesson_pages(tree, lang, band)), vocabulary)
        found[lang, "unknown"] = found[lang, BANDS[0]]
        found[lang, "parent"] = Index.of(tuple(_advice_pages(tree, lang)), vocabulary)
    return found


def _lesson_pages(tree: Tree, lang: str, band: Band) -> Iterator[Page]:
    lessons = {(lesson.topic, lesson.band): lesson for lesson in tree.lessons if lesson.lang == lang}
    for topic in dict.fromkeys(topic for topic, _ in lessons):
        lesson = lessons.get((topic, band)) or lessons.get((topic, "11-14"))
        if lesson is not None:
            yield from _pages(tree, lesson, band)


def _advice_pages(tree: Tree, lang: str) -> Iterator[Page]:
    for advice in tree.advice:
        if advice.lang == lang:
            yield from _pages(tree, advice, "parent")


def _pages(tree: Tree, text: Lesson | Advice, audience: Audience) -> Iterator[Page]:
    asked = {
        entry.heading: entry.questions for entry in tree.asked if (entry.lang, entry.owner) == (text.lang, text.id)
    }
    titles = {topic.id: _title(topic, audience) for topic in tree.topics if topic.lang == text.lang}
    for step, card in enumerate(text.cards):
        yield Page(
            kind="learn" if isinstance(text, Lesson) else "advice",
            topic=text.topic,
            step=step,
            owner=text.id,
            title=text.title,
            heading=card.heading or "",
            text=card.text,
            topic_title=titles.get(text.topic, ""),
            asked=asked.get(card.heading or "", ()),
        )


def _title(topic: Topic, audience: Audience) -> str:
    key = topic.variants.key_for(audience)
    return topic.variants.texts[key] if key else ""
