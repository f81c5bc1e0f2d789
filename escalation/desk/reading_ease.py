"""How hard a message is to read for the child it is written to: a quiet hint, never a block."""

import re
from dataclasses import dataclass
from functools import cache

from content.lint.measure import sentences, words
from content.lint.passages import LIMITS
from escalation.desk.wording import read_words

_MOST_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Ease:
    """The longest sentence in words, how many are well for this reader, and hard words with simpler ones."""

    longest: int
    most: int
    hard: tuple[tuple[str, str], ...]


def ease(text: str, audience: str) -> Ease:
    """Measure a message for its reader, by the same rule as the bot's own sentences."""
    known = audience if audience in LIMITS else "unknown"
    longest = max((words(sentence) for _, sentence in sentences(text)), default=0)
    found = [(hard, simple) for hard, simple, pattern in _hard() if pattern.search(text)]
    if known in {"15-17", "parent"}:
        found = []  # they meet these words at school and in the papers
    return Ease(longest=longest, most=LIMITS[known].sentence, hard=tuple(found[:_MOST_SHOWN]))


@cache
def _hard() -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    listed: dict[str, str] = read_words("plain.vi.yml")
    return tuple(
        (hard, simple, re.compile(rf"(?<!\w){re.escape(hard)}(?!\w)", re.IGNORECASE)) for hard, simple in listed.items()
    )
