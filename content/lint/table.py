"""Words a sentence and words a card, by kind of text, language and band: what a writer can read at a glance."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import mean

from content.lint.measure import sentences, words
from content.lint.passages import LIMITS, passages
from content.tree import Tree

_HEADER = ("texts", "lang", "for", "number", "words/sentence", "longest", "most", "words/text", "longest", "most")

_ABOUT = """\
# How long our texts are

What a reader of each age meets: words a sentence and words a text, on average and at the longest, beside the most that
[the linter](content-codes.md) lets pass. A word is what stands between two spaces; in Vietnamese that is a syllable. A
text is a card of a lesson or of advice, a question, option or explanation of a quiz, or a wording of a message, which
may have a limit of its own (`max_words`) instead of the one shown.

Written by `khien content lint --table --markdown > docs/readability.md`; a test fails when it is out of date.
"""


@dataclass(slots=True, kw_only=True)
class _Row:
    texts: list[int] = field(default_factory=list)
    sentences: list[int] = field(default_factory=list)


def readability(tree: Tree) -> str:
    """Draw the table. "most" is the limit; messages are counted for their youngest reader."""
    rows: dict[tuple[str, str, str], _Row] = defaultdict(_Row)
    most: dict[str, tuple[int, int]] = {name: (it.sentence, it.card) for name, it in LIMITS.items()}
    for passage in passages(tree):
        if passage.audience is None or passage.kind in ("title", "label", "alt"):
            continue
        row = rows[passage.kind, passage.lang, passage.audience]
        row.texts.append(words(passage.text))
        row.sentences.extend(words(sentence) for _, sentence in sentences(passage.text))
    lines: list[tuple[str, ...]] = [_HEADER]
    for (kind, lang, audience), row in sorted(rows.items()):
        sentence, card = most[audience]
        counted = (len(row.texts), *_spread(row.sentences), sentence, *_spread(row.texts))
        lines.append((kind, lang, audience, *map(str, counted), str(card) if kind != "quiz" else "-"))
    return _aligned(lines)


def page(tree: Tree) -> str:
    """Write the table as the page of the documentation."""
    return f"{_ABOUT}\n```text\n{readability(tree)}\n```"


def _spread(counts: Sequence[int]) -> tuple[str, int]:
    return (f"{mean(counts):.1f}", max(counts)) if counts else ("-", 0)


def _aligned(lines: Sequence[Sequence[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )
