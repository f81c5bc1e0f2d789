"""What an author can pick, and what the bot says of it, one screen after the other."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from content.errors import UnknownText
from content.library import Content
from content.render import to_plain
from content.schema import AUDIENCES, Advice, Audience, Lesson, Message, Quiz, Review
from content.tree import Tree

Kind = Literal["lesson", "quiz", "advice", "message"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A text of its own in one language: a lesson, a band's quiz, a page of advice or a message of the flows."""

    kind: Kind
    key: str
    lang: str
    title: str
    group: str
    """The topic, or the file of messages: what the list of pieces is sorted under."""
    record: Lesson | Quiz | Advice | Message
    audiences: tuple[Audience, ...]

    @property
    def file(self) -> str:
        """The file in which it is written."""
        return self.record.place.file

    @property
    def review(self) -> Review | None:
        """Who has read it; None where its kind of file has no such fields."""
        return None if isinstance(self.record, Message) else self.record.review

    def alone(self) -> Tree:
        """Give a tree that holds this piece and nothing else, to be measured."""
        match self.record:
            case Lesson() as lesson:
                return Tree(lessons=[lesson])
            case Quiz() as quiz:
                return Tree(quizzes=[quiz])
            case Advice() as advice:
                return Tree(advice=[advice])
            case Message() as message:
                return Tree(messages=[message])


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """One thing that the bot says, with the labels of its buttons and the line where it is written."""

    name: str
    line: int
    text: str
    labels: tuple[str, ...] = ()


def pieces(tree: Tree) -> dict[tuple[Kind, str, str], Piece]:
    """List everything that can be picked, by kind, key and language."""
    return {(piece.kind, piece.key, piece.lang): piece for piece in _pieces(tree)}


def _pieces(tree: Tree) -> Iterator[Piece]:
    for lesson in tree.lessons:
        yield _piece("lesson", f"{lesson.topic}.{lesson.band}", lesson.title, lesson.topic, lesson, [lesson.band])
    topics = {(topic.id, topic.lang): topic.variants for topic in tree.topics}
    for quiz in tree.quizzes:
        named = topics.get((quiz.topic, quiz.lang))
        key = named.key_for(quiz.band) if named else None
        title = named.texts[key] if named and key else quiz.topic
        yield _piece("quiz", f"{quiz.topic}.{quiz.band}", title, quiz.topic, quiz, [quiz.band])
    for advice in tree.advice:
        yield _piece("advice", advice.topic, advice.title, advice.topic, advice, ["parent"])
    for message in tree.messages:
        file = message.place.file.rpartition("/")[2].removesuffix(".yml")
        readers = [audience for audience in AUDIENCES if message.variants.key_for(audience)]
        yield _piece("message", message.id, message.id, file, message, readers)


def _piece(
    kind: Kind,
    key: str,
    title: str,
    group: str,
    record: Lesson | Quiz | Advice | Message,
    audiences: Iterable[Audience],
) -> Piece:
    return Piece(
        kind=kind,
        key=key,
        lang=record.lang,
        title=title,
        group=group,
        record=record,
        audiences=tuple(audiences),
    )


def screens(content: Content, piece: Piece, audience: Audience) -> tuple[Screen, ...]:
    """Give what the bot says, in its order; the buttons of a message are chosen by the flow and not known here."""
    match piece.record:
        case Lesson() | Advice() as pages:
            return tuple(_cards(content, pages, audience))
        case Quiz() as quiz:
            return tuple(_questions(content, quiz))
        case Message() as message:
            key = message.variants.key_for(audience)
            if key is None:
                return ()
            text = message.variants.texts[key].strip()
            return (Screen(name=message.id, line=message.variants.lines[key], text=text),)


def _cards(content: Content, pages: Lesson | Advice, audience: Audience) -> Iterator[Screen]:
    labels = _labels(content, ("next", "stop", "exit"), audience, pages.lang)
    for number, card in enumerate(pages.cards, start=1):
        text = f"{pages.title} ({number}/{len(pages.cards)})\n\n{to_plain(card.text)}"
        yield Screen(name=f"Thẻ {number}", line=card.place.line, text=text, labels=labels)


def _questions(content: Content, quiz: Quiz) -> Iterator[Screen]:
    ways = _labels(content, ("stop", "exit"), quiz.band, quiz.lang)
    for number, question in enumerate(quiz.questions, start=1):
        options = "\n".join(f"{place}. {option.text}" for place, option in enumerate(question.options, start=1))
        places = tuple(str(place) for place in range(1, len(question.options) + 1))
        text = f"{number}/{len(quiz.questions)}. {question.question}\n\n{options}"
        yield Screen(name=f"Câu {number}", line=question.place.line, text=text, labels=(*places, *ways))
        for place, option in enumerate(question.options, start=1):
            name = f"Câu {number}, khi chọn {place}"
            yield Screen(name=name, line=option.place.line, text=_verdict(content, quiz, option.why, option.correct))


def _verdict(content: Content, quiz: Quiz, why: str, correct: bool) -> str:
    try:
        return content.say("quiz.right" if correct else "quiz.wrong", quiz.band, quiz.lang, why=why).strip()
    except (UnknownText, TypeError):
        return why  # the messages around it are being mended


def _labels(content: Content, choices: Iterable[str], audience: Audience, lang: str) -> tuple[str, ...]:
    return tuple(_label(content, choice, audience, lang) for choice in choices)


def _label(content: Content, choice: str, audience: Audience, lang: str) -> str:
    try:
        return content.label(choice, audience, lang)
    except UnknownText:
        return choice  # choices.yml is being mended: the page still shows the rest
