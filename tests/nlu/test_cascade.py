import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from nlu.cascade import MODEL, Cascade
from nlu.corpus import load_corpus
from nlu.encoder.reader import FILE
from nlu.explanation import explained
from nlu.learner import ModelError
from nlu.listener import Listener
from nlu.normalise import normalise
from nlu.tokens import Tokens, tokens_of

HINT = "tối nào nghe tiếng xe ba về là hai chị em trốn"


@pytest.fixture(scope="module")
def learner() -> Cascade:
    return Cascade.load()


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    shutil.copytree(MODEL, tmp_path / "model")
    return tmp_path / "model"


def tokens(text: str) -> Tokens:
    return tokens_of(normalise(text))


def test_most_greetings_need_no_second_opinion_and_hints_do(learner: Cascade) -> None:
    assert not learner.asked(tokens("chào bot"))
    assert learner.asked(tokens(HINT))


def test_most_ordinary_lines_are_read_by_the_linear_model_alone(learner: Cascade) -> None:
    innocent = [line for line in load_corpus("dev") if line.disclosure == "none"]
    share = sum(learner.asked(tokens(line.text)) for line in innocent) / len(innocent)
    assert share < ASKED


def test_every_word_has_a_reason_and_reading_twice_changes_nothing(learner: Cascade) -> None:
    words = tokens(HINT)
    first = learner.read(words)
    reasons = learner.reasons(words)
    learner.read(tokens("chào bot"))
    assert learner.reasons(words) == reasons
    assert len(reasons) == len(words.words)
    assert learner.read(words) == first


def test_a_long_text_is_read_to_its_end(learner: Cascade) -> None:
    long = tokens("hôm nay trời đẹp em đi học về ăn cơm " * 30 + HINT)
    assert learner.read(long).probability > learner.thresholds.borderline
    assert len(learner.reasons(long)) == len(long.words)


def test_an_encoder_other_than_the_one_calibrated_with_is_refused(copied: Path) -> None:
    with np.load(copied / FILE) as stored:
        arrays = {name: stored[name] for name in stored.files}
    arrays["head.b"] = arrays["head.b"] + 1
    np.savez_compressed(copied / FILE, **arrays)
    with pytest.raises(ModelError, match="not the encoder"):
        Cascade.load(copied)


def test_a_model_of_other_data_is_refused(copied: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    meta = json.loads((copied / "model.json").read_text(encoding="utf-8"))
    (copied / "model.json").write_text(json.dumps(meta | {"version": "000000000000"}), encoding="utf-8")
    monkeypatch.setattr("nlu.cascade.MODEL", copied)
    with pytest.raises(ModelError, match="run `khien nlu train`"):
        Cascade.load()


@pytest.mark.parametrize("spoilt", ["", "{", "[]", '{"features": "wba"}'])
def test_a_broken_model_says_what_to_do(copied: Path, spoilt: str) -> None:
    (copied / "model.json").write_text(spoilt, encoding="utf-8")
    with pytest.raises(ModelError, match="khien nlu train"):
        Cascade.load(copied)


def test_an_explanation_shows_the_words_that_moved_the_decision(listener: Listener) -> None:
    shown = explained(listener, "hqua ba lại đánh em", role="child")
    assert "«" in shown.splitlines()[0]
    assert shown.splitlines()[0].replace("«", "").replace("»", "") == "hqua ba lại đánh em"
    assert "decision   disclosure" in shown
    assert "entity     relation = father  ba" in shown
    assert "linear model" in explained(listener, "chào bot", ["em muốn học"])


ASKED = 0.75
