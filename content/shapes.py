"""The fields of each kind of file, as their authors write them."""

from datetime import date
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from content.errors import ContentError, Place, Problem
from content.marked_yaml import Marked
from content.schema import AudienceKey, Band, When

Text = Annotated[str, StringConstraints(min_length=1)]
Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.\-]*$")]
TopicId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
ByAudience = Annotated[dict[AudienceKey, Text], Field(min_length=1)]


class Shape(BaseModel):
    """A mapping of a content file: unknown fields are mistakes, numbers may stand for text (`number: 111`)."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True, str_strip_whitespace=True)


class SourceShape(Shape):
    """A document that a text rests on."""

    document: Text
    year: Annotated[int, Field(ge=1900, le=2100)]
    url: str | None = None


class SpecialistShape(Shape):
    """The specialist who signed."""

    name: Text
    date: date


class ReviewShape(Shape):
    """Who wrote and read a file."""

    author: Text
    second_read: date | None = None
    specialist_review: SpecialistShape | None = None
    version: Annotated[int, Field(ge=1)]


class LessonShape(ReviewShape):
    """The front matter of a lesson."""

    id: Identifier
    topic: TopicId
    band: Band
    title: Text
    minutes: Annotated[int, Field(ge=1, le=30)]
    sources: Annotated[list[SourceShape], Field(min_length=1)]


class AdviceShape(ReviewShape):
    """The front matter of advice."""

    id: Identifier
    topic: TopicId
    title: Text
    sources: Annotated[list[SourceShape], Field(min_length=1)]


class OptionShape(Shape):
    """An answer on offer."""

    text: Text
    correct: bool = False
    why: Text


class QuestionShape(Shape):
    """A question of a quiz."""

    id: Identifier
    measure: When | None = None
    question: Text
    options: Annotated[list[OptionShape], Field(min_length=2, max_length=4)]


class QuizShape(ReviewShape):
    """A quiz file."""

    topic: TopicId
    bands: dict[Band, list[QuestionShape]]


class MessageShape(Shape):
    """An entry of a messages file."""

    id: Identifier
    text: ByAudience
    params: list[Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]] = []
    max_words: dict[AudienceKey, Annotated[int, Field(ge=1)]] = {}
    version: Annotated[int, Field(ge=1)] = 1


class ChoiceShape(Shape):
    """An entry of choices.yml."""

    id: Identifier
    label: ByAudience
    typed: list[Text] = []


class TopicShape(Shape):
    """An entry of topics.yml."""

    id: TopicId
    title: ByAudience
    emoji: Text | None = None


class PictureShape(Shape):
    """An entry of pictures.yml."""

    id: Identifier
    alt: Text


class PathStepShape(Shape):
    """A step of path.yml."""

    topic: TopicId
    why: Text


class VerifiedShape(Shape):
    """Who called a helpline, and when."""

    by: Text
    date: date


class HelplineShape(Shape):
    """An entry of directory.yml."""

    id: Identifier
    number: Annotated[str, StringConstraints(pattern=r"^\+?[0-9][0-9 .\-]{1,14}$")]
    label: Annotated[dict[str, Text], Field(min_length=1)]
    note: dict[str, Text] = {}
    who: dict[str, Text] = {}
    hours: Text | None
    free: bool | None = None
    province: Annotated[str, StringConstraints(pattern=r"^[0-9]{2}$")] | None = None
    verified: VerifiedShape | None = None
    hidden: Text | None = None
    url: str | None = None


class SearchWordsShape(Shape):
    """search/words.yml."""

    words: dict[Text, list[Text]]
    skip: list[Text] = []


LESSON: TypeAdapter[LessonShape] = TypeAdapter(LessonShape)
ADVICE: TypeAdapter[AdviceShape] = TypeAdapter(AdviceShape)
QUIZ: TypeAdapter[QuizShape] = TypeAdapter(QuizShape)
MESSAGES: TypeAdapter[list[MessageShape]] = TypeAdapter(list[MessageShape])
CHOICES: TypeAdapter[list[ChoiceShape]] = TypeAdapter(list[ChoiceShape])
TOPICS: TypeAdapter[list[TopicShape]] = TypeAdapter(list[TopicShape])
PICTURES: TypeAdapter[list[PictureShape]] = TypeAdapter(list[PictureShape])
PATH: TypeAdapter[dict[Band, list[PathStepShape]]] = TypeAdapter(dict[Band, list[PathStepShape]])
DIRECTORY: TypeAdapter[list[HelplineShape]] = TypeAdapter(list[HelplineShape])
SEARCH_WORDS: TypeAdapter[SearchWordsShape] = TypeAdapter(SearchWordsShape)
ASKED: TypeAdapter[dict[Text, dict[Text, list[Text]]]] = TypeAdapter(dict[Text, dict[Text, list[Text]]])


_Checked = TypeVar("_Checked")


def check(adapter: TypeAdapter[_Checked], marked: Marked) -> _Checked:
    """Turn plain data into its shape.

    Raises:
        ContentError: with one problem for each field that is missing, unknown or of the wrong kind.
    """
    try:
        return adapter.validate_python(marked.data)
    except ValidationError as error:
        raise ContentError(
            [_problem(marked, detail) for detail in sorted(error.errors(), key=_misspelt_first)]
        ) from error


def _misspelt_first(detail: ErrorDetails) -> bool:
    return detail["type"] != "extra_forbidden"  # "no field `minuets`" explains that `minutes` is missing


def _problem(marked: Marked, detail: ErrorDetails) -> Problem:
    location = detail["loc"]
    place = Place(file=marked.file, line=marked.line_of(location))
    return Problem(place=place, code="KC003", message=_in_words(detail))


def _in_words(detail: ErrorDetails) -> str:
    location = [part for part in detail["loc"] if part != "[key]"]
    field = location[-1] if location and isinstance(location[-1], str) else "this part of the file"
    if detail["type"] == "missing":
        return f"the field `{field}` is missing"
    if detail["type"] == "extra_forbidden":
        return f"there is no field `{field}` here"
    return f"`{field}`: {detail['msg'][:1].lower()}{detail['msg'][1:]}"
