"""`khien doctor` names what is set, what is wrong and what to do, and repeats no secret."""

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app

SECRET = "nobody-may-read-this"
runner = CliRunner()


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith("KHIEN_") or name == "TELEGRAM_TOKEN":
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def findings(*, code: int) -> dict[str, tuple[str, str]]:
    """Run the doctor; returns level and words of each finding."""
    result = runner.invoke(app, ["doctor", "--json"])
    assert result.exit_code == code, result.output
    return {finding["what"]: (finding["level"], finding["words"]) for finding in json.loads(result.output)}


def test_a_fresh_installation_has_nothing_wrong_and_two_things_to_sign() -> None:
    found = findings(code=0)
    assert {what for what, (level, _) in found.items() if level == "note"} == {"content", "legal"}
    assert "wrong" not in {level for level, _ in found.values()}
    assert "SQLite" in found["database"][1]
    assert "web only" in found["messengers"][1]


def test_the_legal_ground_is_reminded_of_until_it_is_signed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "KHIEN_LEGAL_SIGNED_BY" in findings(code=0)["legal"][1]
    monkeypatch.setenv("KHIEN_LEGAL_SIGNED_BY", "LS. Trần Thị B, 2026-11-20")
    assert findings(code=0)["legal"] == ("ok", "signed by LS. Trần Thị B, 2026-11-20")


def test_passing_emergencies_on_is_reminded_of_until_counsel_has_signed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert findings(code=0)["emergencies"][0] == "ok"
    monkeypatch.setenv("KHIEN_EMERGENCY_POLICY", "vital_interest")
    level, words = findings(code=0)["emergencies"]
    assert level == "note"
    assert "within 8 h" in words
    monkeypatch.setenv("KHIEN_LEGAL_SIGNED_BY", "LS. Trần Thị B, 2026-11-20")
    assert findings(code=0)["emergencies"][0] == "ok"


def test_a_wrong_setting_is_the_only_finding_and_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KHIEN_PORT", "many")
    found = findings(code=1)
    assert set(found) == {"settings"}
    assert found["settings"][0] == "wrong"
    assert found["settings"][1].startswith("KHIEN_PORT: ")


def test_a_database_that_cannot_be_reached_is_told_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KHIEN_DATABASE_URL", f"postgresql+asyncpg://khien:{SECRET}@127.0.0.1:1/khien")
    level, words = findings(code=1)["database"]
    assert level == "wrong"
    assert "KHIEN_DATABASE_URL" in words
    assert SECRET not in words


def test_a_lost_key_beside_old_data_is_told_and_no_new_one_is_made() -> None:
    added = runner.invoke(
        app, ["staff", "add", "lan", "--role", "counsellor", "--password-stdin"], input="mot cau that de nho"
    )
    assert added.exit_code == 0, added.output
    key = Path("data/keys/master.json")
    key.unlink()
    level, words = findings(code=1)["keys"]
    assert level == "wrong"
    assert "backup" in words
    assert not key.exists()


def test_a_damaged_key_is_told() -> None:
    findings(code=0)
    Path("data/keys/master.json").write_text("{", encoding="utf-8")
    assert "damaged" in findings(code=1)["keys"][1]


@pytest.mark.parametrize(("public_url", "way"), [(None, "long polling"), ("https://khien.example", "webhook")])
def test_the_messengers_that_are_set_are_named(
    monkeypatch: pytest.MonkeyPatch, public_url: str | None, way: str
) -> None:
    monkeypatch.setenv("TELEGRAM_TOKEN", SECRET)
    if public_url is not None:
        monkeypatch.setenv("KHIEN_PUBLIC_URL", public_url)
    level, words = findings(code=0)["messengers"]
    assert level == "ok"
    assert way in words
    assert SECRET not in words


def test_what_would_set_the_other_messengers_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KHIEN_ZALO_BOT_TOKEN", SECRET)
    _, words = findings(code=0)["messengers"]
    assert words.startswith("web, Zalo Bot by long polling.")
    assert "TELEGRAM_TOKEN for Telegram" in words
    assert "KHIEN_MESSENGER_PAGE_TOKEN" in words
    assert "safer than polling" in words
    assert SECRET not in words


def test_a_messenger_that_lacks_something_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KHIEN_MESSENGER_PAGE_TOKEN", SECRET)
    monkeypatch.setenv("KHIEN_PUBLIC_URL", "https://khien.example")
    level, words = findings(code=1)["settings"]
    assert level == "wrong"
    assert "KHIEN_MESSENGER_PAGE_ID" in words
    assert SECRET not in words


def test_what_a_person_reads_has_a_line_for_each_finding() -> None:
    result = runner.invoke(app, ["doctor"])
    assert result.exit_code == 0
    assert [line.split()[0] for line in result.output.splitlines() if line.strip()].count("note") == 2


def test_what_nobody_took_is_told_and_goes_out_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KHIEN_CASE_WEBHOOK_URL", "https://queue.example/hook")
    monkeypatch.setenv("KHIEN_CASE_WEBHOOK_SECRET", SECRET * 2)
    assert findings(code=0)["told"] == ("ok", "queue.example is told of cases; the queue is the desk's own")
    with closing(sqlite3.connect("data/khien.sqlite3")) as database:
        columns = "case_id, number, way, kind, at, facts, status, attempts, next_attempt_at"
        at = "2026-11-22 08:00:00.000000"
        row = ("f" * 32, 1, "case", "opened", at, "{}", "parked", 7, at)
        database.execute(f"INSERT INTO notice ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)  # noqa: S608
        database.commit()
    level, words = findings(code=1)["told"]
    assert level == "wrong"
    assert "khien webhook retry" in words
    result = runner.invoke(app, ["webhook", "retry", "--json"])
    assert json.loads(result.output) == {"due": 1}
    assert findings(code=0)["told"][0] == "ok"
