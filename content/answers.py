"""Understands a typed answer as the choice it names: the whole text, no guessing.

An accent that is left out is forgiven ("dong y" is "đồng ý"), an accent that is changed is another word
("đừng" is not "đúng"), and an answer that fits two choices fits neither.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

_NOT_WORDS = re.compile(r"[\W_]+")
_TONES = frozenset(
    "\N{COMBINING GRAVE ACCENT}\N{COMBINING ACUTE ACCENT}\N{COMBINING HOOK ABOVE}"
    "\N{COMBINING TILDE}\N{COMBINING DOT BELOW}"
)


class Word(NamedTuple):
    """A word taken apart, so that "hòa" and "hoà" are the same: bare letters, their hats, its tone."""

    bare: str
    hats: tuple[str, ...]
    tone: str


Spelling = tuple[Word, ...]
"""A text's words."""


@dataclass(frozen=True, slots=True)
class Answers:
    """The phrases that name a choice, by their spelling without accents."""

    by_fold: Mapping[str, tuple[tuple[Spelling, str], ...]]

    @classmethod
    def of(cls, phrases: Iterable[tuple[str, str]]) -> "Answers":
        """Index pairs of (phrase, choice id); a phrase without a letter or digit names nothing."""
        by_fold: dict[str, tuple[tuple[Spelling, str], ...]] = {}
        for phrase, choice_id in phrases:
            spelling = spell(phrase)
            if spelling:
                by_fold[_fold(spelling)] = (*by_fold.get(_fold(spelling), ()), (spelling, choice_id))
        return cls(by_fold)

    def find(self, text: str, among: Collection[str] | None = None) -> str | None:
        """Name the one choice that the whole text is an answer to, or None."""
        typed = spell(text)
        near = [
            (spelling, choice_id)
            for spelling, choice_id in self.by_fold.get(_fold(typed), ())
            if (among is None or choice_id in among) and may_stand_for(typed, spelling)
        ]
        exact = {choice_id for spelling, choice_id in near if spelling == typed}
        found = exact or {choice_id for _, choice_id in near}
        return found.pop() if len(found) == 1 else None


def fold(text: str) -> str:
    """Lower case, no accents, no punctuation or emoji, single spaces."""
    return _fold(spell(text))


def _fold(spelling: Spelling) -> str:
    return " ".join(word.bare for word in spelling)


def spell(text: str) -> Spelling:
    """Take a text apart, word by word; punctuation and emoji are left out."""
    composed = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return tuple(_take_apart(word) for word in _NOT_WORDS.sub(" ", composed).split())


def _take_apart(word: str) -> Word:
    letters = [_letter(letter) for letter in word]
    return Word(
        "".join(bare for bare, _, _ in letters),
        tuple(hat for _, hat, _ in letters),
        "".join(tone for _, _, tone in letters),
    )


@lru_cache(maxsize=1024)  # letters, not words: nothing that was typed is kept
def _letter(letter: str) -> tuple[str, str, str]:
    """Take a letter apart: bare, its hat, its tone."""
    if letter == "đ":
        return "d", letter, ""
    parts = unicodedata.normalize("NFD", letter)
    first, marks = parts[0], parts[1:]
    hat = "".join(mark for mark in marks if mark not in _TONES)
    return first, hat, "".join(mark for mark in marks if mark in _TONES)


def may_stand_for(typed: Spelling, meant: Spelling) -> bool:
    """Say whether `typed` only leaves accents out; both have the same bare letters."""
    return all(
        ours.tone in ("", theirs.tone)
        and all(hat in ("", whole) for hat, whole in zip(ours.hats, theirs.hats, strict=True))
        for ours, theirs in zip(typed, meant, strict=True)
    )
