"""Turns card markdown into what a chat can show: plain text, in parts no longer than it takes."""

import re
from collections.abc import Iterator

from content.markdown import Block, blocks, without_bold

_BORDERS = (
    re.compile(r"\n\s*\n"),  # between paragraphs
    re.compile(r"\n"),  # between lines
    re.compile(r"(?<=[.!?…])[”\"')]*\s+"),  # between sentences
    re.compile(r"\s+"),  # between words
)


def to_plain(markdown: str) -> str:
    """Give the words without marks: a heading on its own line, "• " and "1." before items.

    Line ends inside a paragraph stay, so that a number can stand on its own line.
    """
    return "\n\n".join(_plain(block) for block in blocks(markdown))


def _plain(block: Block) -> str:
    lines = [without_bold(line) for line in block.lines]
    if block.kind == "bullets":
        return "\n".join(f"• {line}" for line in lines)
    if block.kind == "steps":
        return "\n".join(f"{number}. {line}" for number, line in enumerate(lines, start=block.start))
    return "\n".join(lines)


def split_for(text: str, limit: int) -> tuple[str, ...]:
    """Cut a text into parts of at most `limit` characters, at the best border there is.

    Paragraphs first, then lines, sentences, words, and inside a word only when it is longer than `limit`.
    Nothing but the white space at a cut is lost. A text without words has no parts.

    Raises:
        ValueError: `limit` is not positive.
    """
    if limit < 1:
        raise ValueError("a part holds at least one character")
    return tuple(_parts(text.strip(), limit))


def _parts(rest: str, limit: int) -> Iterator[str]:
    while len(rest) > limit:
        end, start = _cut(rest, limit)
        yield rest[:end].rstrip()
        rest = rest[start:].lstrip()
    if rest:
        yield rest


def _cut(text: str, limit: int) -> tuple[int, int]:
    """Find where a part ends and the next begins: the last border of the best kind within the limit."""
    for border in _BORDERS:
        found = [
            (match.end() - _white_tail(match), match.end())
            for match in border.finditer(text, 0, limit + 1)
            if 0 < match.end() - _white_tail(match) <= limit
        ]
        if found:
            return found[-1]
    return limit, limit


def _white_tail(match: re.Match[str]) -> int:
    return len(match[0]) - len(match[0].rstrip())
