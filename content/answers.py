"""Understands a typed answer as the choice it names: the whole text, no guessing.

An accent that is left out is forgiven ("dong y" is "đồng ý"), an accent that is changed is another word
("đừng" is not "đúng"), and an answer that fits two choices fits neither.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

_NOT_WORDS = re.compile(r"[\W_]+")
_TONES = frozenset(
    "\N{COMBINING GRAVE ACCENT}\N{COMBINING ACUTE ACCENT}\N{COMBINING HOOK ABOVE}"
    "\N{COMBINING TILDE}\N{COMBINING DOT BELOW}"
)


class _Word(NamedTuple):
    """A word taken apart, so that "hòa" and "hoà" are the same: bare letters, their hats, its tone."""

    bare: str
    hats: tuple[str, ...]
    tone: str


_Spelling = tuple[_Word, ...]


@dataclass(frozen=True, slots=True)
class Answers:
    """The phrases that name a choice, by their spelling without accents."""

    by_fold: Mapping[str, tuple[tuple[_Spelling, str], ...]]

    @classmethod
    def of(cls, phrases: Iterable[tuple[str, str]]) -> "Answers":
        """Index pairs of (phrase, choice id); a phrase without a letter or digit names nothing."""
        by_fold: dict[str, tuple[tuple[_Spelling, str], ...]] = {}
        for phrase, choice_id in phrases:
            spelling = _spell(phrase)
            if spelling:
                by_fold[_fold(spelling)] = (*by_fold.get(_fold(spelling), ()), (spelling, choice_id))
        return cls(by_fold)

    def find(self, text: str, among: Collection[str] | None = None) -> str | None:
        """Name the one choice that the whole text is an answer to, or None."""
        typed = _spell(text)
        near = [
            (spelling, choice_id)
            for spelling, choice_id in self.by_fold.get(_fold(typed), ())
            if (among is None or choice_id in among) and _may_stand_for(typed, spelling)
        ]
        exact = {choice_id for spelling, choice_id in near if spelling == typed}
        found = exact or {choice_id for _, choice_id in near}
        return found.pop() if len(found) == 1 else None


def fold(text: str) -> str:
    """Lower case, no accents, no punctuation or emoji, single spaces."""
    return _fold(_spell(text))


def _fold(spelling: _Spelling) -> str:
    return " ".join(word.bare for word in spelling)


def _spell(text: str) -> _Spelling:
    composed = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return tuple(_take_apart(word) for word in _NOT_WORDS.sub(" ", composed).split())


def _take_apart(word: str) -> _Word:
    bare: list[str] = []
    hats: list[str] = []
    tone = ""
    for letter in word:
        if letter == "đ":
            bare.append("d")
            hats.append(letter)
            continue
        first, *marks = list(unicodedata.normalize("NFD", letter))
        tone += "".join(mark for mark in marks if mark in _TONES)
        bare.append(first)
        hats.append("".join(mark for mark in marks if mark not in _TONES))
    return _Word("".join(bare), tuple(hats), tone)


def _may_stand_for(typed: _Spelling, meant: _Spelling) -> bool:
    return all(
        ours.tone in ("", theirs.tone)
        and all(hat in ("", whole) for hat, whole in zip(ours.hats, theirs.hats, strict=True))
        for ours, theirs in zip(typed, meant, strict=True)
    )
