import numpy as np
import pytest

from nlu.calibration import ALARM_COSTS, MISSED_COSTS, Seen, calibration_error, fitted, reliability, thresholds
from nlu.cascade import Calibration, joined
from nlu.corpus import Line
from nlu.learner import LABELS, Head, Scores, Thresholds

TELLS = Line(text="x", intent="disclose", disclosure="disclosure", harms=("scam",), urgency="high", subject="self")
TALKS = Line(text="x", intent="chitchat")


def scores(disclosure: float, **heads: tuple[int, float]) -> Scores:
    found = {head: np.zeros(len(labels)) for head, labels in LABELS.items()}
    for head, (place, value) in heads.items():
        found[head][place] = value  # type: ignore[index]
    return Scores(disclosure=disclosure, heads=found)


def seen(line: Line, first: float, second: float | None) -> Seen:
    return Seen(line=line, first=scores(first), second=None if second is None else scores(second))


def test_probabilities_rise_with_both_scores_and_part_the_lines() -> None:
    lines = [seen(TELLS, 1 + at / 10, 2 + at / 10) for at in range(20)]
    lines += [seen(TALKS, -1 - at / 10, -2 - at / 10) for at in range(20)]
    found = fitted(lines)
    assert found.joined[0] > 0
    assert found.joined[1] > 0
    high = joined(scores(2), scores(3), found).probability
    low = joined(scores(-2), scores(-3), found).probability
    assert low < found.thresholds.borderline <= found.thresholds.disclosure < high


def test_without_an_encoder_the_linear_score_decides_alone() -> None:
    found = fitted([seen(TELLS, 1.0, None)] * 5 + [seen(TALKS, -1.0, None)] * 5)
    assert found.joined[1] == 0
    assert all(weights == (1.0, 0.0) for weights in found.blend.values())


def test_lines_of_one_kind_cannot_be_calibrated_on() -> None:
    with pytest.raises(ValueError, match="disclosures and innocent"):
        fitted([seen(TALKS, 0.0, None)])


def test_a_head_follows_the_model_that_knows_it() -> None:
    right = {"topic": (0, 5.0)}
    wrong = {"topic": (3, 5.0)}
    lines = [
        Seen(line=Line(text="x", intent="learn", topic="scam"), first=scores(-1, **wrong), second=scores(-1, **right))
    ] * 9 + [seen(TELLS, 1.0, 1.0)]
    ours, theirs = fitted(lines).blend["topic"]
    assert theirs > ours


def test_thresholds_follow_from_the_costs_and_are_lower_in_danger() -> None:
    found = thresholds()
    assert found.urgent < found.borderline < found.disclosure
    silence, question = found.borderline * MISSED_COSTS, 1 - found.borderline
    assert silence == pytest.approx(question, rel=1e-3)
    hesitation, alarm = found.disclosure, (1 - found.disclosure) * ALARM_COSTS
    assert hesitation == pytest.approx(alarm, rel=1e-3)


def test_calibration_error_of_honest_and_of_boastful_probabilities() -> None:
    assert calibration_error([0.25] * 4, [True, False, False, False]) == pytest.approx(0)
    assert calibration_error([0.95] * 4, [True, False, False, False]) == pytest.approx(0.7)
    assert reliability([0.05, 0.95, 1.0], [False, True, True]) == [
        (0.05, 0.0, 1),
        (pytest.approx(0.975), 1.0, 2),
    ]


def test_harms_are_each_their_own_and_the_rest_share_one() -> None:
    calibration = Calibration(
        alone=(1.0, 0.0),
        joined=(1.0, 1.0, 0.0),
        clear=(0.0, 1.0),
        sure_intent=0.5,
        blend=dict.fromkeys(LABELS, (0.5, 0.5)),
        thresholds=Thresholds(borderline=0.1, urgent=0.05, disclosure=0.5),
    )
    heads: dict[Head, tuple[int, float]] = {"harm": (2, 4.0), "urgency": (1, 4.0)}
    reading = joined(scores(0.5, **heads), scores(0.5, **heads), calibration)
    assert reading.harms["sexual_abuse"] > 0.9
    assert reading.harms["neglect"] == pytest.approx(0.5)
    assert sum(reading.urgencies.values()) == pytest.approx(1)
    assert reading.probability == pytest.approx(1 / (1 + np.exp(-1)))
