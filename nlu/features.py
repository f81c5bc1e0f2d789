"""What the linear learner looks at: n-grams of words with and without marks, of word classes, and of both mixed."""

from typing import Final

from nlu.lexicon import classes
from nlu.tokens import Tokens

BLOCKS: Final = "wfmkr"
"""First letter of a feature: words, folded words, words mixed with classes, classes, rules that fired."""

_LONGEST: Final = 3
_NEAREST_PAIRS: Final = 8


Feature = tuple[str, int, int]
"""One feature and the words it covers: name, first word, past the last word. (A text has hundreds: plain tuples.)"""


def features(tokens: Tokens, rules: tuple[str, ...] = ()) -> list[Feature]:
    """The features of one text; the same text always gives the same list."""
    found = classes(tokens.words, tokens.folded)
    listed: list[Feature] = []
    size = len(tokens.words)
    plain = [(at, at + 1) for at in range(size)]
    _n_grams(listed, "w", tokens.words, plain)
    _n_grams(listed, "f", tokens.folded, plain)
    mixed, places = _mixed(tokens.folded, found)
    _n_grams(listed, "m", mixed, places)
    names = [name for name, _, _ in found]
    _n_grams(listed, "k", names, [(first, last) for _, first, last in found])
    for at, (name, first, _) in enumerate(found):
        for other, _, last in found[at + 1 : at + _NEAREST_PAIRS]:
            listed.append((f"k{name}_{other}", first, last))
    listed.extend((f"r{name}", 0, 0) for name in rules)
    return listed


def _n_grams(listed: list[Feature], block: str, words: list[str], places: list[tuple[int, int]]) -> None:
    """Append the runs of one to three words, edges of the text included."""
    if not words:
        return
    padded = ["<", *words, ">"]
    spans = [(places[0][0], places[0][0]), *places, (places[-1][1], places[-1][1])]
    size = len(padded)
    for at in range(size):
        name = block + padded[at]
        first = spans[at][0]
        listed.append((name, first, spans[at][1]))
        for end in range(at + 1, min(at + _LONGEST, size)):
            name = f"{name} {padded[end]}"
            listed.append((name, first, spans[end][1]))


def _mixed(folded: list[str], found: list[tuple[str, int, int]]) -> tuple[list[str], list[tuple[int, int]]]:
    """The folded words with each word of a class replaced by the class."""
    words: list[str] = []
    places: list[tuple[int, int]] = []
    at = 0
    for name, first, last in found:
        words.extend(folded[at:first])
        places.extend((here, here + 1) for here in range(at, first))
        words.append("#" + name)
        places.append((first, last))
        at = last
    words.extend(folded[at:])
    places.extend((here, here + 1) for here in range(at, len(folded)))
    return words, places
