"""The small markdown of cards: paragraphs, **bold**, `- ` and `1. ` lists, one `## ` heading at the top."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

BlockKind = Literal["heading", "paragraph", "bullets", "steps"]

_LISTS = ("bullets", "steps")
_HEADING = re.compile(r"##\s+(.*\S)\s*")
_BULLET = re.compile(r"[-*]\s+(.*\S)\s*")
_STEP = re.compile(r"([0-9]{1,2})[.)]\s+(.*\S)\s*")
_BOLD = re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*")
_NOT_ALLOWED: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"!\[[^\]]*\]\("), "a picture"),
    (re.compile(r"\[[^\]]*\]\("), "a link"),
    (re.compile(r"(?i)\bhttps?://"), "a link"),
    (re.compile(r"<[A-Za-z/!]"), "HTML"),
    (re.compile(r"`"), "code marks"),
    (re.compile(r"^\s*(#(?!#\s)|###)"), "a heading that is not `## `"),
    (re.compile(r"^\s*>"), "a quotation mark `>`"),
    (re.compile(r"^\s*\|"), "a table"),
    (re.compile(r"^\s+([-*]|[0-9]{1,2}[.)])\s"), "a list inside a list"),
    (re.compile(r"^\*\s"), "a list with `*`"),
    (re.compile(r"^\s*(\*\s*){3,}$|^\s*(_\s*){3,}$|^\s*={3,}\s*$"), "a ruler"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A part of a card: the lines of a paragraph or the items of a list, bold still marked."""

    kind: BlockKind
    lines: tuple[str, ...]
    start: int = 1
    """The number of the first item, where the items are steps."""


def blocks(text: str) -> tuple[Block, ...]:
    """Cut a card into its blocks. Anything that is not understood stays as the words of a paragraph."""
    found: list[Block] = []
    fresh = True  # a blank line, or the beginning: the next line opens a block
    for line in text.splitlines():
        if not line.strip():
            fresh = True
            continue
        block = _read_line(line, first=not found)
        last = found[-1] if found else None
        if last and block.kind == last.kind and (not fresh or last.kind in _LISTS):
            # a list stays one list when there is air between its items
            found[-1] = replace(last, lines=last.lines + block.lines)
        elif last and last.kind in _LISTS and block.kind == "paragraph" and not fresh:
            found[-1] = replace(last, lines=(*last.lines[:-1], f"{last.lines[-1]} {block.lines[0]}"))
        else:
            found.append(block)
        fresh = block.kind == "heading"
    return tuple(found)


def _read_line(line: str, *, first: bool) -> Block:
    if first and (match := _HEADING.fullmatch(line)):
        return Block(kind="heading", lines=(match[1],))
    if match := _BULLET.fullmatch(line):
        return Block(kind="bullets", lines=(match[1],))
    if match := _STEP.fullmatch(line):
        return Block(kind="steps", lines=(match[2],), start=int(match[1]))
    return Block(kind="paragraph", lines=(line.strip(),))


def without_bold(text: str) -> str:
    """Drop the marks of bold and keep its words."""
    return _BOLD.sub(r"\1", text)


def faults(text: str) -> Iterator[tuple[int, str]]:
    """Yield (line from 0, what it is) for everything that cards do without."""
    for number, line in enumerate(text.splitlines()):
        found = next((name for pattern, name in _NOT_ALLOWED if pattern.search(line)), None)
        if found is None and number and _HEADING.match(line):
            found = "a heading that is not on the first line"
        if found is None and "**" in _BOLD.sub(r"\1", line):
            found = "a `**` without its partner on the same line"
        if found is None and "*" in _BOLD.sub(r"\1", line):
            found = "a single `*`"
        if found is not None:
            yield number, found
