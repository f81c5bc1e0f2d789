"""The words of a normalised text: with marks, without marks, and where they stand."""

import re
from dataclasses import dataclass
from typing import Final

from nlu.letters import LINK
from nlu.normalise import Normalised

TOKEN: Final = re.compile(LINK + r"|[^\W\d_]+|\d+|\S")
"""A link, a word, a number or a sign of canonical text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """Words of one text; the three lists have one length, `spans` are positions in the normalised text."""

    words: list[str]
    folded: list[str]
    spans: list[tuple[int, int]]

    def part(self, start: int, end: int) -> "Tokens":
        """The words from `start` up to `end`."""
        return Tokens(words=self.words[start:end], folded=self.folded[start:end], spans=self.spans[start:end])


def tokens_of(normalised: Normalised) -> Tokens:
    """Words, numbers, links and signs; a number keeps only its count of digits, a link only that it is one."""
    words: list[str] = []
    folded: list[str] = []
    spans: list[tuple[int, int]] = []
    for found in TOKEN.finditer(normalised.text):
        start, end = found.span()
        word = found[0]
        if word.isdigit():
            plain = word = "0" * len(word)
        elif len(word) > 1 and not word.isalpha():
            plain = word = "<url>"
        else:
            plain = normalised.folded[start:end]
        words.append(word)
        folded.append(plain)
        spans.append((start, end))
    return Tokens(words=words, folded=folded, spans=spans)
