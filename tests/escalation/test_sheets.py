"""Sheets: whatever a cell holds, no spreadsheet program takes it for a formula, and it reads back."""

import csv
import io
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation.sheets import csv_of, guarded

STARTS = ("=", "+", "-", "@", "\t=", "\r=", " =", "\u200b=", "\ufeff=", "\u202e=", "＝", "＋", "－", "＠", "|", "%")


@pytest.mark.parametrize("start", STARTS)
def test_what_would_be_a_formula_is_text(start: str) -> None:
    cell = guarded(f"{start}HYPERLINK(1)")
    assert cell.startswith("'")


@pytest.mark.parametrize(
    "cell", ["", "Cô Lan", "case.viewed", '{"a": 1}', "'đã có", "2026-11-22T08:00:00+00:00", "a=b"]
)
def test_what_is_none_stays_as_it_is(cell: str) -> None:
    assert guarded(cell) == cell


def test_signs_that_turn_the_writing_round_are_left_out() -> None:
    assert guarded("Lan\u202egnp.exe\u2066") == "Langnp.exe"


@given(cell=st.text(max_size=30))
def test_no_cell_ever_begins_a_formula_or_a_second_line(cell: str) -> None:
    safe = guarded(cell)
    assert unicodedata.normalize("NFKC", safe.lstrip())[:1] not in set("=+-@|%")
    assert not set(safe) & set("\t\r\n")


@given(rows=st.lists(st.lists(st.text(max_size=10), min_size=2, max_size=2), max_size=4))
def test_a_sheet_reads_back_row_by_row(rows: list[list[str]]) -> None:
    sheet = csv_of(("a", "b"), rows).decode("utf-8-sig")
    read = list(csv.reader(io.StringIO(sheet, newline="")))
    assert read == [["a", "b"], *([guarded(cell) for cell in row] for row in rows)]
