"""`khien report vital`: a month by the clock of Ha Noi, counts and nothing else."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from bot.cli import app
from bot.reports import month_of

runner = CliRunner()


def test_a_month_is_that_of_ha_noi() -> None:
    assert month_of("2026-12") == (datetime(2026, 11, 30, 17, tzinfo=UTC), datetime(2026, 12, 31, 17, tzinfo=UTC))


@pytest.mark.parametrize("text", ["2026", "2026-13", "2026-00", "2026-1", "11-2026", "0000-01", "9999-12", ""])
def test_what_is_no_month_is_refused_with_the_way_to_write_it(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="2026-11"):
        month_of(text)


def test_an_empty_month_counts_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    told = runner.invoke(app, ["report", "vital", "--month", "2026-11", "--json"])
    assert told.exit_code == 0, told.output
    found = json.loads(told.output)
    assert found.pop("month") == "2026-11"
    assert set(found) == {
        "opened",
        "reasons_written",
        "signed_in_time",
        "signed_late",
        "unsigned",
        "turned_into_consent",
        "ended",
    }
    assert set(found.values()) == {0}
    table = runner.invoke(app, ["report", "vital", "--month", "2026-11"]).output
    assert "opened without a yes" in table
