"""The comparison of learners: its figures are right, its learners learn, and nobody is left out in silence."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from bench.learners import page, roster
from bench.learners.__main__ import judged, rows
from bench.learners.figures import alarms_at, area, chances, error_of, gap, recall_at
from bench.learners.parts import Fitted, Learner, as_values
from bench.learners.roster import learners
from bench.learners.trial import Outcome, Task, kept_outcome, of_few_writers, outcome, shuffled, task
from nlu.cascade import MODEL
from nlu.corpus import load_corpus
from nlu.encoder.reader import FILE
from nlu.marks import without_marks

SCORES = np.array([9.0, 8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.0])
TRUTH = np.array([True, True, False, True, False, False, False, False])


@pytest.fixture(scope="module")
def whole() -> Task:
    return task()


@pytest.fixture(scope="module")
def small(whole: Task) -> Task:
    """60 lines of each kind."""
    parts = {kind: getattr(whole, kind) for kind in ("train", "dev", "test")}
    return Task(**{kind: lines.part(shuffled(len(lines.texts))[:60]) for kind, lines in parts.items()})


def known() -> dict[str, Learner]:
    return {each.key: each for each in learners(None, MODEL)}


def letters_of_fear(texts: Sequence[str], labels: Sequence[bool]) -> Fitted:
    del texts, labels
    return Fitted(score=lambda more: as_values([text.count("s") + len(text) / 1000 for text in more]), size=1_000_000)


def made(given: Task, weight: float) -> Outcome:
    """Scores that know so much of the truth."""
    chance = np.random.default_rng(round(10 * weight))
    dev, test = (weight * lines.labels + 0.5 * chance.normal(size=60) for lines in (given.dev, given.test))
    return Outcome(dev=(dev, dev), test=(test, test), seconds=1.0, size=1_000_000, microseconds=1.0)


COUNTER = Learner(key="counter", name="counts a letter", fit=letters_of_fear)


def test_recall_at_a_share_of_false_alarms() -> None:
    assert recall_at(SCORES, TRUTH, 0.0) == pytest.approx(2 / 3)
    assert recall_at(SCORES, TRUTH, 0.19) == pytest.approx(2 / 3)
    assert recall_at(SCORES, TRUTH, 0.2) == 1.0
    assert recall_at(SCORES, TRUTH, 1.0) == 1.0


def test_a_tie_with_an_innocent_line_counts_as_missed() -> None:
    assert recall_at(np.array([1.0, 1.0, 0.0]), np.array([True, False, False]), 0.0) == 0.0
    assert alarms_at(np.array([1.0, 1.0, 0.0]), np.array([True, False, False]), 0.97) == 0.5


def test_false_alarms_at_a_recall() -> None:
    assert alarms_at(SCORES, TRUTH, 0.97) == pytest.approx(1 / 5)
    assert alarms_at(SCORES, TRUTH, 0.6) == 0.0


def test_area_is_the_share_of_pairs_in_the_right_order() -> None:
    assert area(SCORES, TRUTH) == pytest.approx(14 / 15)
    assert area(-SCORES, TRUTH) == pytest.approx(1 / 15)


def test_probabilities_fit_the_dev_lines_whatever_the_scale_of_the_scores() -> None:
    chance = np.random.default_rng(1)
    truth = chance.random(4000) < 0.5
    scores = np.where(truth, 1.0, -1.0) + chance.normal(size=4000)
    small_scale, large = (chances(k * scores[:, None], truth, k * scores[:, None]) for k in (0.01, 100.0))
    assert small_scale == pytest.approx(large, abs=1e-3)
    assert error_of(large, truth) < 0.03
    assert error_of(1 - large, truth) > 0.5


def test_a_gap_between_equals_is_nothing_and_a_large_one_is_sure() -> None:
    truth = np.arange(200) < 100
    good, bad = truth + np.linspace(0, 0.5, 200), -1.0 * truth + np.linspace(0, 0.5, 200)
    assert gap((good, good), (good, good), truth, 0.02) == (0.0, 0.0, 0.0)
    found, low, high = gap((good, good), (bad, good), truth, 0.02)
    assert 0 < low <= found <= high <= 1


@pytest.mark.parametrize("key", ["words", "folded", "ngrams", "svm", "linear", "bag", "boosted"])
def test_a_learner_gives_every_line_a_score_and_the_same_again(key: str, small: Task) -> None:
    learner, texts = known()[key], [*small.test.texts, *small.train.texts]
    with threadpool_limits(limits=1):
        once, again = (learner.scores(small.train.texts, small.train.truth, texts) for _ in range(2))
    assert once.shape == (120,)
    assert np.isfinite(once).all()
    assert once.tolist() == again.tolist()
    assert area(once[60:], small.train.labels) > 0.9


def test_twins_are_learnt_only_where_asked_for_and_only_where_they_differ() -> None:
    texts, labels = ["ba đánh em", "ok"], [True, False]
    assert known()["words"].lessons(texts, labels) == (["ba đánh em", "ba danh em", "ok"], [True, True, False])
    assert known()["words-no-twins"].lessons(texts, labels) == (texts, labels)
    assert known()["linear"].lessons(texts, labels) == (texts, labels)


def test_words_without_marks_read_both_spellings_alike(small: Task) -> None:
    both = small.test.texts[:20]
    plain = [without_marks(text) for text in both]
    scores = known()["folded"].scores(small.train.texts, small.train.truth, [*both, *plain])
    assert np.mean(scores[:20] == scores[20:]) > 0.8


def test_what_cannot_run_says_what_it_needs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "torch" else name)
    missing = {each.key: each.missing for each in learners(None, tmp_path) if each.missing}
    assert set(missing) == {"char-cnn", "transformer", "frozen", "tuned", "shipped"}
    assert all("torch" in missing[key] for key in ("char-cnn", "transformer", "frozen"))
    assert all(FILE in missing[key] for key in ("tuned", "shipped"))


def test_the_task_leaves_borderline_lines_out_and_keeps_writers_apart(whole: Task) -> None:
    assert not set(whole.train.writers) & set(whole.test.writers)
    assert not set(whole.dev.writers) & set(whole.test.writers)
    assert len(whole.test.texts) > 500
    assert set(whole.test.truth) == {True, False}
    assert len(whole.test.texts) == sum(line.disclosure != "borderline" for line in load_corpus("test"))


def test_parts_of_the_data_are_nested() -> None:
    assert shuffled(100)[:10] == shuffled(100)[:20][:10]
    assert sorted(shuffled(50)) == list(range(50))


def test_few_writers_are_as_few_as_can_be(small: Task) -> None:
    places = of_few_writers(small.train, 5)
    assert len(places) == 5
    assert len(set(small.train.part(places).writers)) < len(set(small.train.writers))
    assert sorted(of_few_writers(small.train, 60)) == list(range(60))


def test_an_outcome_is_kept_and_read_again(small: Task, tmp_path: Path) -> None:
    first = kept_outcome(COUNTER, small, tmp_path)
    assert [len(scores) for scores in (*first.dev, *first.test)] == [60] * 4
    assert first.microseconds > 0
    again = kept_outcome(COUNTER, small, tmp_path)
    assert again.microseconds == first.microseconds
    assert [each.tolist() for each in again.test] == [each.tolist() for each in first.test]


def test_judging_a_mix_weighs_its_parts_on_the_dev_lines(small: Task) -> None:
    good, useless = (made(small, weight) for weight in (1.0, 0.0))
    alone, twice, mixed = (judged(parts, small, good) for parts in ([good], [good, good], [good, useless]))
    assert twice["AUC"] == pytest.approx(alone["AUC"])
    assert mixed["AUC"] == pytest.approx(alone["AUC"], abs=0.05)
    assert judged([useless], small, None)["AUC"][0] < mixed["AUC"][0]
    assert alone["against shipped"] == [0, 0, 0]
    assert (twice["megabytes"], alone["megabytes"]) == (2.0, 1.0)


def test_the_tables_go_between_the_markers_and_name_who_is_missing(small: Task, tmp_path: Path) -> None:
    results = {
        "lines": {"train": 60, "dev": 60, "test": 60},
        "learners": rows([COUNTER], {"counter": outcome(COUNTER, small)}, small),
        "not run": {"a network": "torch"},
        "growth": [],
    }
    paper = tmp_path / "learners.md"
    paper.write_text(f"before\n{page.BEGIN}\nold\n{page.END}\nafter\n", encoding="utf-8")
    page.write(json.loads(json.dumps(results)), paper)
    text = paper.read_text(encoding="utf-8")
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "old" not in text
    assert "| counts a letter | yes |" in text
    assert "a network (needs torch)" in text
    paper.write_text("no marker", encoding="utf-8")
    with pytest.raises(ValueError, match="lacks a marker"):
        page.write(results, paper)


def test_the_page_has_its_markers_and_every_mix_has_its_parts() -> None:
    text = page.PAGE.read_text(encoding="utf-8")
    assert text.index(page.BEGIN) < text.index(page.END)
    keys = known()
    assert all(part in keys for _, _, parts in roster.MIXES for part in parts)
