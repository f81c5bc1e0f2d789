"""Writes the tables of docs/learners.md between its two marker comments; what stands around them is left alone."""

import datetime as dt
import os
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

PAGE: Final = Path(__file__).parent.parent.parent / "docs" / "learners.md"
BEGIN: Final = "<!-- learners: begin, written by python -m bench.learners -->"
END: Final = "<!-- learners: end -->"

_HEAD: Final = (
    "learner",
    "twins",
    "AUC",
    "recall at 2 %",
    "recall at 8 %",
    "alarms at 97 %",
    "ECE",
    "recall at 2 %, against what ships",
    "µs",
    "MB",
    "train s",
)


def write(results: Mapping[str, Any], page: Path = PAGE) -> None:
    """Put the tables of `results` into the page.

    Raises:
        ValueError: the page lacks its markers.
    """
    text = page.read_text(encoding="utf-8")
    if BEGIN not in text or END not in text:
        raise ValueError(f"{page}: lacks a marker; put back {BEGIN} and {END}")
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    page.write_text(f"{before}{BEGIN}\n{tables(results)}\n{END}{after}", encoding="utf-8")


def tables(results: Mapping[str, Any]) -> str:
    """Both tables in Markdown."""
    lines = results["lines"]
    today = dt.datetime.now(dt.UTC).date().isoformat()
    told = ", ".join(f"{kind} {count}" for kind, count in lines.items())
    machine = f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} shared cores"
    parts = [
        f"Measured {today}, {machine}. Lines without the borderline ones: {told}.",
        "",
        *_table(_HEAD, [_row(row) for row in results["learners"]]),
    ]
    if results["not run"]:
        missing = "; ".join(f"{name} (needs {what})" for name, what in results["not run"].items())
        parts += ["", f"Not run on this machine: {missing}."]
    if results["growth"]:
        head = ("learner", "train lines", "writers", "AUC", "recall at 2 %", "recall at 8 %", "alarms at 97 %")
        parts += ["", "More lines, test as before:", "", *_table(head, [_grown(row) for row in results["growth"]])]
    return "\n".join(parts)


def _row(row: Mapping[str, Any]) -> list[str]:
    gap = row["against shipped"]
    against = "" if gap is None else f"{gap[0]:+.3f} [{gap[1]:+.3f}, {gap[2]:+.3f}]"
    cost = [f"{row['microseconds']:,.0f}", f"{row['megabytes']:.1f}"]
    seconds = "" if row["seconds"] is None else f"{row['seconds']:.0f}"
    return [row["name"], row["twins"], *_figures(row), f"{row['ECE']:.3f}", against, *cost, seconds]


def _grown(row: Mapping[str, Any]) -> list[str]:
    return [row["name"], f"{row['lines']:,}", str(row["writers"]), *_figures(row)]


def _figures(row: Mapping[str, Any]) -> list[str]:
    names = ("AUC", "recall at 2 %", "recall at 8 %", "alarms at 97 %")
    return [" / ".join(f"{value:.3f}".removeprefix("0") for value in row[name]) for name in names]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    ruler = ["---", *("---:" for _ in head[1:])]
    return ["| " + " | ".join(cells) + " |" for cells in (head, ruler, *rows)]
