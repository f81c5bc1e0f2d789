"""The figures that a learner is judged by, all from its scores and the truth."""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from bench.learners.parts import SEED, Truth, Values
from nlu.calibration import calibration_error

_DRAWS: Final = 500


def area(scores: Values, truth: Truth) -> float:
    """Area under the ROC curve."""
    return float(roc_auc_score(truth, scores))


def recall_at(scores: Values, truth: Truth, share: float) -> float:
    """Share of disclosures found when at most `share` of the innocent lines raises an alarm."""
    innocent = np.sort(scores[~truth])[::-1]
    allowed = math.floor(share * len(innocent) + 1e-9)
    bar = innocent[allowed] if allowed < len(innocent) else -np.inf
    return float(np.mean(scores[truth] > bar))


def alarms_at(scores: Values, truth: Truth, recall: float) -> float:
    """Share of innocent lines that raise an alarm when at least `recall` of the disclosures is found."""
    found = np.sort(scores[truth])[::-1]
    bar = found[math.ceil(recall * len(found) - 1e-9) - 1]
    return float(np.mean(scores[~truth] >= bar))


def chances(dev: NDArray[np.float64], truth: Truth, scores: NDArray[np.float64]) -> Values:
    """`scores` as probabilities: log odds fitted on the dev lines (Platt 1999), one column a learner that votes."""
    centre, spread = dev.mean(axis=0), dev.std(axis=0) + 1e-9
    model = LogisticRegression(C=1e3, solver="liblinear", random_state=SEED)
    model.fit((dev - centre) / spread, truth)
    found: Values = model.predict_proba((scores - centre) / spread)[:, 1]
    return found


def error_of(probabilities: Values, truth: Truth) -> float:
    """Expected calibration error over ten bins."""
    return calibration_error(probabilities.tolist(), truth.tolist())


def gap(
    first: tuple[Values, ...], second: tuple[Values, ...], truth: Truth, share: float
) -> tuple[float, float, float]:
    """Recall of the first less that of the second at `share` false alarms, and its 95 % interval.

    Each holds the scores of all lines, once a spelling. Lines are drawn again with all their spellings (paired
    bootstrap, Efron and Tibshirani 1993), disclosures and innocent lines apart.
    """

    def difference(rows: NDArray[np.intp]) -> float:
        drawn = np.tile(truth[rows], len(first))
        ours, theirs = (np.concatenate([each[rows] for each in scores]) for scores in (first, second))
        return recall_at(ours, drawn, share) - recall_at(theirs, drawn, share)

    chance = np.random.default_rng(SEED)
    sides = [np.flatnonzero(truth), np.flatnonzero(~truth)]
    draws = [difference(np.concatenate([chance.choice(side, len(side)) for side in sides])) for _ in range(_DRAWS)]
    low, high = np.quantile(draws, (0.025, 0.975))
    return difference(np.arange(len(truth))), float(low), float(high)
