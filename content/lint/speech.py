"""Words that the bot never says (KC201); the list and its reasons stand in forbidden.yml."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from unicodedata import normalize

from pydantic import BaseModel, ConfigDict

from content.errors import Problem
from content.lint.measure import sentences
from content.lint.passages import Kind, Passage, passages
from content.marked_yaml import read_yaml
from content.tree import Tree

_LIST = Path(__file__).with_name("forbidden.yml")
_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|«[^»]*»")
_PART = re.compile(r"[,;.!?…()\n]")
_WINDOW = 4
_TEACHING: tuple[Kind, ...] = ("lesson", "advice", "quiz")


class _Rule(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    reason: str
    phrases: list[str]
    only: list[Kind] = []
    unless_after: list[str] = []
    unless_with: list[str] = []


class _Rules(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    negations: list[str]
    reported: list[str]
    rules: list[_Rule]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    rule: _Rule
    pattern: re.Pattern[str]
    unless_with: re.Pattern[str] | None

    def applies(self, kind: Kind, sentence: str) -> bool:
        if self.rule.only and kind not in self.rule.only:
            return False
        return self.unless_with is None or not self.unless_with.search(sentence)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    entries: tuple[_Entry, ...]
    denial: re.Pattern[str]
    report: re.Pattern[str]

    def excused(self, before: str, rule: _Rule, *, teaches: bool) -> bool:
        """Say whether the few words before a phrase deny it, report it or make it another word."""
        near = _PART.split(before)[-1].split()[-_WINDOW:]
        few = " ".join(near)
        if self.denial.search(few) or (teaches and self.report.search(few)):
            return True
        return bool(near) and near[-1] in rule.unless_after


def forbidden_words(tree: Tree) -> Iterator[Problem]:
    """Find what the bot must not say, and pass what it quotes, denies or warns of."""
    for passage in passages(tree):
        yield from in_passage(passage)


def in_passage(passage: Passage) -> Iterator[Problem]:
    """Find forbidden words in one text."""
    if passage.mistaken:
        return
    words, teaches = _forbidden(), passage.kind in _TEACHING
    text = _QUOTED.sub(_hidden, passage.text) if teaches else passage.text
    for offset, sentence in sentences(text):
        low = sentence.casefold().replace("’", "'")
        for entry in words.entries:
            if entry.applies(passage.kind, low):
                for match in entry.pattern.finditer(low):
                    if not words.excused(low[: match.start()], entry.rule, teaches=teaches):
                        report = f"{passage.name}: “{match[0]}”: {entry.rule.reason}"
                        yield passage.problem("KC201", report, offset)


def _hidden(quote: re.Match[str]) -> str:
    return re.sub(r"[^\n]", "¤", quote[0])  # as long as before, so that lines stay where they are


@cache
def _forbidden() -> _Words:
    rules = _Rules.model_validate(read_yaml(_LIST.name, _LIST.read_text(encoding="utf-8")).data)
    return _Words(
        entries=tuple(
            _Entry(
                rule=rule,
                pattern=_any_of(rule.phrases),
                unless_with=_any_of(rule.unless_with) if rule.unless_with else None,
            )
            for rule in rules.rules
        ),
        denial=_any_of(rules.negations),
        report=_any_of(rules.reported),
    )


def _any_of(phrases: Iterable[str]) -> re.Pattern[str]:
    return re.compile(r"(?<!\w)(?:" + "|".join(_phrase(phrase) for phrase in phrases) + r")(?!\w)")


def _phrase(phrase: str) -> str:
    return r"\s+".join(
        "(?:" + "|".join(re.escape(word) for word in slot.split("|")) + ")"
        for slot in normalize("NFC", phrase).casefold().split()
    )
