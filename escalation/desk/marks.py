"""Cuts a message into plain and marked pieces by its evidence spans. Pure; escaping is the template's."""

from collections.abc import Iterable
from dataclasses import dataclass

from escalation.contact import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of text, marked when it raised the alarm."""

    text: str
    marked: bool


def pieces(text: str, spans: Iterable[Span]) -> tuple[Piece, ...]:
    """Return the text in order; spans may overlap or reach past the end (code points, as Python counts)."""
    flags = [False] * len(text)
    for span in spans:
        for index in range(max(span.start, 0), min(span.end, len(text))):
            flags[index] = True
    found: list[Piece] = []
    start = 0
    for index in range(1, len(text) + 1):
        if index == len(text) or flags[index] != flags[start]:
            found.append(Piece(text=text[start:index], marked=flags[start]))
            start = index
    return tuple(found)
