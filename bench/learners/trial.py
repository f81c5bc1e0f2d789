"""Lets a learner learn from the train lines and score the dev and test lines, in both spellings, and takes the time."""

import hashlib
import json
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from bench.learners.parts import SEED, Learner, Truth, Values
from nlu.corpus import DATA, Kind, Line, load_corpus
from nlu.marks import without_marks

_TIMED: Final = 200
_TRIES: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Texts with their truth; `writers` say whose each is. Borderline lines are left out."""

    texts: list[str]
    truth: list[bool]
    writers: list[str]

    def part(self, places: Sequence[int]) -> "Lines":
        """Some of the lines."""
        return Lines(
            texts=[self.texts[at] for at in places],
            truth=[self.truth[at] for at in places],
            writers=[self.writers[at] for at in places],
        )

    @property
    def labels(self) -> Truth:
        """The truth as an array."""
        return np.array(self.truth)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What is learnt from, calibrated on and judged by."""

    train: Lines
    dev: Lines
    test: Lines

    def digest(self) -> str:
        """A short hash of everything in it."""
        return hashlib.sha256(repr(asdict(self)).encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Scores in both spellings (as written, without marks), and what they cost."""

    dev: tuple[Values, Values]
    test: tuple[Values, Values]
    seconds: float
    """Of one processor, for learning."""
    size: int
    """Bytes kept."""
    microseconds: float
    """Of one processor, for a message on its own: the median of `_TIMED` test lines, normalising included."""


def task(most: int | None = None, folder: Path = DATA) -> Task:
    """The task of the committed lines, or of at most `most` lines of each kind."""
    return Task(**{kind: _lines(kind, most, folder) for kind in ("train", "dev", "test")})


def _lines(kind: Kind, most: int | None, folder: Path) -> Lines:
    every: list[Line] = [line for line in load_corpus(kind, folder) if line.disclosure != "borderline"]
    lines = Lines(
        texts=[line.text for line in every],
        truth=[line.disclosure == "disclosure" for line in every],
        writers=[line.writer for line in every],
    )
    return lines if most is None else lines.part(shuffled(len(every))[:most])


def shuffled(count: int) -> list[int]:
    """The places of `count` lines in a random order, always the same; a shorter part is part of every longer one."""
    order: list[int] = np.random.default_rng(SEED).permutation(count).tolist()
    return order


def of_few_writers(lines: Lines, most: int) -> list[int]:
    """The places of at most `most` lines by as few writers as give so many, in a fixed random order of writers."""
    names = sorted(set(lines.writers))
    order = [names[at] for at in shuffled(len(names))]
    places = [at for name in order for at in range(len(lines.texts)) if lines.writers[at] == name]
    return places[:most]


def outcome(learner: Learner, given: Task) -> Outcome:
    """Learn, score, and take the time, all on one thread: the same machine gives the same scores.

    Time is the processor's, not the clock's: others may use the machine too.
    """
    with threadpool_limits(limits=1):
        began = time.process_time()
        fitted = learner.fit(*learner.lessons(given.train.texts, given.train.truth))
        seconds = time.process_time() - began
        scores = [
            fitted.score([spelt(text) for text in lines.texts])
            for lines in (given.dev, given.test)
            for spelt in (str, without_marks)
        ]
        spent = [_spent(fitted.score, text) for text in given.test.texts[:_TIMED]]
    return Outcome(
        dev=(scores[0], scores[1]),
        test=(scores[2], scores[3]),
        seconds=seconds,
        size=fitted.size,
        microseconds=statistics.median(spent) * 1e6,
    )


def _spent(score: Callable[[Sequence[str]], Values], text: str) -> float:
    """Seconds for one message, the best of a few tries."""
    spent = []
    for _ in range(_TRIES):
        began = time.process_time()
        score([text])
        spent.append(time.process_time() - began)
    return min(spent)


def kept_outcome(learner: Learner, given: Task, folder: Path | None) -> Outcome:
    """The outcome, read from `folder` where it was left by an earlier run of the same learner on the same lines."""
    file = folder / f"{learner.key}-{given.digest()}.json" if folder and learner.twins != "shipped" else None
    if file is not None and file.exists():
        stored = json.loads(file.read_text(encoding="utf-8"))
        read: dict[str, Any] = {kind: tuple(np.array(each) for each in stored.pop(kind)) for kind in ("dev", "test")}
        return Outcome(**read, **stored)
    found = outcome(learner, given)
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        stored = asdict(found) | {kind: [each.tolist() for each in getattr(found, kind)] for kind in ("dev", "test")}
        file.write_text(json.dumps(stored), encoding="utf-8")
    return found
