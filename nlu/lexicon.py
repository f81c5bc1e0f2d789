"""Classes of words that mean much the same, so that a line teaches the learner about words it does not hold."""

from functools import cache
from typing import Final

from pydantic import BaseModel, ConfigDict

from nlu.letters import fold
from nlu.tables import load_table
from nlu.teencode import written_short

_PLAIN_SHARE: Final = 0.2
_PLAIN_WORDS: Final = 2


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
    """Whether a text was typed without diacritics: hardly any of its words holds a mark that teencode did not bring.

    "k muon song nua" is plain, although "không" stands in it now; "không sao" alone is not.
    """
    marked = [word for word in words if not word.isascii() and word[:1].isalpha()]
    if len(marked) <= _PLAIN_SHARE * len(words):
        return True
    made = written_short()
    return all(word in made for word in marked) and _bare(words, made) >= _PLAIN_WORDS


def _bare(words: list[str], made: frozenset[str]) -> int:
    return sum(word.isascii() and word[:1].isalpha() and word not in made for word in words)


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
