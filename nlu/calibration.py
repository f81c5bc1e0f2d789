"""From raw scores to probabilities and decisions, fitted on the dev lines, which no model was trained on.

The thresholds follow from the probabilities and from what a mistake costs, which is stated here: ask where the expected
cost of keeping silent is higher than that of asking, act where the expected cost of hesitating is higher than that of a
false alarm (Elkan 2001, "The Foundations of Cost-Sensitive Learning", IJCAI). The probabilities are those of the dev
set, a quarter of whose lines tell of harm; in the world it is fewer, and the costs are stated with that in mind.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from nlu.cascade import Calibration, softmax
from nlu.corpus import Line
from nlu.learner import LABELS, Head, Scores, Thresholds

MISSED_COSTS: Final = 20.0
"""A disclosure passed over, in gentle questions asked of somebody who has nothing to tell."""
MISSED_EMERGENCY_COSTS: Final = 60.0
"""The same where the words speak of danger now."""
ALARM_COSTS: Final = 40.0
"""A counsellor offered at once to somebody who has nothing to tell, in disclosures first met with a gentle question."""

_SEED: Final = 7
_CLEAR: Final = (0.012, 0.9995)
_SURE_INTENT: Final = 0.6
_WEIGHTS: Final = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A dev line in one spelling with both models' scores; `second` is None where there is no encoder."""

    line: Line
    first: Scores
    second: Scores | None


def fitted(seen: Sequence[Seen]) -> Calibration:
    """The calibration that fits `seen` best.

    Raises:
        ValueError: the lines do not hold both disclosures and innocent lines.
    """
    known = [each for each in seen if each.line.disclosure != "borderline"]
    labels = [each.line.disclosure == "disclosure" for each in known]
    if len(set(labels)) < 2:  # noqa: PLR2004
        raise ValueError("the dev lines need disclosures and innocent lines")
    slope, offset = _logistic([[each.first.disclosure] for each in known], labels)
    both = [[each.first.disclosure, each.second.disclosure] for each in known if each.second is not None]
    joint = _logistic(both, labels) if len(both) == len(known) else (slope, 0.0, offset)
    return Calibration(
        alone=(slope, offset),
        joined=(joint[0], joint[1], joint[2]),
        clear=_CLEAR,
        sure_intent=_SURE_INTENT,
        blend={head: _blend(head, seen) for head in LABELS},
        thresholds=thresholds(),
    )


def _logistic(rows: list[list[float]], labels: list[bool]) -> tuple[float, ...]:
    """Weights and offset of the log odds (Platt 1999)."""
    model = LogisticRegression(C=1e3, solver="liblinear", random_state=_SEED)
    model.fit(np.array(rows), labels)
    return tuple(round(float(value), 4) for value in (*model.coef_[0], model.intercept_[0]))


_COUNTS: Final[dict[Head, Callable[[Line], tuple[str, ...]]]] = {
    "intent": lambda line: (line.intent,) if line.disclosure != "disclosure" else (),
    "topic": lambda line: (line.topic,),
    "harm": lambda line: line.harms if line.disclosure != "none" else (),
    "urgency": lambda line: (line.urgency,) if line.urgency != "none" else (),
    "subject": lambda line: (line.subject,) if line.subject != "none" else (),
}
"""The labels of a line that a head is judged by; none where it is not."""


def _blend(head: Head, seen: Sequence[Seen]) -> tuple[float, float]:
    """The weights of both models under which the labels of `seen` are likeliest."""
    judged = [(each, _COUNTS[head](each.line)) for each in seen if _COUNTS[head](each.line)]
    if not judged or any(each.second is None for each, _ in judged):
        return 1.0, 0.0
    wanted = np.array([[label in labels for label in LABELS[head]] for _, labels in judged])
    first = np.stack([each.first.heads[head] for each, _ in judged]).astype(np.float64)
    second = np.stack([each.second.heads[head] for each, _ in judged if each.second]).astype(np.float64)
    return min(product(_WEIGHTS, _WEIGHTS), key=lambda ab: _surprise(head, ab[0] * first + ab[1] * second, wanted))


def _surprise(head: Head, scores: NDArray[Any], wanted: NDArray[Any]) -> float:
    """The mean negative log likelihood of the labels."""
    if head == "harm":
        signed = np.where(wanted, scores, -scores)
        return float(np.mean(np.logaddexp(0, -signed)))
    shares = np.stack([softmax(row) for row in scores])
    return float(-np.mean(np.log(np.maximum(shares[wanted], 1e-12))))


def thresholds() -> Thresholds:
    """The probabilities at which either choice costs the same, for the costs stated above."""
    return Thresholds(
        borderline=round(1 / (1 + MISSED_COSTS), 5),
        urgent=round(1 / (1 + MISSED_EMERGENCY_COSTS), 5),
        disclosure=round(ALARM_COSTS / (1 + ALARM_COSTS), 5),
    )


def calibration_error(probabilities: Sequence[float], happened: Sequence[bool], bins: int = 10) -> float:
    """The expected calibration error over bins of equal width (Naeini, Cooper and Hauskrecht 2015, AAAI)."""
    return sum(
        abs(share - mean) * count / len(probabilities)
        for mean, share, count in reliability(probabilities, happened, bins)
    )


def reliability(
    probabilities: Sequence[float], happened: Sequence[bool], bins: int = 10
) -> list[tuple[float, float, int]]:
    """For each bin that holds any: mean probability, share that happened, count."""
    table = []
    places = [min(bins - 1, int(probability * bins)) for probability in probabilities]
    for place in sorted(set(places)):
        inside = [at for at, each in enumerate(places) if each == place]
        mean = sum(probabilities[at] for at in inside) / len(inside)
        table.append((mean, sum(happened[at] for at in inside) / len(inside), len(inside)))
    return table
