"""What can be wrong with content.

Exception
├── ContentError      one or more files are broken; raised while loading, never in a conversation
├── LookupError
│   └── UnknownText   nothing stands under this id for this audience
└── TypeError
    └── WrongParameters  a message was given more or fewer values than its text has places for
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from content.codes import CODES

Level = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where something is written: the file as its author names it, and the line, counted from 1."""

    file: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing to mend: where, which code, what is wrong and (by its code) what to do."""

    place: Place
    code: str
    message: str

    @property
    def level(self) -> Level:
        """Whether the problem stops a release or is only counted."""
        return CODES[self.code].level

    @property
    def advice(self) -> str:
        """What its author should do, in one sentence."""
        return CODES[self.code].advice

    def __str__(self) -> str:
        """Read as `file:line: CODE message — what to do`."""
        return f"{self.place.file}:{self.place.line}: {self.code} {self.message} — {self.advice}"


class ContentError(Exception):
    """A content file is broken: the text names file, line, code and what to do."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(str(problems[0]))
        self.problems = tuple(problems)


def broken(file: str, line: int, code: str, message: str) -> ContentError:
    """Make the error for a single problem."""
    return ContentError([Problem(place=Place(file=file, line=line), code=code, message=message)])


class UnknownText(LookupError):  # noqa: N818 - says what is unknown, as LookupError's own children do
    """Nothing stands under this id for this audience."""


class WrongParameters(TypeError):  # noqa: N818 - as above
    """A message was given more or fewer values than its text has places for."""
