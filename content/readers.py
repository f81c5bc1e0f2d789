"""Reads one file's text into its records; each reader raises ContentError with every problem it finds."""

from collections.abc import Mapping
from types import MappingProxyType

from content.cards import Sheet, read_sheet
from content.errors import ContentError, Place, Problem, broken
from content.marked_yaml import Location, Marked, read_yaml
from content.schema import (
    CERTIFICATE,
    Advice,
    AudienceKey,
    Choice,
    Helpline,
    Lesson,
    Message,
    Option,
    PathStep,
    PictureWords,
    Question,
    Quiz,
    Review,
    Source,
    Specialist,
    Topic,
    Variants,
    Verified,
)
from content.shapes import (
    ADVICE,
    CHOICES,
    DIRECTORY,
    LESSON,
    MESSAGES,
    PATH,
    PICTURES,
    QUIZ,
    TOPICS,
    MessageShape,
    QuestionShape,
    ReviewShape,
    SourceShape,
    check,
)
from content.wording import RESERVED, placeholders

_LONGEST_LABEL = 60
_CERTIFICATE_PLACES = frozenset({"badge", "day"})


def read_lesson(file: str, text: str, *, lang: str, topic: str, band: str) -> Lesson:
    """Read a lesson; its id, topic and band must be those of its path."""
    sheet = read_sheet(file, text)
    shape = check(LESSON, sheet.head)
    _agree(sheet.head, {"id": f"{topic}.{band}", "topic": topic, "band": band})
    return Lesson(
        id=shape.id,
        lang=lang,
        topic=shape.topic,
        band=shape.band,
        title=shape.title,
        minutes=shape.minutes,
        cards=sheet.cards,
        sources=_sources(shape.sources),
        review=_review(shape),
        place=_head_place(sheet),
    )


def read_advice(file: str, text: str, *, lang: str, topic: str) -> Advice:
    """Read advice; its id and topic must be those of its path."""
    sheet = read_sheet(file, text)
    shape = check(ADVICE, sheet.head)
    _agree(sheet.head, {"id": f"advice.{topic}", "topic": topic})
    return Advice(
        id=shape.id,
        lang=lang,
        topic=shape.topic,
        title=shape.title,
        cards=sheet.cards,
        sources=_sources(shape.sources),
        review=_review(shape),
        place=_head_place(sheet),
    )


def read_quizzes(file: str, text: str, *, lang: str, topic: str) -> tuple[Quiz, ...]:
    """Read a quiz file: one quiz for each band it has."""
    marked = read_yaml(file, text)
    shape = check(QUIZ, marked)
    _agree(marked, {"topic": topic})
    return tuple(
        Quiz(
            lang=lang,
            topic=topic,
            band=band,
            questions=tuple(
                _question(marked, ("bands", band, index), question, f"{topic}.{band}.")
                for index, question in enumerate(questions)
            ),
            review=_review(shape),
            place=_place(marked, ("bands", band)),
        )
        for band, questions in shape.bands.items()
    )


def read_messages(file: str, text: str, *, lang: str) -> tuple[Message, ...]:
    """Read a messages file; the places of every wording must be exactly the params."""
    marked = read_yaml(file, text)
    shapes = check(MESSAGES, marked)
    problems = [problem for index, shape in enumerate(shapes) for problem in _wrong_places(marked, index, shape)]
    if problems:
        raise ContentError(problems)
    return tuple(
        Message(
            id=shape.id,
            lang=lang,
            variants=_variants(marked, (index, "text"), shape.text),
            params=frozenset(shape.params),
            max_words=MappingProxyType(shape.max_words),
            version=shape.version,
            place=_place(marked, (index, "id")),
        )
        for index, shape in enumerate(shapes)
    )


def read_choices(file: str, text: str, *, lang: str) -> tuple[Choice, ...]:
    """Read choices.yml."""
    marked = read_yaml(file, text)
    shapes = check(CHOICES, marked)
    for index, shape in enumerate(shapes):
        for key, label in shape.label.items():
            if len(label) > _LONGEST_LABEL:
                raise _broken(marked, (index, "label", key), "KC012", f"the label has {len(label)} characters")
    return tuple(
        Choice(
            id=shape.id,
            lang=lang,
            variants=_variants(marked, (index, "label"), shape.label),
            typed=tuple(shape.typed),
            place=_place(marked, (index, "id")),
        )
        for index, shape in enumerate(shapes)
    )


def read_topics(file: str, text: str, *, lang: str) -> tuple[Topic, ...]:
    """Read topics.yml."""
    marked = read_yaml(file, text)
    shapes = check(TOPICS, marked)
    return tuple(
        Topic(
            id=shape.id,
            lang=lang,
            variants=_variants(marked, (index, "title"), shape.title),
            emoji=shape.emoji,
            place=_place(marked, (index, "id")),
        )
        for index, shape in enumerate(shapes)
    )


def read_pictures(file: str, text: str, *, lang: str) -> tuple[PictureWords, ...]:
    """Read pictures.yml; only the certificate's words have places: the badge on it, and the day."""
    marked = read_yaml(file, text)
    shapes = check(PICTURES, marked)
    for index, shape in enumerate(shapes):
        expected = _CERTIFICATE_PLACES if shape.id == CERTIFICATE else frozenset()
        problem = _wrong_place(_place(marked, (index, "alt")), shape.id, shape.alt, expected)
        if problem:
            raise ContentError([problem])
    return tuple(
        PictureWords(id=shape.id, lang=lang, alt=shape.alt, place=_place(marked, (index, "alt")))
        for index, shape in enumerate(shapes)
    )


def read_path(file: str, text: str) -> tuple[PathStep, ...]:
    """Read path.yml: for each band its topics in the order in which they are best learned."""
    marked = read_yaml(file, text)
    return tuple(
        PathStep(band=band, topic=shape.topic, why=shape.why, place=_place(marked, (band, index, "topic")))
        for band, shapes in check(PATH, marked).items()
        for index, shape in enumerate(shapes)
    )


def read_directory(file: str, text: str) -> tuple[Helpline, ...]:
    """Read directory.yml."""
    marked = read_yaml(file, text)
    shapes = check(DIRECTORY, marked)
    return tuple(
        Helpline(
            id=shape.id,
            number=shape.number,
            label=MappingProxyType(shape.label),
            note=MappingProxyType(shape.note),
            who=MappingProxyType(shape.who),
            hours=shape.hours,
            free=shape.free,
            province=shape.province,
            verified=Verified(by=shape.verified.by, date=shape.verified.date) if shape.verified else None,
            hidden=shape.hidden,
            url=shape.url,
            place=_place(marked, (index, "id")),
        )
        for index, shape in enumerate(shapes)
    )


def _question(marked: Marked, where: Location, shape: QuestionShape, prefix: str) -> Question:
    if not shape.id.startswith(prefix):
        raise _broken(marked, (*where, "id"), "KC006", f"the id {shape.id} does not begin with {prefix}")
    right = sum(option.correct for option in shape.options)
    if right != 1:
        raise _broken(marked, (*where, "id"), "KC009", f"{shape.id} has {right} correct options")
    return Question(
        id=shape.id,
        question=shape.question,
        options=tuple(
            Option(
                text=option.text,
                correct=option.correct,
                why=option.why,
                place=_place(marked, (*where, "options", index)),
            )
            for index, option in enumerate(shape.options)
        ),
        place=_place(marked, (*where, "question")),
        measure=shape.measure,
    )


def _wrong_places(marked: Marked, index: int, shape: MessageShape) -> list[Problem]:
    found = (
        _wrong_place(_place(marked, (index, "text", key)), shape.id, text, frozenset(shape.params))
        for key, text in shape.text.items()
    )
    return [problem for problem in found if problem]


def _wrong_place(place: Place, identifier: str, text: str, declared: frozenset[str]) -> Problem | None:
    try:
        named = placeholders(text)
    except ValueError as error:
        return Problem(place=place, code="KC008", message=f"{identifier}: {error}")
    if named == declared and not named & RESERVED:
        return None
    wrong = ", ".join(sorted(named ^ declared | named & RESERVED))
    return Problem(place=place, code="KC008", message=f"{identifier}: {wrong} in text or params alone")


def _agree(marked: Marked, expected: Mapping[str, str]) -> None:
    given = marked.data if isinstance(marked.data, dict) else {}
    for field, value in expected.items():
        if given.get(field) != value:
            message = f"`{field}` is {given.get(field)} and the path says {value}"
            raise _broken(marked, (field,), "KC006", message)


def _variants(marked: Marked, where: Location, texts: Mapping[AudienceKey, str]) -> Variants:
    lines = {key: marked.line_of((*where, key)) for key in texts}
    return Variants(texts=MappingProxyType(dict(texts)), lines=MappingProxyType(lines))


def _sources(shapes: list[SourceShape]) -> tuple[Source, ...]:
    return tuple(Source(document=shape.document, year=shape.year, url=shape.url) for shape in shapes)


def _review(shape: ReviewShape) -> Review:
    signed = shape.specialist_review
    return Review(
        author=shape.author,
        second_read=shape.second_read,
        specialist_review=Specialist(name=signed.name, date=signed.date) if signed else None,
        version=shape.version,
    )


def _head_place(sheet: Sheet) -> Place:
    return _place(sheet.head, ("id",))


def _place(marked: Marked, where: Location) -> Place:
    return Place(file=marked.file, line=marked.line_of(where))


def _broken(marked: Marked, where: Location, code: str, message: str) -> ContentError:
    return broken(marked.file, marked.line_of(where), code, message)
