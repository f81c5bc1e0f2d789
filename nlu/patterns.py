"""The small language of the rule tables, and the matcher that reads it.

A pattern is words with single spaces: `ba|bố đánh` is either word and then the other; `(0-3)` up to three words of any
kind; `<hit>` any phrase of the set `hit`; `không_muốn` one phrase of two words inside alternatives. The matcher asks
first whether a text holds a word of every part, so that a thousand patterns cost microseconds. (spaCy's Matcher took
4 ms for the same tables, because each gap keeps many partial matches alive.)
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from nlu.letters import fold

_GAP: Final = re.compile(r"\((\d)-(\d)\)")


class Match(NamedTuple):
    """A pattern found: its rule and the tokens from `first` up to `last`."""

    rule: str
    first: int
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """One compiled pattern of a rule."""

    rule: str
    needs: tuple[frozenset[str], ...]
    expression: re.Pattern[str]


def forms(phrase: str) -> tuple[str, str]:
    """The norms under which a phrase may stand: with its marks, or in UPPER CASE in a text typed without any."""
    return phrase, fold(phrase).upper()


def compile_pattern(rule: str, written: str, sets: dict[str, list[str]]) -> Pattern:
    """The pattern `written` of `rule`.

    Raises:
        ValueError: it is empty, starts or ends with a gap, or names a set that there is not.
    """
    parts = written.split()
    if not parts or _GAP.fullmatch(parts[0]) or _GAP.fullmatch(parts[-1]):
        raise ValueError("a pattern begins and ends with a word")
    needs: list[frozenset[str]] = []
    expression = ""
    for part in parts:
        gap = _GAP.fullmatch(part)
        if gap is not None:
            expression += rf"(?: \S+){{{gap[1]},{gap[2]}}}?"
            continue
        choices = [form for phrase in _phrases(part, sets) for form in forms(phrase)]
        needs.append(frozenset(choice.split()[0] for choice in choices))
        ordered = sorted(set(choices), key=lambda choice: (-len(choice), choice))
        expression += " (?:" + "|".join(map(re.escape, ordered)) + ")"
    return Pattern(rule=rule, needs=tuple(needs), expression=re.compile(expression + r"(?!\S)"))


def _phrases(part: str, sets: dict[str, list[str]]) -> list[str]:
    phrases: list[str] = []
    for choice in part.split("|"):
        if not choice.startswith("<"):
            phrases.append(choice.replace("_", " "))
        elif choice.strip("<>") in sets:
            phrases.extend(sets[choice.strip("<>")])
        else:
            raise ValueError(f"the set {choice} is not defined")
    return phrases


def find(patterns: Sequence[Pattern], norms: Sequence[str]) -> list[Match]:
    """Where the patterns stand in a text, given the norms of its tokens; the first place of each pattern."""
    words = frozenset(norms)
    likely = [pattern for pattern in patterns if not any(need.isdisjoint(words) for need in pattern.needs)]
    if not likely:
        return []
    text = " " + " ".join(norms)
    starts = [0]
    for norm in norms:
        starts.append(starts[-1] + len(norm) + 1)
    matches = []
    for pattern in likely:
        found = pattern.expression.search(text)
        if found is not None:
            first = bisect_right(starts, found.start()) - 1
            last = bisect_right(starts, found.end() - 1)
            matches.append(Match(pattern.rule, first, last))
    return matches
