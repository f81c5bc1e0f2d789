from pathlib import Path

import pytest

from nlu.corpus import corpus_files, load_corpus, load_lines, plain
from nlu.letters import fold
from nlu.tables import TableError

GOOD = """\
version: "3.1"
nlu:
- intent: disclose
  examples:
  - text: |
      [ba](relation) lại đánh em ở [nhà]{"entity": "place"}
    metadata: {disclosure: true, harms: [physical_abuse], urgency: high, subject: self, style: [standard], writer: w9}
- intent: greet
  examples:
  - text: |
      chào bot
    metadata: {disclosure: false, band: 6-10}
"""


def write(folder: Path, text: str, name: str = "train_x.yml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_in_rasa_format_is_read(tmp_path: Path) -> None:
    first, second = load_lines(write(tmp_path, GOOD))
    assert first.text == "ba lại đánh em ở nhà"
    assert (first.disclosure, first.harms, first.urgency, first.writer) == (
        "disclosure",
        ("physical_abuse",),
        "high",
        "w9",
    )
    assert (second.intent, second.disclosure, second.band) == ("greet", "none", "6-10")


@pytest.mark.parametrize(
    ("old", "new", "line", "code"),
    [
        ("urgency: high", "urgency: soon", 7, "E-FIELD"),
        ("physical_abuse", "hitting", 7, "E-FIELD"),
        ("intent: greet", "intent: hello", 8, "E-FIELD"),
        ("intent: greet", "intent: disclose", 8, "E-FIELD"),
        ('"3.1"', '"2.0"', 1, "E-FIELD"),
        ("- intent: greet", "- intent: [greet", 9, "E-YAML"),
        ("      chào bot\n", "      [ ](x)\n", 10, "E-TEXT"),
        ("  - text: |\n      chào bot\n", "  - words: chào\n", 10, "E-FIELD"),
    ],
)
def test_a_broken_file_names_file_line_and_code(tmp_path: Path, old: str, new: str, line: int, code: str) -> None:
    path = write(tmp_path, GOOD.replace(old, new))
    with pytest.raises(TableError) as caught:
        load_lines(path)
    assert str(caught.value).startswith(f"train_x.yml:{line}: {code} ")
    assert "đánh" not in str(caught.value)


def test_a_file_that_is_not_utf8_or_not_there(tmp_path: Path) -> None:
    path = tmp_path / "train_x.yml"
    with pytest.raises(TableError, match="E-READ"):
        load_lines(path)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(TableError, match="E-READ"):
        load_lines(path)


def test_json_lines(tmp_path: Path) -> None:
    rows = (
        '{"text": "ba đánh em", "disclosure": true, "harms": ["physical_abuse"], "urgency": "high"}\n'
        '\n{"text": "hmm", "disclosure": "borderline", "style": "indirect", "age_band": "6-10", "intent": "chitchat"}\n'
    )
    first, second = load_lines(write(tmp_path, rows, "test.jsonl"))
    assert (first.intent, first.disclosure) == ("disclose", "disclosure")
    assert (second.disclosure, second.styles, second.band) == ("borderline", ("indirect",), "6-10")


@pytest.mark.parametrize(("row", "code"), [("{bad", "E-JSON"), ('{"text": 1}', "E-FIELD"), ('{"x": 1}', "E-FIELD")])
def test_broken_json_lines(tmp_path: Path, row: str, code: str) -> None:
    with pytest.raises(TableError) as caught:
        load_lines(write(tmp_path, '{"text": "a"}\n' + row, "test.jsonl"))
    assert str(caught.value).startswith(f"test.jsonl:2: {code} ")


def test_markup_is_removed() -> None:
    assert plain('[chú](relation) ở [xưởng]{"entity": "place", "value": "workshop"}') == "chú ở xưởng"


def test_dev_shares_no_writer_and_no_line_with_train() -> None:
    train, dev = load_corpus("train"), load_corpus("dev")
    assert len(corpus_files("train")) > 1
    assert train
    assert dev
    assert not {line.writer for line in train} & {line.writer for line in dev}
    assert not {fold(line.text) for line in train} & {fold(line.text) for line in dev}
