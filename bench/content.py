"""The texts: how long they take to load, what they hold in memory, and how fast search answers."""

import resource
import time
from pathlib import Path
from typing import Any

import yaml

from content.library import CONTENT_FOLDER, Content
from content.shelves import build_indexes
from content.tree import read_tree

_QUESTIONS = Path(__file__).parent.parent / "tests" / "content" / "search_questions.yml"
_ROUNDS = 5


def measure() -> dict[str, Any]:
    """Return seconds to load and to index, the memory that loading took, and the latency of a search."""
    before = _peak_mebibytes()
    started = time.perf_counter()
    content = Content.load()
    loaded = time.perf_counter()
    memory = _peak_mebibytes() - before
    tree = read_tree(CONTENT_FOLDER)
    read = time.perf_counter()
    build_indexes(tree)
    indexed = time.perf_counter()
    waits = _searches(content)
    middle, slow = waits[len(waits) // 2], waits[int(len(waits) * 0.99)]
    return {
        "load_seconds": round(loaded - started, 2),
        "index_seconds": round(indexed - read, 2),
        "index_per_reading_the_files": round((indexed - read) / (read - loaded), 2),
        "mebibytes_more_at_peak": round(memory, 1),
        "search_microseconds": {"p50": round(middle * 1e6), "p99": round(slow * 1e6)},
        "search_p99_per_p50": round(slow / middle, 1),
        "searches_per_load": round((loaded - started) / middle),
    }


def _searches(content: Content) -> list[float]:
    """Return the seconds of each search, the shortest first."""
    waits = []
    for entry in yaml.safe_load(_QUESTIONS.read_text("utf-8")) * _ROUNDS:
        started = time.perf_counter()
        content.search(entry["ask"], entry["by"])
        waits.append(time.perf_counter() - started)
    return sorted(waits)


def _peak_mebibytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
