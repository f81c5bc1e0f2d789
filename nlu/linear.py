"""The linear model at run time: features in, scores out, in plain numpy."""

from collections.abc import Sequence
from typing import Any, Final, cast

import numpy as np
from numpy.typing import NDArray

from nlu.features import BLOCKS, Feature, features
from nlu.learner import Head, Scores
from nlu.tokens import Tokens

WINDOW: Final = 60
"""Words read at once; a longer text is read in windows that overlap, and the gravest window decides."""
STRIDE: Final = 40
"""Words from the start of one window to the start of the next."""
EDGE: Final = 16
"""Words of a longer text's beginning and end that are read by themselves as well: what matters often stands there."""

UNKNOWN: Final = 10.0
"""Squared length that a feature never learnt adds to its block: text unlike the training data is read less surely."""

_Part = tuple[int, list[Feature], NDArray[Any], NDArray[Any]]
"""First word of a window, its features, their ids and values."""


class Linear:
    """Weights of every head over one vocabulary; built by `nlu.training`, read by `load`."""

    def __init__(self, meta: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> None:
        names: list[str] = meta["features"].split("\n")
        self._index: Final = {name: at for at, name in enumerate(names)}
        self._blocks: Final = np.array([BLOCKS.index(name[0]) for name in names], dtype=np.intp)
        self._weights: Final[NDArray[Any]] = arrays["weights"]
        self._scales: Final[NDArray[Any]] = arrays["scales"].astype(np.float32)
        self._bias: Final[NDArray[Any]] = arrays["bias"].astype(np.float32)
        self._idf: Final[NDArray[Any]] = arrays["idf"].astype(np.float32)
        self._disclosure: Final[NDArray[Any]] = arrays["disclosure"].astype(np.float32)
        self._places: Final = [
            (cast("Head", head), slice(start, start + size)) for head, (start, size) in meta["heads"].items()
        ]
        self._last: tuple[Tokens, tuple[str, ...], list[_Part]] | None = None

    def scores(self, tokens: Tokens, rules: tuple[str, ...] = ()) -> tuple[Scores, tuple[int, int]]:
        """The scores of the gravest window of a text, and its first and past-the-last word."""
        disclosure, window, ids, values = self._gravest(tokens, rules)
        found = self._bias + self._scales * (values @ self._weights[ids].astype(np.float32))
        return Scores(disclosure=disclosure, heads={head: found[place] for head, place in self._places}), window

    def reasons(self, tokens: Tokens, rules: tuple[str, ...] = ()) -> list[float]:
        """How much each word adds to the disclosure score."""
        weights = [0.0] * len(tokens.words)
        for first, found, ids, values in self._parts(tokens, rules):
            gains = dict(zip(ids.tolist(), (values * self._disclosure[ids]).tolist(), strict=True))
            for name, start, end in set(found):
                gain = gains.get(self._index.get(name, -1), 0.0)
                for at in range(first + start, first + end):
                    weights[at] += gain / (end - start)
        return weights

    def _gravest(
        self, tokens: Tokens, rules: tuple[str, ...]
    ) -> tuple[float, tuple[int, int], NDArray[Any], NDArray[Any]]:
        """The highest disclosure score of a window, the window, its feature ids and values."""
        parts = zip(windows(len(tokens.words)), self._parts(tokens, rules), strict=True)
        scored = [(float(values @ self._disclosure[ids]), window, ids, values) for window, (_, _, ids, values) in parts]
        return max(scored, key=lambda part: part[0])

    def _parts(self, tokens: Tokens, rules: tuple[str, ...]) -> list[_Part]:
        """The windows of a text with their features; those of the text read last are kept for its reasons."""
        last = self._last
        if last is not None and last[0] is tokens and last[1] == rules:
            return last[2]
        parts: list[_Part] = []
        for start, end in windows(len(tokens.words)):
            found = features(tokens.part(start, end), rules)
            parts.append((start, found, *self._vector(found)))
        self._last = (tokens, rules, parts)  # one assignment: safe between threads
        return parts

    def _vector(self, found: Sequence[Feature]) -> tuple[NDArray[Any], NDArray[Any]]:
        """Ids, rising, and tf-idf values, each block of features scaled to length one."""
        known: list[int] = []
        unknown = dict.fromkeys(BLOCKS, 0.0)
        for name in {name for name, _, _ in found}:
            at = self._index.get(name)
            if at is None:
                unknown[name[0]] += UNKNOWN
            else:
                known.append(at)
        ids = np.array(sorted(known), dtype=np.intp)
        values = self._idf[ids]
        blocks = self._blocks[ids]
        squares = np.bincount(blocks, weights=values * values, minlength=len(BLOCKS))
        norms = np.sqrt(squares + list(unknown.values()))
        return ids, (values / norms[blocks]).astype(np.float32)


def windows(size: int) -> list[tuple[int, int]]:
    """The parts of a text of `size` words that are read one by one; they overlap and cover it all."""
    if size <= WINDOW:
        return [(0, size)]
    parts = [(start, min(start + WINDOW, size)) for start in range(0, size - WINDOW + STRIDE, STRIDE)]
    return [*parts, (0, EDGE), (size - EDGE, size)]
