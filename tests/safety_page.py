"""The numbered rules of docs/safety-protocol.md, for the tests that hold page and transcripts to each other."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "safety-protocol.md"
NOT_BUILT = "not built yet"
_NUMBER = re.compile(r"[1-6]\.[1-9][0-9]?")
_TRANSCRIPT = re.compile(r"`([a-z0-9_]+)`")
_TEST_FILE = re.compile(r"`(tests/[\w/]+\.py)`")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One row of the page: a rule, or a part of one, and what shows it."""

    number: str
    transcripts: tuple[str, ...]
    test_files: tuple[str, ...]
    built: bool


def rules() -> tuple[Rule, ...]:
    """Return every numbered row, in the order of the page."""
    lines = PAGE.read_text("utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines if line.startswith("| ")]
    return tuple(
        Rule(
            number=row[0],
            transcripts=tuple(_TRANSCRIPT.findall(row[-1])),
            test_files=tuple(_TEST_FILE.findall(row[-1])),
            built=row[-1] != NOT_BUILT,
        )
        for row in cells
        if _NUMBER.fullmatch(row[0])
    )


def rule_numbers() -> frozenset[str]:
    """Return the numbers alone."""
    return frozenset(rule.number for rule in rules())
