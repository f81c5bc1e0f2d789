"""Lines that say nearly the same: duplicates within the data, and lines of one set that lean on another."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

from nlu.normalise import normalise

ALIKE: Final = 0.75
"""Share of common letter runs (Jaccard) from which two lines are near-duplicates."""
_RUN: Final = 4
_SIGNS: Final = re.compile(r"[^\w]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two texts, by their places in the list, and how alike they are, 0 to 1."""

    first: int
    second: int
    alike: float


def near_duplicates(texts: Sequence[str], alike: float = ALIKE) -> list[Pair]:
    """Every pair of texts at least `alike`, marks, signs and teencode left aside, in the order of the texts.

    Exact, by prefix filtering (Bayardo, Ma and Srikant 2007, "Scaling Up All Pairs Similarity Search", WWW): two sets
    that are alike share one of their rarest runs.
    """
    runs = [_runs(text) for text in texts]
    counts = Counter(run for several in runs for run in several)
    seen: dict[str, list[int]] = defaultdict(list)
    pairs = []
    for at, several in enumerate(runs):
        rarest = sorted(several, key=lambda run: (counts[run], run))
        prefix = rarest[: len(rarest) - ceil(alike * len(rarest)) + 1]
        for other in sorted({place for run in prefix for place in seen[run]}):
            if not alike <= len(runs[other]) / len(several) <= 1 / alike:
                continue  # sets so unlike in size cannot share that much
            share = len(several & runs[other]) / len(several | runs[other])
            if share >= alike:
                pairs.append(Pair(first=other, second=at, alike=round(share, 3)))
        for run in prefix:
            seen[run].append(at)
    return pairs


def _runs(text: str) -> frozenset[str]:
    key = _SIGNS.sub(" ", normalise(text).folded).strip() or text
    return frozenset(_letter_runs(f" {key} "))


def _letter_runs(key: str) -> Iterator[str]:
    for at in range(max(1, len(key) - _RUN + 1)):
        yield key[at : at + _RUN]
