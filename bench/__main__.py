"""Measures everything and writes docs/benchmarks.md: `python -m bench`."""

import datetime as dt
import json
import platform
from pathlib import Path
from typing import Any

from bench import content, nlu, startup, turns

PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"


def main() -> None:
    """Measure, print, and write the page."""
    results: dict[str, Any] = {
        "content": content.measure(),  # first: what it holds in memory is told by the peak
        "turns": turns.measure(),
        "listening": nlu.measure(),
        "startup": startup.measure(),
    }
    print(json.dumps(results, indent=2))
    PAGE.write_text(_page(results), encoding="utf-8")


def _page(results: dict[str, Any]) -> str:
    today = dt.datetime.now(dt.UTC).date().isoformat()
    parts = [
        "# Benchmarks",
        "",
        "Made by `make bench`; every ratio is of figures from one run, because machines are noisy.",
        f"Measured {today}, Python {platform.python_version()}, {platform.machine()}, two shared cores, fsync on.",
        "",
    ]
    for name, values in results.items():
        parts += [f"## {name}", "", *_rows(values), ""]
    parts += [_NOTES]
    return "\n".join(parts)


def _rows(values: dict[str, Any], prefix: str = "") -> list[str]:
    rows = ["| what | figure |", "|---|---|"] if not prefix else []
    for name, value in values.items():
        if isinstance(value, dict):
            rows += _rows(value, f"{prefix}{name}: ")
        else:
            rows.append(f"| {prefix}{name.replace('_', ' ')} | {value} |")
    return rows


_NOTES = """## What is measured

- `bench/turns.py`: 20 people write 10 messages each at once. A turn is three transactions: taken in, answered,
  fetched. The floor is a committed one-row write in the same database, one after another.
- `bench/nlu.py`: the listener on the dev lines, one message at a time, one thread.
- `bench/content.py`: all texts read and indexed for search; five rounds of the 200 questions of
  `tests/content/search_questions.yml`, one thread.
- `bench/startup.py`: from the command to the first answer of `/healthz`, memory after it (resident set).
"""

if __name__ == "__main__":
    main()
