from collections.abc import Sequence
from pathlib import Path

import pytest

from nlu.cascade import Cascade
from nlu.corpus import Line, data_hash, load_corpus
from nlu.evaluation import figures, report, understood
from nlu.learner import ModelError
from nlu.linear import windows
from nlu.listener import Listener
from nlu.making import make_model, write_model
from nlu.training import train

FIRST = ("em", "con", "mình", "tớ", "cháu")


def no_rules(text: str) -> tuple[str, ...]:
    del text
    return ()


def small() -> Sequence[Line]:
    every = load_corpus("train")
    return every[::14]


def test_training_gives_the_same_bytes_twice(tmp_path: Path) -> None:
    lines = small()
    for name in ("one", "two"):
        trained = train(lines, no_rules)
        write_model(tmp_path / name, trained.meta, trained.arrays)
    for name in ("model.json", "weights.npz"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_from_data_to_figures_and_card(tmp_path: Path) -> None:
    rows = []
    for kind in ("train", "dev"):
        word = {"train": "hoài", "dev": "suốt"}[kind]
        hurt = [f"ba đánh {who} {word} {who} sợ" for who in FIRST]
        fine = [f"chào bot {who} vui {word}" for who in FIRST]
        rows = ['version: "3.1"', "nlu:", "- intent: disclose", "  examples:"]
        label = f"{{disclosure: true, harms: [physical_abuse], urgency: high, subject: self, writer: {kind}}}"
        rows += [f"  - text: {text}\n    metadata: {label}" for text in hurt]
        rows += ["- intent: greet", "  examples:"]
        rows += [f"  - text: {text}\n    metadata: {{disclosure: false, writer: {kind}}}" for text in fine]
        (tmp_path / f"{kind}_x.yml").write_text("\n".join(rows), encoding="utf-8")
    tables = make_model(tmp_path, tmp_path / "model", tmp_path / "card.md")
    written = tables["as written"]
    assert (written["lines"], written["disclosures"], written["recall"]) == (10, 5, 1.0)
    here = Listener.load(tmp_path / "model").understand("ba đánh em hoài em sợ")
    assert here.decision != "none"
    assert {path.name for path in (tmp_path / "model").iterdir()} == {"model.json", "weights.npz", "figures.json"}
    assert "physical_abuse" in (tmp_path / "card.md").read_text(encoding="utf-8")


def test_training_needs_both_kinds() -> None:
    with pytest.raises(ValueError, match="innocent"):
        train([Line(text="chào bot", intent="greet"), Line(text="chào bạn", intent="greet")], no_rules)


def test_a_missing_or_broken_model_says_what_to_do(tmp_path: Path) -> None:
    for _ in range(2):
        with pytest.raises(ModelError, match="khien nlu train"):
            Cascade.load(tmp_path)
        (tmp_path / "model.json").write_text("{}", encoding="utf-8")


@pytest.mark.parametrize("size", [0, 1, 59, 60, 61, 99, 100, 101, 140, 500, 2501])
def test_windows_cover_every_word(size: int) -> None:
    covered = {at for first, last in windows(size) for at in range(first, last)}
    assert covered == set(range(size))


def test_figures_of_nothing_are_none() -> None:
    found = figures([])
    assert (found.lines, found.recall, found.intent_f1) == (0, None, None)


def test_the_shipped_model_keeps_its_floors(listener: Listener) -> None:
    tables = report(listener, load_corpus("test"))
    for name in ("as written", "without diacritics"):
        table = tables[name]
        for figure, floor in FLOORS.items():
            value = table[figure]
            assert isinstance(value, float)
            assert value >= floor, (name, figure)
        for figure, ceiling in CEILINGS.items():
            value = table[figure]
            assert isinstance(value, float)
            assert value <= ceiling, (name, figure)


def test_the_shipped_model_belongs_to_the_shipped_data(listener: Listener) -> None:
    assert listener.version == data_hash()


def test_diacritics_can_be_removed_before_reading(listener: Listener) -> None:
    line = Line(text="ba đánh em hoài", intent="disclose")
    assert understood(listener, [line], marks=False)[0][1].evidence[0].text.isascii()


FLOORS = {"recall": 0.96, "emergency_recall": 0.99, "harms_f1": 0.78, "intent_f1": 0.83, "topic_accuracy": 0.83}
CEILINGS = {"false_alarms": 0.01, "borderlines": 0.17}
