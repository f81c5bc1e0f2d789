import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from nlu.cli import app
from nlu.corpus import DATA

RUN = CliRunner()


def test_parse_answers_in_order_and_takes_unknown_words_as_unknown() -> None:
    rows = [
        {"id": "a", "text": "hqua ba lại đánh em nữa", "role": "robot", "age_band": 7, "context": None},
        {"id": 2, "text": "chào bot 👋", "context": ["hôm nay vui"], "role": "child", "age_band": "6-10"},
    ]
    result = RUN.invoke(app, ["parse"], input="\n".join(map(json.dumps, rows)) + "\n")
    assert result.exit_code == 0
    first, second = (json.loads(row) for row in result.stdout.splitlines())
    keys = ["id", "intent", "topic", "disclosure", "harms", "urgency", "subject", "entities", "evidence"]
    assert list(first) == keys
    assert (first["id"], second["id"]) == ("a", 2)
    assert first["disclosure"]["decision"] == "disclosure"
    assert {"label": "relation", "start": 5, "end": 7, "text": "ba", "value": "father"} in first["entities"]
    assert second["intent"]["name"] == "greet"
    assert (second["harms"], second["urgency"], second["subject"], second["evidence"]) == ([], "none", "none", [])


@pytest.mark.parametrize(
    "bad", ["{bad", '{"id": 1}', '{"id": 1, "text": 5}', "[]", '{"id": 1, "text": "a", "context": "b"}']
)
def test_a_broken_line_ends_the_run_after_the_lines_before_it(bad: str) -> None:
    result = RUN.invoke(app, ["parse"], input='{"id": 1, "text": "chào"}\n' + bad + '\n{"id": 3, "text": "chào"}\n')
    assert result.exit_code == 2
    assert [json.loads(row)["id"] for row in result.stdout.splitlines()] == [1]
    assert result.stderr.startswith("line 2: ")


def test_bytes_that_are_no_text() -> None:
    result = RUN.invoke(app, ["parse"], input=b'{"id": 1, "text": "\xff"}\n')
    assert result.exit_code == 2
    assert "UTF-8" in result.stderr


def test_evaluate_as_table_and_as_json(tmp_path: Path) -> None:
    path = tmp_path / "some.jsonl"
    path.write_text(
        '{"text": "em k muốn sống nữa", "disclosure": true, "harms": ["self_harm"], "urgency": "high"}\n'
        '{"text": "chào bot", "disclosure": false, "intent": "greet", "style": "standard"}\n',
        encoding="utf-8",
    )
    table = RUN.invoke(app, ["evaluate", str(path)])
    assert "without diacritics" in table.stdout
    figures = json.loads(RUN.invoke(app, ["evaluate", str(path), "--json"]).stdout)
    assert figures["as written"]["recall"] == 1.0
    assert figures["style standard"]["lines"] == 1


def test_evaluate_of_a_broken_file(tmp_path: Path) -> None:
    path = tmp_path / "some.jsonl"
    path.write_text("{", encoding="utf-8")
    result = RUN.invoke(app, ["evaluate", str(path)])
    assert result.exit_code == 2
    assert "some.jsonl:1: E-JSON" in result.stderr


def test_no_model(tmp_path: Path) -> None:
    result = RUN.invoke(app, ["parse", "--model", str(tmp_path)], input="")
    assert result.exit_code == 1
    assert "khien nlu train" in result.stderr


@pytest.mark.parametrize("command", ["parse", "train", "evaluate"])
def test_every_help_shows_an_example(command: str) -> None:
    assert "Example:" in RUN.invoke(app, [command, "--help"]).stdout


def test_train_names_a_broken_file(tmp_path: Path) -> None:
    (tmp_path / "train_x.yml").write_text('version: "1"\n', encoding="utf-8")
    result = RUN.invoke(app, ["train", "--data", str(tmp_path), "--out", str(tmp_path)])
    assert result.exit_code == 1
    assert "train_x.yml:1: E-FIELD" in result.stderr
    assert DATA.exists()
