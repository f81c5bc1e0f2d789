"""Trains the linear model from the data.

The same data gives the same bytes: one thread, fixed seeds, features sorted, figures rounded before they are stored.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from nlu.corpus import Line, ordinary
from nlu.learner import LABELS, Head
from nlu.linear import Linear
from nlu.vectors import RulesOf, Table, samples_of

_STRENGTH: Final = 30.0
_HEAD_BLOCKS: Final = "wfm"
_SEED: Final = 7

ORDINARY_COUNTS: Final = 4
"""How often a line of plain talk counts: the data are mostly hard cases, the world is not."""

_LEARNT: Final[dict[Head, tuple[Callable[[Line], bool], Callable[[Line], tuple[str, ...]]]]] = {
    "intent": (lambda line: line.disclosure != "disclosure", lambda line: (line.intent,)),
    "topic": (lambda line: True, lambda line: (line.topic,)),  # noqa: ARG005 - every line teaches a topic
    "harm": (lambda line: line.disclosure != "none", lambda line: line.harms),
    "urgency": (lambda line: line.urgency != "none", lambda line: (line.urgency,)),
    "subject": (lambda line: line.subject != "none", lambda line: (line.subject,)),
}
"""Which lines teach a head, and which of its labels hold in them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """The linear model: `meta` goes to model.json, `arrays` to weights.npz."""

    meta: dict[str, Any]
    arrays: dict[str, NDArray[Any]]

    def linear(self) -> Linear:
        """The model, as it would be loaded."""
        return Linear(json.loads(json.dumps(self.meta)), self.arrays)


def train(lines: Sequence[Line], rules_of: RulesOf) -> Trained:
    """Train every head on `lines`.

    Raises:
        ValueError: the lines do not hold both disclosures and innocent lines.
    """
    with threadpool_limits(limits=1):
        return _train(lines, rules_of)


def _train(lines: Sequence[Line], rules_of: RulesOf) -> Trained:
    samples = samples_of(lines, rules_of)
    table = Table(samples)
    labelled = [lines[sample.line] for sample in samples]
    idf = table.idf()
    matrix = table.scaled(idf)
    heads, weights, bias = _fit_heads(matrix * table.mask(_HEAD_BLOCKS), labelled)
    scales = np.maximum(np.abs(weights).max(axis=0), 1e-6) / 127
    arrays: dict[str, NDArray[Any]] = {
        "idf": idf.astype(np.float16),
        "disclosure": _fit_disclosure(matrix, labelled, ordinary(labelled)).astype(np.float16),
        "weights": np.round(weights / scales).astype(np.int8),
        "scales": scales.astype(np.float32),
        "bias": bias.astype(np.float32),
    }
    return Trained(meta={"features": "\n".join(table.names), "heads": heads}, arrays=arrays)


def _fit_disclosure(matrix: csr_matrix, lines: Sequence[Line], talk: Sequence[bool]) -> NDArray[Any]:
    """The disclosure weights, the bias left to calibration; a borderline line counts half on either side."""
    rows, labels, weights = [], [], []
    for at, line in enumerate(lines):
        sides = {"disclosure": ((1, 1.0),), "none": ((0, 1.0),), "borderline": ((1, 0.5), (0, 0.5))}
        for label, weight in sides[line.disclosure]:
            rows.append(at)
            labels.append(label)
            weights.append(weight * (ORDINARY_COUNTS if talk[at] else 1))
    if len(set(labels)) < 2:  # noqa: PLR2004
        raise ValueError("training needs disclosures and innocent lines")
    model = LogisticRegression(C=_STRENGTH, solver="liblinear", random_state=_SEED, tol=1e-3)
    model.fit(matrix[rows], labels, sample_weight=np.array(weights))
    found: NDArray[Any] = model.coef_[0]
    return found


def _fit_heads(matrix: csr_matrix, lines: Sequence[Line]) -> tuple[dict[Head, Any], NDArray[Any], NDArray[Any]]:
    """Weights and biases of every other head, one column a label; a head's entry: first column, count."""
    heads: dict[Head, Any] = {}
    columns: list[NDArray[Any]] = []
    biases: list[float] = []
    for head, (teaches, of) in _LEARNT.items():
        rows = [at for at, line in enumerate(lines) if teaches(line)]
        heads[head] = [len(columns), len(LABELS[head])]
        part = matrix[rows]
        for label in LABELS[head]:
            column, bias = _fit_label(part, [label in of(lines[at]) for at in rows])
            columns.append(column)
            biases.append(bias)
    return heads, np.stack(columns, axis=1), np.array(biases)


def _fit_label(matrix: csr_matrix, holds: list[bool]) -> tuple[NDArray[Any], float]:
    """One label against the rest; a label nobody used is never given."""
    if len(set(holds)) < 2:  # noqa: PLR2004
        return np.zeros(matrix.shape[1]), 9.0 if holds and holds[0] else -9.0
    model = LogisticRegression(
        C=_STRENGTH,
        solver="liblinear",
        dual=True,
        class_weight="balanced",
        random_state=_SEED,
        tol=1e-2,
        max_iter=1000,
    )
    model.fit(matrix, holds)
    return model.coef_[0], float(model.intercept_[0])
