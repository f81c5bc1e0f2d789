"""Counts words, sentences and emoji the way a reader would.

A word is what stands between spaces and holds a letter or digit; in Vietnamese that is a syllable, the unit
that a child spells out. A {place} is one word.
"""

import re
from collections.abc import Iterator

_ITEM = re.compile(r"^\s*(?:##|[-•]|[0-9]{1,2}[.)])\s+")
_END = re.compile(r"(?<=[.!?…])[”\"’')\]*]*(?:\s+|$)")
_EMOJI = re.compile(
    "(?:[\U0001f1e6-\U0001f1ff]{2}"  # flags
    "|[0-9#*]\ufe0f?\u20e3"  # keycaps
    "|[\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u23ff\u2600-\u27bf\u2934-\u2935\u2b05-\u2b55"
    "\U0001f000-\U0001faff][\ufe0f\U0001f3fb-\U0001f3ff]*"
    "(?:\u200d[\u2600-\u27bf\U0001f000-\U0001faff][\ufe0f\U0001f3fb-\U0001f3ff]*)*)"
)


def words(text: str) -> int:
    """Count the words of a text, marks of lists and headings left out."""
    return sum(
        any(sign.isalnum() for sign in word)
        for line in _EMOJI.sub(" ", text).splitlines()
        for word in _ITEM.sub("", line).split()
    )


def sentences(text: str) -> Iterator[tuple[int, str]]:
    """Yield (offset in the text, sentence); a line end closes a sentence, as in a list."""
    start = 0
    for line in text.splitlines(keepends=True):
        mark = _ITEM.match(line)
        begin = mark.end() if mark else 0
        for end in [*(match.end() for match in _END.finditer(line)), len(line)]:
            if words(line[begin:end]):
                yield start + begin, line[begin:end].strip().replace("**", "")
                begin = end
        start += len(line)


def emoji(text: str) -> int:
    """Count emoji as the eye does: a family or a flag is one."""
    return len(_EMOJI.findall(text))
