"""Counts false alarms on ordinary talk: a JSON-lines file with `text` and, if it has one, `source`; prints no text.

usage: python -m bench.ordinary real_tune.jsonl [--plain]

The file is one of presumed innocent lines that strangers wrote, such as research sets of public comments; they are used
locally and never committed (most allow research only). With --plain every diacritic is removed first.
"""

import argparse
import json
from collections import Counter
from pathlib import Path

from nlu.listener import Listener
from nlu.marks import without_marks


def shares(path: Path, *, plain: bool = False) -> dict[str, dict[str, float]]:
    """By source and for all: lines, the share decided disclosure, the share decided borderline."""
    listener = Listener.load()
    decided: Counter[tuple[str, str]] = Counter()
    for row in path.read_text(encoding="utf-8").splitlines():
        line = json.loads(row)
        text = without_marks(line["text"]) if plain else line["text"]
        decision = listener.understand(text).decision
        for source in ("all", line.get("source", "unnamed")):
            decided[source, decision] += 1
    return {source: _shares(decided, source) for source in sorted({source for source, _ in decided})}


def _shares(decided: Counter[tuple[str, str]], source: str) -> dict[str, float]:
    total = sum(count for (name, _), count in decided.items() if name == source)
    return {
        "lines": total,
        "disclosure": round(decided[source, "disclosure"] / total, 4),
        "borderline": round(decided[source, "borderline"] / total, 4),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--plain", action="store_true")
    chosen = parser.parse_args()
    print(json.dumps(shares(chosen.file, plain=chosen.plain), indent=1))


if __name__ == "__main__":
    main()
