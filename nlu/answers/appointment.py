"""Reads when somebody may be written to: "tối mai", "3 ngày nữa sau giờ học". No model, no state.

Only a text that names a day or a part of the day and nothing else is an answer; one that names two is none.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeVar

from nlu.answers.phrases import SELF, either, words_of

Name = TypeVar("Name")
_DAYS: Final = {
    1: either("ngày mai|mai|bữa mai|hôm sau|tomorrow|một ngày nữa|1 ngày nữa"),
    3: either("ba ngày nữa|3 ngày nữa|ba ngày|3 ngày|ba hôm nữa|3 hôm nữa|in three days|in 3 days|three days|3 days"),
    7: either(
        "một tuần nữa|1 tuần nữa|một tuần|1 tuần|tuần sau|tuần tới|bảy ngày nữa|7 ngày nữa|"
        "next week|in a week|in one week|a week|one week"
    ),
}
_PARTS: Final[dict[Literal["afternoon", "evening"], str]] = {
    "afternoon": either("sau giờ học|tan học|lúc tan học|buổi chiều|chiều|after school|in the afternoon|afternoon"),
    "evening": either("buổi tối|tối|sau giờ cơm|in the evening|evening"),
}
# Hedges ("cũng được", "chắc") are not among these: who wavers has not agreed.
_AROUND: Final = either(
    "dạ|vâng|ạ|thưa|nha|nhé|nhá|nghen|nè|đi|đi ạ|vào|lúc|hẹn|nhắn|được|đồng ý|có|cô|chú|cô chú|cho|please|yes|ok|on|at"
)
_FILLER: Final = re.compile(rf"(?:{_AROUND}|{SELF})(?: (?:{_AROUND}|{SELF}))*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """What an answer names: in how many days, at which part of the day."""

    days: int | None = None
    part: Literal["afternoon", "evening"] | None = None


def read_appointment(text: str) -> Appointment | None:
    """Return the day, the part of the day or both that `text` names; None where it says anything else as well."""
    rest = words_of(text)
    days, rest = _named(_DAYS, rest)
    parts, rest = _named(_PARTS, rest)
    if len(days) > 1 or len(parts) > 1 or not (days or parts):
        return None
    if rest and not _FILLER.fullmatch(rest):
        return None
    return Appointment(days=days[0] if days else None, part=parts[0] if parts else None)


def _named(table: Mapping[Name, str], words: str) -> tuple[list[Name], str]:
    """Return what of the table the words name, and the words that are left."""
    named: list[Name] = []
    for name, expression in table.items():
        words, count = re.subn(rf"(?<!\S)(?:{expression})(?!\S)", " ", words)
        if count:
            named.append(name)
        words = " ".join(words.split())
    return named, words
