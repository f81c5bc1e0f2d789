"""Trains the linear learner from the data; the only module that imports scikit-learn.

The same data gives the same bytes: one thread, fixed seeds, features sorted, figures rounded before they are stored.
"""

import hashlib
import json
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from nlu.corpus import Line
from nlu.features import BLOCKS, features
from nlu.linear import UNKNOWN, LinearLearner
from nlu.marks import without_marks
from nlu.normalise import normalise
from nlu.tokens import Tokens, tokens_of
from nlu.understanding import HARMS, INTENTS, TOPICS, URGENCIES

RulesOf = Callable[[str], tuple[str, ...]]
"""Names of the rules that fire in a text."""

_STRENGTH: Final = 30.0
_HEAD_BLOCKS: Final = "wfm"
_RAREST: Final = 2
_SUBJECTS: Final = ("self", "other_child", "own_child")
_SEED: Final = 7
_FALSE_ALARMS: Final = 0.02
_BORDERLINES: Final = 0.30
_RECALL: Final = 0.98
_FOLDS: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One training text: a line as written, or its twin without diacritics."""

    line: int
    names: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """A model ready to be written: `meta` goes to model.json, `arrays` to weights.npz."""

    meta: dict[str, Any]
    arrays: dict[str, NDArray[Any]]

    def learner(self) -> LinearLearner:
        """The learner, as it would be loaded."""
        return LinearLearner(json.loads(json.dumps(self.meta)), self.arrays)

    def write(self, folder: Path) -> None:
        """Write model.json and weights.npz."""
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(self.meta, ensure_ascii=False, indent=1, sort_keys=True)
        (folder / "model.json").write_text(text + "\n", encoding="utf-8")
        np.savez_compressed(folder / "weights.npz", **self.arrays)  # type: ignore[arg-type]


def train(lines: Sequence[Line], rules_of: RulesOf) -> Trained:
    """Train every head on `lines` and set the thresholds on held-out writers.

    Raises:
        ValueError: the lines do not hold both disclosures and innocent lines.
    """
    with threadpool_limits(limits=1):
        return _train(lines, rules_of)


def _train(lines: Sequence[Line], rules_of: RulesOf) -> Trained:
    samples = samples_of(lines, rules_of)
    table = Table(samples)
    labelled = [lines[sample.line] for sample in samples]
    idf = table.idf(range(len(samples)))
    matrix = table.scaled(range(len(samples)), idf)
    heads, weights, bias = _fit_heads(matrix * table.mask(_HEAD_BLOCKS), labelled)
    scores = held_out_scores(lines, samples, table)
    slope, offset = _calibrated(scores, lines)
    scales = np.maximum(np.abs(weights).max(axis=0), 1e-6) / 127
    meta = {
        "version": data_version(lines),
        "features": "\n".join(table.names),
        "heads": heads,
        "slope": slope,
        "offset": offset,
        "thresholds": _thresholds(slope * scores + offset, lines),
    }
    arrays: dict[str, NDArray[Any]] = {
        "idf": idf.astype(np.float16),
        "disclosure": _fit_disclosure(matrix, labelled).astype(np.float16),
        "weights": np.round(weights / scales).astype(np.int8),
        "scales": scales.astype(np.float32),
        "bias": bias.astype(np.float32),
    }
    return Trained(meta=meta, arrays=arrays)


def samples_of(lines: Sequence[Line], rules_of: RulesOf) -> list[Sample]:
    """Every line as written and, where that differs, without diacritics."""
    samples = []
    for at, line in enumerate(lines):
        for text in dict.fromkeys((line.text, without_marks(line.text))):
            tokens: Tokens = tokens_of(normalise(text))
            names = frozenset(name for name, _, _ in features(tokens, rules_of(text)))
            samples.append(Sample(line=at, names=names))
    return samples


class Table:
    """Which of the features that at least two lines share stand in which text."""

    def __init__(self, samples: Sequence[Sample]) -> None:
        whole: dict[int, set[str]] = defaultdict(set)
        for sample in samples:
            whole[sample.line] |= sample.names
        counts = Counter(name for names in whole.values() for name in names)
        self.names = sorted(name for name, count in counts.items() if count >= _RAREST)
        self._index = {name: at for at, name in enumerate(self.names)}
        self._blocks = np.array([BLOCKS.index(name[0]) for name in self.names], dtype=np.intp)
        self._present = self._rows([sample.names for sample in samples])
        self._lines = self._rows([whole[line] for line in range(len(whole))])
        self._line_of = [sample.line for sample in samples]
        sizes = [Counter(name[0] for name in sample.names) for sample in samples]
        self._sizes = np.array([[size[block] for block in BLOCKS] for size in sizes], dtype=np.float64)

    def _rows(self, documents: Sequence[Collection[str]]) -> csr_matrix:
        rows = [sorted(self._index[name] for name in names if name in self._index) for names in documents]
        columns = np.array([at for row in rows for at in row], dtype=np.int32)
        ends = np.cumsum([0, *map(len, rows)])
        return csr_matrix((np.ones(len(columns)), columns, ends), shape=(len(rows), len(self.names)))

    def idf(self, rows: Sequence[int]) -> NDArray[Any]:
        """Inverse document frequency among the lines of `rows`; 0 for a feature that only one of them holds."""
        lines = sorted({self._line_of[row] for row in rows})
        counts = np.asarray(self._lines[lines].sum(axis=0)).ravel()
        found = np.round(np.log((1 + len(lines)) / (1 + counts)) + 1, 3)
        kept: NDArray[Any] = np.where(counts >= _RAREST, found, 0).astype(np.float16).astype(np.float64)
        return kept

    def scaled(self, rows: Sequence[int], idf: NDArray[Any]) -> csr_matrix:
        """The texts of `rows`, each block of features scaled to length one, unknown features counted in the length."""
        matrix = self._present[list(rows)].copy()
        matrix.data = idf[matrix.indices]
        members = np.eye(len(BLOCKS))[self._blocks]
        unknown = self._sizes[list(rows)] - matrix.sign() @ members
        norms = np.sqrt(matrix.power(2) @ members + UNKNOWN * unknown)
        norms[norms == 0] = 1
        of_row = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
        matrix.data /= norms[of_row, self._blocks[matrix.indices]]
        return matrix

    def mask(self, blocks: str) -> csr_matrix:
        """A diagonal matrix that leaves only the features of some blocks."""
        return diags([float(BLOCKS[block] in blocks) for block in self._blocks], format="csr")


def _fit_disclosure(matrix: csr_matrix, lines: Sequence[Line]) -> NDArray[Any]:
    """The disclosure weights, the bias left to calibration; a borderline line counts half on either side."""
    rows, labels, weights = [], [], []
    for at, line in enumerate(lines):
        sides = {"disclosure": ((1, 1.0),), "none": ((0, 1.0),), "borderline": ((1, 0.5), (0, 0.5))}
        for label, weight in sides[line.disclosure]:
            rows.append(at)
            labels.append(label)
            weights.append(weight)
    if len(set(labels)) < 2:  # noqa: PLR2004
        raise ValueError("training needs disclosures and innocent lines")
    model = LogisticRegression(C=_STRENGTH, solver="liblinear", random_state=_SEED, tol=1e-3)
    model.fit(matrix[rows], labels, sample_weight=np.array(weights))
    found: NDArray[Any] = model.coef_[0]
    return found


def _fit_heads(matrix: csr_matrix, lines: Sequence[Line]) -> tuple[dict[str, Any], NDArray[Any], NDArray[Any]]:
    """Weights and biases of every other head, one column a label."""
    harmed = [at for at, line in enumerate(lines) if line.disclosure != "none"]
    talk = [at for at, line in enumerate(lines) if line.disclosure != "disclosure"]
    everything = list(range(len(lines)))
    plans: list[tuple[str, tuple[str, ...], list[int], Callable[[Line], tuple[str, ...]]]] = [
        ("intent", tuple(name for name in INTENTS if name != "disclose"), talk, lambda line: (line.intent,)),
        ("topic", TOPICS, everything, lambda line: (line.topic,)),
        ("harm", HARMS, harmed, lambda line: line.harms),
        ("urgency", URGENCIES[1:], harmed, lambda line: (line.urgency,)),
        ("subject", _SUBJECTS, harmed, lambda line: (line.subject,)),
    ]
    heads: dict[str, Any] = {}
    columns: list[NDArray[Any]] = []
    biases: list[float] = []
    for head, labels, rows, of in plans:
        heads[head] = [len(columns), list(labels)]
        part = matrix[rows]
        for label in labels:
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
        max_iter=200,
    )
    model.fit(matrix, holds)
    return model.coef_[0], float(model.intercept_[0])


def held_out_scores(lines: Sequence[Line], samples: Sequence[Sample], table: Table) -> NDArray[Any]:
    """The disclosure score of every line as written, by a model that saw none of its writer's lines."""
    groups = _folds(lines)
    scores = np.zeros(len(lines))
    first = {sample.line: at for at, sample in reversed(list(enumerate(samples)))}
    for fold in sorted(set(groups.values())):
        inside = [at for at, sample in enumerate(samples) if groups[lines[sample.line].writer] != fold]
        inside = inside or list(range(len(samples)))
        outside = [at for at, line in enumerate(lines) if groups[line.writer] == fold]
        idf = table.idf(inside)
        weights = _fit_disclosure(table.scaled(inside, idf), [lines[samples[at].line] for at in inside])
        scores[outside] = table.scaled([first[at] for at in outside], idf) @ weights
    return scores


def _folds(lines: Sequence[Line]) -> dict[str, int]:
    """A fold for every writer; with one writer only, the model is its own judge."""
    sizes = Counter(line.writer for line in lines)
    loads = [0] * min(_FOLDS, len(sizes))
    folds: dict[str, int] = {}
    for writer, size in sorted(sizes.items(), key=lambda item: (-item[1], item[0])):
        fold = loads.index(min(loads))
        folds[writer] = fold
        loads[fold] += size
    return folds


def _telling(lines: Sequence[Line]) -> list[int]:
    """The lines of writers who wrote disclosures too; theirs are the hard innocent lines."""
    writers = {line.writer for line in lines if line.disclosure == "disclosure"}
    return [at for at, line in enumerate(lines) if line.writer in writers]


def _calibrated(scores: NDArray[Any], lines: Sequence[Line]) -> tuple[float, float]:
    """Slope and offset that turn a score into the log odds of a disclosure (Platt)."""
    known = [at for at in _telling(lines) if lines[at].disclosure != "borderline"]
    labels = [lines[at].disclosure == "disclosure" for at in known]
    model = LogisticRegression(C=1e3, solver="liblinear", random_state=_SEED)
    model.fit(scores[known].reshape(-1, 1), labels)
    return round(float(model.coef_[0][0]), 4), round(float(model.intercept_[0]), 4)


def _thresholds(log_odds: NDArray[Any], lines: Sequence[Line]) -> dict[str, float]:
    """From which probability a line is a disclosure, and from which it is borderline, on lines held out.

    A disclosure: as few false alarms as the design allows. Borderline: as many disclosures as it demands, but no more
    than a bearable share of innocent lines.
    """
    telling = _telling(lines)
    innocent = log_odds[[at for at in telling if lines[at].disclosure == "none"]]
    true = log_odds[[at for at in telling if lines[at].disclosure == "disclosure"]]
    sure = float(np.quantile(innocent, 1 - _FALSE_ALARMS))
    bearable = float(np.quantile(innocent, 1 - _FALSE_ALARMS - _BORDERLINES))
    ask = max(float(np.quantile(true, 1 - _RECALL)), bearable)
    as_probability = [10_000 / (1 + math.exp(-value)) for value in (min(ask, sure), sure)]
    return {"borderline": math.floor(as_probability[0]) / 10_000, "disclosure": math.ceil(as_probability[1]) / 10_000}


def data_version(lines: Sequence[Line]) -> str:
    """A short hash of everything the lines say."""
    text = "\n".join(sorted(repr(line) for line in lines))
    return hashlib.sha256(text.encode()).hexdigest()[:12]
