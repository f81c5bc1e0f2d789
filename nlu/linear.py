"""The linear learner at run time: features in, probabilities out, in plain numpy."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, Literal, cast

import numpy as np
from numpy.typing import NDArray

from nlu.features import BLOCKS, Feature, features
from nlu.learner import Reading, Thresholds
from nlu.tokens import Tokens
from nlu.understanding import Harm, Intent, Subject, Topic, Urgency

MODEL: Final = Path(__file__).parent / "model"
WINDOW: Final = 60
"""Words read at once; a longer text is read in windows that overlap, and the gravest window decides."""
STRIDE: Final = 40
"""Words from the start of one window to the start of the next."""

UNKNOWN: Final = 10.0
"""Squared length that a feature never learnt adds to its block: text unlike the training data is read less surely."""

_Part = tuple[int, list[Feature], NDArray[Any], NDArray[Any]]
"""First word of a window, its features, their ids and values."""

Head = Literal["intent", "topic", "harm", "urgency", "subject"]


class ModelError(Exception):
    """The model cannot be loaded; run `khien nlu train` or restore nlu/model."""


class LinearLearner:
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
        self._heads: Final[dict[str, list[list[Any]]]] = meta["heads"]
        self._last: tuple[Tokens, tuple[str, ...], list[_Part]] | None = None
        self._slope: Final[float] = meta["slope"]
        self._offset: Final[float] = meta["offset"]
        self.thresholds: Final = Thresholds(**meta["thresholds"])
        self.version: Final[str] = meta["version"]

    @classmethod
    def load(cls, folder: Path | None = None) -> "LinearLearner":
        """The model in `folder`, by default the one shipped with the package.

        Raises:
            ModelError: it is missing or broken.
        """
        folder = folder or MODEL
        try:
            meta = json.loads((folder / "model.json").read_text(encoding="utf-8"))
            with np.load(folder / "weights.npz", allow_pickle=False) as stored:
                arrays = {name: stored[name] for name in stored.files}
            return cls(meta, arrays)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ModelError(f"{folder}: no usable model; run `khien nlu train` or restore nlu/model") from error

    def read(self, tokens: Tokens, rules: tuple[str, ...] = ()) -> Reading:
        """See `Learner.read`."""
        logits, ids, values = self._gravest(tokens, rules)
        scores = self._bias + self._scales * (values @ self._weights[ids].astype(np.float32))
        return Reading(
            probability=_sigmoid(self._slope * logits + self._offset),
            intents=cast("dict[Intent, float]", self._spread("intent", scores)),
            topics=cast("dict[Topic, float]", self._spread("topic", scores)),
            harms=cast("dict[Harm, float]", self._each("harm", scores)),
            urgencies=cast("dict[Urgency, float]", self._spread("urgency", scores)),
            subjects=cast("dict[Subject, float]", self._spread("subject", scores)),
        )

    def reasons(self, tokens: Tokens, rules: tuple[str, ...] = ()) -> list[float]:
        """See `Learner.reasons`."""
        weights = [0.0] * len(tokens.words)
        for first, found, ids, values in self._parts(tokens, rules):
            gains = dict(zip(ids.tolist(), (values * self._disclosure[ids]).tolist(), strict=True))
            for name, start, end in set(found):
                gain = gains.get(self._index.get(name, -1), 0.0)
                for at in range(first + start, first + end):
                    weights[at] += gain / (end - start)
        return weights

    def _gravest(self, tokens: Tokens, rules: tuple[str, ...]) -> tuple[float, NDArray[Any], NDArray[Any]]:
        """The disclosure score of the window that has the highest one, with its feature ids and values."""
        scored = [
            (float(values @ self._disclosure[ids]), ids, values) for _, _, ids, values in self._parts(tokens, rules)
        ]
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

    def _spread(self, head: Head, scores: NDArray[Any]) -> dict[str, float]:
        """Probabilities of a head of which exactly one label holds."""
        start, labels = self._heads[head]
        part = scores[cast("int", start) : cast("int", start) + len(labels)].astype(np.float64)
        part = np.exp(part - part.max())
        return dict(zip(labels, (part / part.sum()).tolist(), strict=True))

    def _each(self, head: Head, scores: NDArray[Any]) -> dict[str, float]:
        """Probabilities of a head of which several labels may hold."""
        start, labels = self._heads[head]
        part = scores[cast("int", start) : cast("int", start) + len(labels)].astype(np.float64)
        return dict(zip(labels, (1 / (1 + np.exp(-part))).tolist(), strict=True))


def windows(size: int) -> list[tuple[int, int]]:
    """The parts of a text of `size` words that are read one by one; they overlap and cover it all."""
    if size <= WINDOW:
        return [(0, size)]
    return [(start, min(start + WINDOW, size)) for start in range(0, size - WINDOW + STRIDE, STRIDE)]


def _sigmoid(score: float) -> float:
    return float(1 / (1 + np.exp(-np.clip(score, -60, 60))))
