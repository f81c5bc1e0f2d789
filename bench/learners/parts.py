"""What every learner of the comparison is: one function from labelled texts to something that scores texts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from nlu.marks import without_marks
from nlu.normalise import normalise
from nlu.tokens import Tokens, tokens_of

SEED: Final = 7
Values = NDArray[np.float64]
Truth = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """A learner after learning. Higher scores speak for a disclosure; their scale is the learner's own."""

    score: Callable[[Sequence[str]], Values]
    size: int
    """Bytes that must be kept to score a text, the encoder of others included."""


Fit = Callable[[Sequence[str], Sequence[bool]], Fitted]
"""From texts and whether each is a disclosure. The same texts in the same order give the same scores."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Learner:
    """One row of the table."""

    key: str
    name: str
    fit: Fit
    twins: str = "yes"
    """Whether it learns each line twice, as written and without marks: yes, no, own (adds them itself), shipped."""
    missing: str = ""
    """What it lacks on this machine; empty where it can run."""

    def scores(self, texts: Sequence[str], labels: Sequence[bool], to_score: Sequence[str]) -> Values:
        """Learn from `texts` (with twins where it wants them), score others."""
        return self.fit(*self.lessons(texts, labels)).score(to_score)

    def lessons(self, texts: Sequence[str], labels: Sequence[bool]) -> tuple[list[str], list[bool]]:
        """The texts it learns from."""
        if self.twins != "yes":
            return list(texts), list(labels)
        pairs = [
            (spelling, label)
            for text, label in zip(texts, labels, strict=True)
            for spelling in dict.fromkeys((text, without_marks(text)))
        ]
        return [text for text, _ in pairs], [label for _, label in pairs]


def tokens(text: str) -> Tokens:
    """The words of a text as our normaliser reads them; every learner but one is given these."""
    return tokens_of(normalise(text))


def marked(text: str) -> str:
    """The words with their marks, one space between."""
    return " ".join(tokens(text).words)


def folded(text: str) -> str:
    """The words without marks, one space between."""
    return " ".join(tokens(text).folded)


def as_values(scores: Any) -> Values:
    """Scores as a plain vector."""
    return np.asarray(scores, dtype=np.float64).ravel()
