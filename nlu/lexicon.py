"""Classes of words that mean much the same, so that a line teaches the learner about words it does not hold."""

from functools import cache
from typing import Final

from pydantic import BaseModel, ConfigDict

from nlu.letters import fold
from nlu.tables import load_table

_PLAIN_SHARE: Final = 0.2


class Lexicon(BaseModel):
    """The table `lexicon.yml`: class -> words and phrases."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    classes: dict[str, list[str]]


@cache
def _phrases(*, plain: bool) -> tuple[dict[tuple[str, ...], str], int]:
    table: dict[tuple[str, ...], str] = {}
    for name, phrases in load_table("lexicon.yml", Lexicon).classes.items():
        for phrase in phrases:
            table.setdefault(tuple((fold(phrase) if plain else phrase).split()), name)
    return table, max(map(len, table))


def is_plain(words: list[str]) -> bool:
    """Whether a text was typed without diacritics: hardly any of its words holds a mark."""
    marked = sum(not word.isascii() and word[:1].isalpha() for word in words)
    return marked <= _PLAIN_SHARE * len(words)


def classes(words: list[str], folded: list[str]) -> list[tuple[str, int, int]]:
    """The classes in a text in order: (class, first word, past the last word); the longest phrase wins."""
    plain = is_plain(words)
    table, longest = _phrases(plain=plain)
    read = folded if plain else words
    found: list[tuple[str, int, int]] = []
    at = 0
    while at < len(read):
        for length in range(min(longest, len(read) - at), 0, -1):
            name = table.get(tuple(read[at : at + length]))
            if name is not None:
                found.append((name, at, at + length))
                at += length - 1
                break
        at += 1
    return found
