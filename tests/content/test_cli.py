import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from content.cli import app


def test_warnings_alone_do_not_fail(root: Path) -> None:
    result = CliRunner().invoke(app, ["lint", str(root)])
    assert result.exit_code == 0
    assert "content/vi/lessons/scam/6-10.md:2: KC402 " in result.stdout
    assert "0 errors, 5 warnings (5 files not signed by a specialist)" in result.stderr


def test_errors_fail(root: Path) -> None:
    (root / "vi/topics.yml").unlink()
    result = CliRunner().invoke(app, ["lint", str(root)])
    assert result.exit_code == 1
    assert "KC303" in result.stdout


def test_json(root: Path) -> None:
    (root / "vi/choices.yml").write_text("- id: [", encoding="utf-8")
    result = CliRunner().invoke(app, ["lint", str(root), "--json"])
    assert result.exit_code == 1
    problems = json.loads(result.stdout)
    assert {"file", "line", "code", "level", "message", "advice"} == set(problems[0])
    assert ("content/vi/choices.yml", 1, "KC002", "error") in [
        (problem["file"], problem["line"], problem["code"], problem["level"]) for problem in problems
    ]


def test_the_table_of_readability(root: Path) -> None:
    result = CliRunner().invoke(app, ["lint", str(root), "--table"])
    assert result.exit_code == 0
    rows = [line.split() for line in result.stdout.splitlines()]
    assert rows[0][:3] == ["texts", "lang", "for"]
    assert ["lesson", "vi", "6-10", "4"] in [row[:4] for row in rows]
    assert {len(row) for row in rows} == {10}


def test_the_table_as_a_page(root: Path) -> None:
    table = CliRunner().invoke(app, ["lint", str(root), "--table"]).stdout
    page = CliRunner().invoke(app, ["lint", str(root), "--table", "--markdown"]).stdout
    assert page.startswith("# ")
    assert f"```text\n{table}```\n" in page


@pytest.mark.parametrize("arguments", [["lint"], ["lint", "--json"]])
def test_it_runs_as_a_module(root: Path, arguments: list[str]) -> None:
    command = [sys.executable, "-m", "content", *arguments, str(root)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
