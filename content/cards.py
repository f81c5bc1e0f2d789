"""Cuts a lesson or advice file into its front matter and its cards."""

from dataclasses import dataclass
from itertools import pairwise

from content.errors import ContentError, Place, Problem, broken
from content.markdown import blocks, faults
from content.marked_yaml import Marked, read_yaml
from content.schema import Card

_RULER = "---"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The two parts of a file of cards."""

    head: Marked
    cards: tuple[Card, ...]


def read_sheet(file: str, text: str) -> Sheet:
    """Read the front matter and the cards.

    Raises:
        ContentError: the front matter is not closed or not YAML, or a card is empty or uses other markdown.
    """
    lines = text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}").splitlines()
    rulers = [number for number, line in enumerate(lines) if line.rstrip() == _RULER]
    if not rulers or any(line.strip() for line in lines[: rulers[0]]):
        raise broken(file, 1, "KC004", "the file does not begin with `---`")
    if len(rulers) == 1:
        raise broken(file, rulers[0] + 1, "KC004", "the front matter has no end")
    start, end = rulers[0] + 1, rulers[1]
    head = read_yaml(file, "\n".join(lines[start:end]), first_line=start + 1)
    borders = [*rulers[1:], len(lines)]
    if len(borders) > 2 and not any(line.strip() for line in lines[borders[-2] + 1 :]):  # noqa: PLR2004
        borders.pop()  # a ruler after the last card closes it
    cards = tuple(_card(file, above + 2, lines[above + 1 : below]) for above, below in pairwise(borders))
    problems = [problem for card in cards for problem in _faults(card)]
    if problems:
        raise ContentError(problems)
    return Sheet(head=head, cards=cards)


def _card(file: str, first_line: int, lines: list[str]) -> Card:
    blank = next((index for index, line in enumerate(lines) if line.strip()), None)
    if blank is None:
        raise broken(file, max(first_line - 1, 1), "KC010", "this card is empty")
    text = "\n".join(lines[blank:]).rstrip()
    top = blocks(text)[0]
    return Card(
        text=text,
        heading=top.lines[0] if top.kind == "heading" else None,
        place=Place(file=file, line=first_line + blank),
    )


def _faults(card: Card) -> list[Problem]:
    return [
        Problem(
            place=Place(file=card.place.file, line=card.place.line + offset),
            code="KC005",
            message=f"there is {what}",
        )
        for offset, what in faults(card.text)
    ]
