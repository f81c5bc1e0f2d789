"""What the content files hold, once they are read and checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from content.errors import Place

Band = Literal["6-10", "11-14", "15-17"]
Audience = Literal["6-10", "11-14", "15-17", "unknown", "parent"]
AudienceKey = Literal["6-10", "11-14", "15-17", "unknown", "child", "parent", "all"]

When = Literal["pre", "post"]
"""Before a lesson, or after it."""

BANDS: tuple[Band, ...] = get_args(Band)
AUDIENCES: tuple[Audience, ...] = get_args(Audience)
SOURCE_LANGUAGE = "vi"
"""Written first; every other language falls back to it."""

CERTIFICATE = "certificate"
"""The id of the card for finishing a topic."""

CHAINS: Mapping[Audience, tuple[AudienceKey, ...]] = {
    "6-10": ("6-10", "child", "all"),
    "11-14": ("11-14", "child", "all"),
    "15-17": ("15-17", "child", "all"),
    "unknown": ("unknown", "6-10", "child", "all"),
    "parent": ("parent", "all"),
}
"""Which variant an audience is given: the first of these keys that has a text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A document that a text rests on; named, never copied."""

    document: str
    year: int
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Specialist:
    """The child-protection specialist who signed a text."""

    name: str
    date: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """Who wrote a text, who has read it since, and which version it is."""

    author: str
    second_read: date | None
    specialist_review: Specialist | None
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One screen of a lesson or of advice, in the small markdown of cards.

    `text` is the whole card, its heading line included; `heading` repeats that line without its marks.
    """

    text: str
    heading: str | None
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """A topic for one band."""

    id: str
    lang: str
    topic: str
    band: Band
    title: str
    minutes: int
    cards: tuple[Card, ...]
    sources: tuple[Source, ...]
    review: Review
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """A topic for parents."""

    id: str
    lang: str
    topic: str
    title: str
    cards: tuple[Card, ...]
    sources: tuple[Source, ...]
    review: Review
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """An answer on offer, and what the child is told after choosing it."""

    text: str
    correct: bool
    why: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Two to four options, exactly one of them correct."""

    id: str
    question: str
    options: tuple[Option, ...]
    place: Place
    measure: When | None = None
    """Whether it is asked before or after the lesson too, to see what was learned."""

    @property
    def correct(self) -> Option:
        """The one right option."""
        return next(option for option in self.options if option.correct)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiz:
    """The questions of a topic for one band."""

    lang: str
    topic: str
    band: Band
    questions: tuple[Question, ...]
    review: Review
    place: Place

    def measure(self, when: When) -> Question | None:
        """The question that is asked before or after the lesson, where one is marked."""
        return next((question for question in self.questions if question.measure == when), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Variants:
    """A text in its wordings for different readers; `lines` says where each one begins."""

    texts: Mapping[AudienceKey, str]
    lines: Mapping[AudienceKey, int]

    def key_for(self, audience: Audience) -> AudienceKey | None:
        """Say which wording this audience is given, or None where it has none."""
        return next((key for key in CHAINS.get(audience, ()) if key in self.texts), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Something that a flow says."""

    id: str
    lang: str
    variants: Variants
    params: frozenset[str]
    max_words: Mapping[AudienceKey, int]
    version: int
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A button, and what a person may type instead of pressing it."""

    id: str
    lang: str
    variants: Variants
    typed: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A topic's name for different readers."""

    id: str
    lang: str
    variants: Variants
    emoji: str | None
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureWords:
    """What a picture shows, for someone who cannot see it."""

    id: str
    lang: str
    alt: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class PathStep:
    """A topic in its place on the path of a band; `why` it stands there is for the editors."""

    band: Band
    topic: str
    why: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """Who called a helpline and heard that it answers."""

    by: str
    date: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Helpline:
    """A number that a child or parent may be given, once someone has verified it."""

    id: str
    number: str
    label: Mapping[str, str]
    note: Mapping[str, str]
    who: Mapping[str, str]
    hours: str | None
    """When it answers; None where no source says."""
    free: bool | None
    """Whether a call costs nothing; None where no source says."""
    province: str | None
    """The code of the one province it is for; None for the whole country."""
    verified: Verified | None
    hidden: str | None
    """Why it is not shown yet."""
    url: str | None
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchWords:
    """Words that mean the same to search, and words that it leaves out."""

    lang: str
    expressions: Mapping[str, tuple[str, ...]]
    """Our expression -> how else it is written or named."""
    skip: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Questions in people's own words that a card answers; read by search, shown to nobody."""

    lang: str
    owner: str
    """The id of the lesson or advice."""
    heading: str
    questions: tuple[str, ...]
    place: Place
