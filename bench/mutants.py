"""Counts what mutation testing found, module by module: `make mutants`, explained in docs/mutation.md."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

WANTED = 90  # of a hundred mutants of each module
_KILLED = frozenset({"killed", "timeout"})  # a mutant that never comes to an end is noticed too


def main() -> int:
    """Print the table of the last run; returns 1 where a module has too few mutants killed, or there was no run."""
    command = [str(Path(sys.executable).with_name("mutmut")), "results", "--all", "true"]
    results = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = counted(results.splitlines())
    print("\n".join(table(found)))
    return 0 if found and all(share(statuses) >= WANTED for statuses in found.values()) else 1


def counted(lines: Iterable[str]) -> dict[str, Counter[str]]:
    """Return how many mutants of each module came to which end; a line is "module.function__mutmut_1: killed"."""
    found: dict[str, Counter[str]] = {}
    for line in lines:
        mutant, colon, status = line.strip().partition(": ")
        module = mutant.rpartition(".")[0]
        if colon and module:
            found.setdefault(module, Counter())[status] += 1
    return found


def share(statuses: Mapping[str, int]) -> float:
    """Return how many of a hundred mutants were killed; what was not run was not killed."""
    return 100 * sum(count for status, count in statuses.items() if status in _KILLED) / sum(statuses.values())


def table(found: Mapping[str, Mapping[str, int]]) -> list[str]:
    """Return a table in Markdown, a row for each module and one for all of them."""
    everything: Counter[str] = Counter()
    for statuses in found.values():
        everything.update(statuses)
    rows = [*sorted(found.items()), *([("all", everything)] if found else [])]
    return ["| module | mutants | killed | not killed | of a hundred |", "|---|---|---|---|---|"] + [
        f"| `{module}` | {total} | {killed} | {total - killed} | {share(statuses):.1f} |"
        for module, statuses in rows
        for total in [sum(statuses.values())]
        for killed in [sum(count for status, count in statuses.items() if status in _KILLED)]
    ]


if __name__ == "__main__":
    sys.exit(main())
