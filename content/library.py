"""All content in memory: what the flows say, the buttons, lessons, quizzes, advice and helplines."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from content.answers import Answers
from content.errors import ContentError, UnknownText, WrongParameters
from content.places.lookup import Places
from content.places.units import Province
from content.schema import (
    AUDIENCES,
    BANDS,
    SOURCE_LANGUAGE,
    Advice,
    Audience,
    Band,
    Choice,
    Helpline,
    Lesson,
    Message,
    Quiz,
    Topic,
)
from content.search import Hit, Index
from content.shelves import build_indexes
from content.tree import Tree, read_tree
from content.wording import fill, stamp

CONTENT_FOLDER = Path(__file__).parent
_NUMBERED = re.compile(r"(?:answer|leave)\.[0-9]{1,2}")  # made by their question, see docs/choices.md
_FIRST_TRANSLATED: Band = "11-14"

_Keyed = TypeVar("_Keyed", Message, Choice, Topic)
_Banded = TypeVar("_Banded", Lesson, Quiz)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)  # asyncio writes out what its tasks hold
class Content:
    """Every sentence that the bot can say; read once, at start, and never changed afterwards.

    A text that is missing in a language is given in Vietnamese: a sentence in the wrong language is better
    than none. A text that is missing for an audience raises UnknownText; `khien content lint` finds those.
    """

    topics: tuple[str, ...]
    """The topics that have lessons, in the order of topics.yml."""
    helplines: tuple[Helpline, ...]
    """The helplines that someone has verified, in the order of directory.yml."""
    places: Places
    """The provinces and communes, to be found by what a person types."""
    paths: Mapping[Band, tuple[str, ...]]
    """For each band every topic, in the order of path.yml."""
    _messages: Mapping[tuple[str, str], Message]
    _choices: Mapping[tuple[str, str], Choice]
    _titles: Mapping[tuple[str, str], Topic]
    _lessons: Mapping[tuple[str, str, Band], Lesson]
    _quizzes: Mapping[tuple[str, str, Band], Quiz]
    _advice: Mapping[tuple[str, str], Advice]
    _answers: Mapping[str, Answers]
    _indexes: Mapping[tuple[str, Audience], Index]

    @classmethod
    def load(cls, root: Path | None = None) -> "Content":
        """Read every content file below `root` (ours, unless told).

        Raises:
            ContentError: a file is broken; the text names the first, `.problems` holds them all.
        """
        tree = read_tree(root or CONTENT_FOLDER)
        if tree.problems:
            raise ContentError(tree.problems)
        return cls.of(tree)

    @classmethod
    def of(cls, tree: Tree) -> "Content":
        """Take what has been read, whatever problems were found beside it."""
        return cls(
            topics=_topics(tree),
            helplines=tuple(helpline for helpline in tree.helplines if helpline.verified),
            places=Places.of(tree.places),
            paths={band: _path(tree, band) for band in BANDS},
            _messages={(message.lang, message.id): message for message in tree.messages},
            _choices={(choice.lang, choice.id): choice for choice in tree.choices},
            _titles={(topic.lang, topic.id): topic for topic in tree.topics},
            _lessons={(lesson.lang, lesson.topic, lesson.band): lesson for lesson in tree.lessons},
            _quizzes={(quiz.lang, quiz.topic, quiz.band): quiz for quiz in tree.quizzes},
            _advice={(advice.lang, advice.topic): advice for advice in tree.advice},
            _answers=_answers(tree),
            _indexes=build_indexes(tree),
        )

    @property
    def message_ids(self) -> frozenset[str]:
        """The ids of everything a flow can say."""
        return frozenset(identifier for _, identifier in self._messages)

    @property
    def question_ids(self) -> frozenset[str]:
        """The ids of every question of every quiz."""
        return frozenset(question.id for quiz in self._quizzes.values() for question in quiz.questions)

    def say(self, message_id: str, audience: Audience, lang: str = SOURCE_LANGUAGE, **params: object) -> str:
        """Give the words of a message for this audience, its places filled.

        Raises:
            UnknownText: there is no such message for this audience.
            WrongParameters: `params` are not exactly the message's places.
        """
        message, text = _wording(self._messages, message_id, audience, lang)
        if params.keys() != message.params:
            wrong = ", ".join(sorted(params.keys() ^ message.params))
            raise WrongParameters(f"{message_id} has exactly the params of its file; wrong here: {wrong}")
        return fill(text, params)

    def wording(self, message_id: str, audience: Audience, lang: str = SOURCE_LANGUAGE) -> str:
        """Name the exact words, places unfilled, for a record of consent: `consent.phone@1:8f3a1c`.

        Raises:
            UnknownText: there is no such message for this audience.
        """
        message, text = _wording(self._messages, message_id, audience, lang)
        return stamp(message.id, message.version, text)

    def label(self, choice_id: str, audience: Audience, lang: str = SOURCE_LANGUAGE) -> str:
        """Give the words on a button.

        Raises:
            UnknownText: there is no such choice for this audience.
        """
        return _wording(self._choices, choice_id, audience, lang)[1]

    def is_choice(self, choice_id: str) -> bool:
        """Tell whether a choice of this id may be offered to anybody."""
        return (SOURCE_LANGUAGE, choice_id) in self._choices or _NUMBERED.fullmatch(choice_id) is not None

    def choice_for(self, text: str, lang: str = SOURCE_LANGUAGE, among: Collection[str] | None = None) -> str | None:
        """Name the choice whose label or typed phrase is the whole text, or None.

        Accents may be left out but not changed; a text that fits two choices names neither. Vietnamese
        phrases count in every language.
        """
        found = self._answers[lang].find(text, among) if lang in self._answers else None
        if found is None and lang != SOURCE_LANGUAGE and SOURCE_LANGUAGE in self._answers:
            found = self._answers[SOURCE_LANGUAGE].find(text, among)
        return found

    def lesson(self, topic: str, band: Band | None = None, lang: str = SOURCE_LANGUAGE) -> Lesson:
        """Give a lesson: in this language, else the language's lesson for 11-14, else in Vietnamese.

        Without a band it is the one for the youngest.

        Raises:
            UnknownText: the topic has no lesson for this band.
        """
        return _banded(self._lessons, topic, band, lang)

    def quiz(self, topic: str, band: Band | None = None, lang: str = SOURCE_LANGUAGE) -> Quiz:
        """Give a quiz, by the same rule as `lesson`.

        Raises:
            UnknownText: the topic has no quiz for this band.
        """
        return _banded(self._quizzes, topic, band, lang)

    def advice(self, topic: str, lang: str = SOURCE_LANGUAGE) -> Advice:
        """Give the advice for parents, in Vietnamese where the language has none.

        Raises:
            UnknownText: the topic has no advice.
        """
        found = self._advice.get((lang, topic)) or self._advice.get((SOURCE_LANGUAGE, topic))
        if found is None:
            raise UnknownText(f"there is no advice on {topic}")
        return found

    def search(self, question: str, audience: Audience, lang: str = SOURCE_LANGUAGE, limit: int = 5) -> tuple[Hit, ...]:
        """Give the cards of this reader that answer a question in their own words best, best first.

        A child is given cards of lessons for the band, a parent sections of advice; the question is not kept.
        """
        index = self._indexes.get((lang, audience)) or self._indexes.get((SOURCE_LANGUAGE, audience))
        return index.find(question, limit) if index else ()

    def topic_title(self, topic: str, audience: Audience, lang: str = SOURCE_LANGUAGE) -> str:
        """Give a topic's name in words for this audience.

        Raises:
            UnknownText: the topic has no title for this audience.
        """
        return _wording(self._titles, topic, audience, lang)[1]

    def topic_emoji(self, topic: str) -> str | None:
        """Give the small picture of a topic, where it has one."""
        title = self._titles.get((SOURCE_LANGUAGE, topic))
        return title.emoji if title else None

    def helpline(self, helpline_id: str) -> Helpline:
        """Give a helpline that someone has verified.

        Raises:
            UnknownText: there is none of this id, or nobody has verified it.
        """
        for helpline in self.helplines:
            if helpline.id == helpline_id:
                return helpline
        raise UnknownText(f"there is no verified helpline {helpline_id}")

    def helplines_of(self, province: Province) -> tuple[Helpline, ...]:
        """Give the province's own helplines that someone has verified, in the order of directory.yml."""
        return tuple(helpline for helpline in self.helplines if helpline.province == province.code)


def _topics(tree: Tree) -> tuple[str, ...]:
    taught = {lesson.topic for lesson in tree.lessons if lesson.lang == SOURCE_LANGUAGE}
    titled = [topic.id for topic in tree.topics if topic.lang == SOURCE_LANGUAGE]
    return tuple(topic for topic in [*titled, *sorted(taught - set(titled))] if topic in taught)


def _path(tree: Tree, band: Band) -> tuple[str, ...]:
    """A topic that the path has forgotten stands at its end."""
    topics = _topics(tree)
    ordered = [step.topic for step in tree.path if step.band == band and step.topic in topics]
    return tuple(dict.fromkeys((*ordered, *topics)))


def _answers(tree: Tree) -> dict[str, Answers]:
    return {
        lang: Answers.of(
            (phrase, choice.id)
            for choice in tree.choices
            if choice.lang == lang
            for phrase in (*choice.variants.texts.values(), *choice.typed)
        )
        for lang in tree.languages
    }


def _wording(
    records: Mapping[tuple[str, str], _Keyed], identifier: str, audience: Audience, lang: str
) -> tuple[_Keyed, str]:
    for language in dict.fromkeys((lang, SOURCE_LANGUAGE)):
        record = records.get((language, identifier))
        key = record.variants.key_for(audience) if record else None
        if record and key:
            return record, record.variants.texts[key]
    known = audience in AUDIENCES
    raise UnknownText(f"{identifier} has no text for {audience}" if known else f"no audience {audience}")


def _banded(records: Mapping[tuple[str, str, Band], _Banded], topic: str, band: Band | None, lang: str) -> _Banded:
    wanted = band or BANDS[0]
    for language, age in ((lang, wanted), (lang, _FIRST_TRANSLATED), (SOURCE_LANGUAGE, wanted)):
        if language == SOURCE_LANGUAGE and age != wanted:
            continue  # Vietnamese is there for every band
        found = records.get((language, topic, age))
        if found is not None:
            return found
    raise UnknownText(f"nothing on {topic} for {wanted}")
