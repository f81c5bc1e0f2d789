from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from nlu.cli import app
from nlu.corpus import Line, load_lines
from nlu.datafile import as_yaml, marked
from nlu.inventory import as_text, take_stock
from nlu.neighbours import near_duplicates
from nlu.understanding import Entity

RUN = CliRunner()
STYLED = Line(
    text="ba lại đánh em ở nhà",
    intent="disclose",
    disclosure="disclosure",
    harms=("physical_abuse",),
    urgency="high",
    subject="self",
    role="child",
    band="11-14",
    styles=("standard", "indirect"),
    writer="w9",
)


def test_spelling_does_not_hide_a_duplicate() -> None:
    pairs = near_duplicates(["Ba lại đánh em, ở nhà!", "hôm nay trời đẹp", "ba lai danh em o nha"])
    assert [(pair.first, pair.second) for pair in pairs] == [(0, 2)]


@settings(deadline=None)
@given(st.lists(st.text(alphabet="abcd ", min_size=1, max_size=25), max_size=12))
def test_the_quick_search_finds_what_comparing_all_pairs_finds(texts: list[str]) -> None:
    found = {(pair.first, pair.second) for pair in near_duplicates(texts, 0.6)}
    by_hand = {
        (first, second)
        for second in range(len(texts))
        for first in range(second)
        if near_duplicates([texts[first], texts[second]], 0.6)
    }
    assert found == by_hand


def test_a_leak_a_conflict_and_what_is_short_are_named() -> None:
    innocent = Line(text="ba lại đánh em ở nhà nè", intent="chitchat", writer="w1")
    held_out = Line(text="hôm nay em đi học về thấy mẹ nấu cơm", intent="chitchat", writer="t1")
    copied = Line(text="hom nay em di hoc ve thay me nau com", intent="chitchat", writer="w1")
    stock = take_stock({"train": [STYLED, innocent, copied], "test": [held_out]})
    assert stock.sets == {"train": 3, "test": 1}
    assert stock.counts["harm"]["physical_abuse"] == 1
    assert [(left.writer, right.writer) for left, right in stock.leaks] == [("w1", "t1")]
    assert [found.fields for found in stock.conflicts] == [("disclosure", "harms", "urgency", "intent")]
    assert "harm neglect: 0 of 350" in stock.short
    shown = as_text(stock)
    assert "near-duplicates with different labels: 1" in shown
    assert "[w9]" in shown


def test_lines_come_back_from_the_file_they_were_written_to(tmp_path: Path) -> None:
    path = tmp_path / "train_w9.yml"
    relation = Entity(label="relation", start=0, end=2, text="ba", value="father")
    path.write_text(as_yaml([STYLED], lambda text: [relation] if text else []), encoding="utf-8")
    assert '[ba]{"entity": "relation", "value": "father"} lại' in path.read_text(encoding="utf-8")
    assert load_lines(path) == [STYLED]


def test_markup_passes_over_what_it_cannot_hold() -> None:
    odd = Entity(label="url", start=0, end=3, text="a]b")
    late = Entity(label="time", start=4, end=5, text="8")
    assert marked("a]b 8", [odd, late]) == "a]b [8](time)"


def test_the_command_ends_with_one_where_training_lines_leak(tmp_path: Path) -> None:
    for name in ("train_a", "test_b"):
        line = Line(text="hôm nay em đi học về thấy mẹ nấu cơm", intent="chitchat", writer=name)
        (tmp_path / f"{name}.yml").write_text(as_yaml([line], lambda _: []), encoding="utf-8")
    result = RUN.invoke(app, ["data", str(tmp_path)])
    assert result.exit_code == 1
    assert "nearly repeat a held-out line: 1" in result.stdout


def test_marking_writes_the_entities_that_the_pipeline_finds(tmp_path: Path) -> None:
    path = tmp_path / "train_a.yml"
    path.write_text(as_yaml([STYLED], lambda _: []), encoding="utf-8")
    assert RUN.invoke(app, ["data", str(tmp_path), "--mark"]).exit_code == 0
    assert '[ba]{"entity": "relation", "value": "father"}' in path.read_text(encoding="utf-8")
    assert load_lines(path) == [STYLED]


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "train_a.yml").write_text("version: 1\n", encoding="utf-8")
    result = RUN.invoke(app, ["data", str(tmp_path)])
    assert result.exit_code == 2
    assert "train_a.yml:1: E-FIELD" in result.stderr


@pytest.mark.parametrize("command", ["data", "explain"])
def test_every_help_shows_an_example(command: str) -> None:
    assert "Example:" in RUN.invoke(app, [command, "--help"]).stdout
