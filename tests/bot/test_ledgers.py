"""`khien audit verify` finds what somebody with the database in hand did to the trail; a file that is none is told."""

import json
import os
import re
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.cli import app

runner = CliRunner()


def run(*arguments: str, code: int = 0, **more: Any) -> str:
    result = runner.invoke(app, arguments, **more)
    assert result.exit_code == code, (result.output, result.exception)
    return result.output


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an installation with one member of staff, three entries in their stream, and its heads kept beside it."""
    folder = tmp_path_factory.mktemp("installed")
    with pytest.MonkeyPatch.context() as patch:
        nothing_set(patch)
        patch.chdir(folder)
        run("staff", "add", "lan", "--role", "counsellor", "--password-stdin", input="mot cau that de nho")
        for _ in range(2):
            run("token", "add", "--staff", "lan")
        Path("heads.txt").write_text(run("audit", "heads"), encoding="utf-8")
    return folder


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch, installed: Path, tmp_path: Path) -> None:
    nothing_set(monkeypatch)
    shutil.copytree(installed, tmp_path / "copy")
    monkeypatch.chdir(tmp_path / "copy")


def nothing_set(patch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("KHIEN_") or name == "TELEGRAM_TOKEN":
            patch.delenv(name)


def stream() -> str:
    """Return the stream of the one member of staff."""
    [name] = re.findall(r"^[0-9a-f]{64} 3 (staff:\S+)$", Path("heads.txt").read_text("utf-8"), re.MULTILINE)
    return str(name)


def tamper(statement: str, *values: object) -> None:
    with sqlite3.connect("data/khien.sqlite3") as database:
        assert database.execute(statement, values).rowcount > 0


def test_a_trail_that_nobody_touched_is_whole() -> None:
    run("token", "add", "--staff", "lan")  # what came after the heads is no loss
    assert "every chain whole" in run("audit", "verify", "--heads", "heads.txt")


@pytest.mark.parametrize(
    ("statements", "number"),
    [
        (["UPDATE trail SET actor = 'x' WHERE stream = ? AND number = 2"], 2),
        (["DELETE FROM trail WHERE stream = ? AND number = 2"], 3),
        (
            [
                "UPDATE trail SET number = 99 WHERE stream = ? AND number = 1",
                "UPDATE trail SET number = 1 WHERE stream = ? AND number = 2",
                "UPDATE trail SET number = 2 WHERE stream = ? AND number = 99",
            ],
            1,
        ),
    ],
    ids=["changed", "removed", "swapped"],
)
def test_a_row_changed_removed_or_swapped_is_named(statements: list[str], number: int) -> None:
    name = stream()
    for statement in statements:
        tamper(statement, name)
    found = json.loads(run("audit", "verify", "--json", code=1))
    assert found["broken"] == [{"stream": name, "number": number}]


@pytest.mark.parametrize("kept", [0, 1, 2])
def test_a_cut_tail_or_a_whole_lost_chain_is_found_against_heads_kept_elsewhere(kept: int) -> None:
    name = stream()
    tamper("DELETE FROM trail WHERE stream = ? AND number > ?", name, kept)
    told = run("audit", "verify", "--heads", "heads.txt", code=1)
    assert "every chain whole" in told  # of those entries that are left
    assert f"{name}: entry 3 is GONE, or was written anew" in told


def test_a_file_that_holds_no_heads_is_told_by_its_line() -> None:
    lines = Path("heads.txt").read_text("utf-8").splitlines()
    Path("heads.txt").write_text("\n".join([*lines, "nonsense"]), encoding="utf-8")
    assert f"line {len(lines) + 1}" in run("audit", "verify", "--heads", "heads.txt", code=2)
    assert "cannot be read" in run("audit", "verify", "--heads", "nowhere.txt", code=2)
