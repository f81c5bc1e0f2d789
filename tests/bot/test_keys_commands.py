"""`khien keys` shows, rotates and retires master keys and prints none; `khien serve` refuses a restored database."""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.cli import app
from store.erasures import Erasure, ErasureList
from store.keys import FileKeys
from store.vault import VaultError
from tests.served import KHIEN
from tests.store.test_erasures import ONE

KEYS = FileKeys(Path("data/keys/master.json"))
runner = CliRunner()


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith("KHIEN_") or name == "TELEGRAM_TOKEN":
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def khien(*arguments: str, code: int = 0) -> Any:
    """Run a command; returns what it printed as JSON. No key may stand in anything it says."""
    result = runner.invoke(app, [*arguments, "--json"])
    assert result.exit_code == code, (result.output, result.exception)
    keys = KEYS.read() if KEYS.path.exists() else None
    for key in keys.master.values() if keys else ():
        assert key.hex() not in result.output
    return json.loads(result.stdout)


def hire() -> None:
    added = runner.invoke(
        app, ["staff", "add", "lan", "--role", "counsellor", "--password-stdin"], input="mot cau that de nho"
    )
    assert added.exit_code == 0, added.output


def by_key() -> dict[int, int]:
    return {key["key"]: key["rows"] for key in khien("keys", "show")["keys"]}


def test_a_rotation_adds_a_key_and_wraps_everything_by_it() -> None:
    hire()
    assert by_key() == {1: 1}
    assert khien("keys", "rotate") == {"added": True, "newest": 2, "rewrapped": 1, "left": 0}
    assert by_key() == {1: 0, 2: 1}
    assert khien("keys", "show")["keys"][1]["made"] is not None


def test_an_interrupted_rotation_is_finished_without_a_further_key() -> None:
    hire()
    KEYS.add(1, ONE.at)
    assert khien("keys", "rotate") == {"added": False, "newest": 2, "rewrapped": 1, "left": 0}


def test_a_key_is_retired_once_it_wraps_nothing() -> None:
    hire()
    KEYS.add(1, ONE.at)
    assert khien("keys", "rotate", "--retire", "1", code=1) == {"key": 1, "retired": False, "rows": 1}
    khien("keys", "rotate")
    assert khien("keys", "rotate", "--retire", "1") == {"key": 1, "retired": True, "rows": 0}
    assert by_key() == {2: 1}


@pytest.mark.parametrize("number", [2, 7])
def test_the_newest_key_and_one_that_is_not_there_are_not_retired(number: int) -> None:
    khien("keys", "rotate")
    result = runner.invoke(app, ["keys", "rotate", "--retire", str(number)])
    assert isinstance(result.exception, VaultError)
    assert "there are 1, 2" in str(result.exception)


def test_where_the_keys_are_not_ours_it_says_what_to_add_and_then_wraps(monkeypatch: pytest.MonkeyPatch) -> None:
    hire()
    KEYS.path.rename("service.json")
    command = shlex.join([sys.executable, "-c", "print(open('service.json').read())"])
    monkeypatch.setenv("KHIEN_KEYS_COMMAND", command)
    result = runner.invoke(app, ["keys", "rotate"])
    assert "add key 2 to what KHIEN_KEYS_COMMAND gives" in result.stdout
    retired = runner.invoke(app, ["keys", "rotate", "--retire", "1"])
    assert isinstance(retired.exception, VaultError)
    FileKeys(Path("service.json")).add(1, ONE.at)
    assert khien("keys", "rotate") == {"added": False, "newest": 2, "rewrapped": 1, "left": 0}
    assert not KEYS.path.exists()


def test_rows_under_a_key_that_is_gone_are_shown_as_missing() -> None:
    hire()
    body = json.loads(KEYS.path.read_text("utf-8"))
    body["master"] = {"3": body["master"]["1"]}
    KEYS.path.write_text(json.dumps(body), encoding="utf-8")
    assert khien("keys", "show")["missing"] == [{"key": 1, "rows": 1}]
    (found,) = [finding for finding in khien("doctor", code=1) if finding["what"] == "keys"]
    assert (found["level"], "key 1" in found["words"]) == ("wrong", True)


# --- the doctor ----------------------------------------------------------------------------------------------------


def looked(what: str, *, code: int = 0) -> tuple[str, str]:
    (found,) = [finding for finding in khien("doctor", code=code) if finding["what"] == what]
    return found["level"], found["words"]


def test_a_key_file_that_others_may_read_is_wrong() -> None:
    khien("keys", "show")
    KEYS.path.chmod(0o640)
    assert looked("keys", code=1)[0] == "wrong"
    assert "chmod 600" in looked("keys", code=1)[1]


def test_once_a_year_a_new_key_is_reminded_of() -> None:
    khien("keys", "show")
    assert looked("keys")[0] == "ok"
    body = json.loads(KEYS.path.read_text("utf-8"))
    KEYS.path.write_text(json.dumps(body | {"made": {"1": "2025-01-01T00:00:00+00:00"}}), encoding="utf-8")
    level, words = looked("keys")
    assert (level, "khien keys rotate" in words) == ("note", True)


def test_rows_under_an_older_key_are_reminded_of() -> None:
    hire()
    KEYS.add(1, ONE.at)
    level, words = looked("keys")
    assert level == "note"
    assert "key 1 wraps 1 rows, key 2 wraps 0 rows" in words


def test_a_database_older_than_the_erasure_list_is_told_and_not_served() -> None:
    khien("keys", "show")
    assert looked("erasures") == ("ok", "none yet")
    listed = ErasureList(Path("data/erased.jsonl"))
    listed.add(ONE)
    listed.add(Erasure(**dict(ONE) | {"number": 2}))
    assert looked("erasures", code=1) == (
        "wrong",
        "2 are on the list and not in this database: run `khien restore-check`.",
    )
    served = subprocess.run([KHIEN, "serve", "--port", "0"], capture_output=True, text=True, timeout=60, check=False)
    assert served.returncode == 2
    assert "lacks 2 erasures" in served.stderr
    assert "Run `khien restore-check`" in served.stderr
    assert khien("restore-check") == {"listed": 2, "repeated": 0}
    assert looked("erasures")[0] == "ok"
    listed.path.unlink()
    assert looked("erasures", code=1)[0] == "wrong"


def test_a_damaged_erasure_list_is_told() -> None:
    khien("keys", "show")
    Path("data/erased.jsonl").write_text("{}\n", encoding="utf-8")
    assert "erased.jsonl:1" in looked("erasures", code=1)[1]
