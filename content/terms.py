"""Turns a text into the terms that search compares: teencode and other names brought to ours, accents folded.

Children type "acc ff" or "mat khau"; cards say "tài khoản Free Fire" and "mật khẩu". Both sides walk through the
same `Vocabulary`, so that they meet. A text without any accent is read as one whose accents were left out.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal, NamedTuple

from content.schema import SearchWords

Kind = Literal["word", "pair", "accented", "letters"]
_WORD = re.compile(r"\d+\+|[^\W_]+")
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
_GRAM = 3
_Words = tuple[str, ...]


class Term(NamedTuple):
    """Something two texts may share: a folded word, two in a row, a word with its accents, three letters."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """Which expressions mean the same, and which words say nothing about what is asked."""

    exact: Mapping[_Words, _Words]
    """Typed in small letters -> our expression; an empty one is left out."""
    cased: Mapping[_Words, _Words]
    """The same for forms with a capital letter, which count only when typed so."""
    folded: Mapping[_Words, _Words]
    """The same for texts without accents."""
    longest: int
    """How many words the longest form has."""

    @classmethod
    def of(cls, words: SearchWords | None) -> "Vocabulary":
        """Index the expressions of a language; without any, texts are only cut into words and folded."""
        exact: dict[_Words, _Words] = {}
        cased: dict[_Words, _Words] = {}
        if words is not None:
            skipped = {_split(skip) for skip in words.skip}
            for meant, forms in words.expressions.items():
                ours = _split(meant)
                result = () if ours in skipped else ours
                for form in (meant, *forms):
                    typed = _split(form)
                    if form == form.casefold():
                        exact.setdefault(typed, result)
                    else:
                        cased[typed] = result
            exact |= dict.fromkeys(skipped, ())
        folded: dict[_Words, _Words] = {}
        for typed, result in exact.items():
            folded.setdefault(tuple(fold(word) for word in typed), result)
        return cls(
            exact=exact,
            cased=cased,
            folded=folded,
            longest=max((len(typed) for typed in (*exact, *cased)), default=1),
        )

    def words(self, text: str) -> list[str]:
        """Give the words of a text that say what it is about, in our expressions, with their accents."""
        typed = _split(text)
        low = tuple(word.casefold() for word in typed)
        table = self.exact if any(fold(word) != word for word in low) else self.folded
        found: list[str] = []
        at = 0
        while at < len(typed):
            length, meant = self._expression(typed, low, table, at)
            found.extend(meant)
            at += length
        return found

    def _expression(self, typed: _Words, low: _Words, table: Mapping[_Words, _Words], at: int) -> tuple[int, _Words]:
        """Find the longest known expression that begins here: how many words it takes, and what it means."""
        for end in range(min(at + self.longest, len(low)), at, -1):
            meant = self.cased.get(typed[at:end])
            if meant is None:
                meant = table.get(low[at:end])
            if meant is not None:
                return end - at, meant
        return 1, low[at : at + 1]

    def terms(self, text: str, *, letters: bool) -> Iterator[Term]:
        """Give every term of a text, again for each time it stands there; with or without groups of letters."""
        words = self.words(text)
        folds = [fold(word) for word in words]
        yield from (Term("word", word) for word in folds)
        yield from (Term("pair", f"{left} {right}") for left, right in pairwise(folds))
        yield from (Term("accented", word) for word, bare in zip(words, folds, strict=True) if word != bare)
        if letters:
            for word in folds:
                framed = f" {word} "
                yield from (Term("letters", framed[at : at + _GRAM]) for at in range(len(word)))


@lru_cache(maxsize=20_000)
def fold(word: str) -> str:
    """Give a word in small letters without accents: "Mật" -> "mat"."""
    apart = unicodedata.normalize("NFD", word.casefold().replace("đ", "d"))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def _split(text: str) -> _Words:
    return tuple(_STRETCHED.sub(r"\1", word) for word in _WORD.findall(unicodedata.normalize("NFC", text)))
