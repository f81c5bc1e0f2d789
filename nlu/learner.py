"""What any learner must give the listener, so that data and learner can change without touching the rest."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from nlu.tokens import Tokens
from nlu.understanding import Harm, Intent, Subject, Topic, Urgency


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A learner's reading of one text. `probability` is calibrated; `intents` never hold "disclose"."""

    probability: float
    intents: Mapping[Intent, float]
    topics: Mapping[Topic, float]
    harms: Mapping[Harm, float]
    urgencies: Mapping[Urgency, float]
    subjects: Mapping[Subject, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """Probabilities from which a text is borderline, and from which it is a disclosure."""

    borderline: float
    disclosure: float


class Learner(Protocol):
    """Reads the words of a text; never raises, keeps nothing between two texts."""

    @property
    def thresholds(self) -> Thresholds:
        """Where this learner's probabilities become decisions."""
        ...

    @property
    def version(self) -> str:
        """The hash of the data it was trained on."""
        ...

    def read(self, tokens: Tokens, rules: tuple[str, ...] = ()) -> Reading:
        """The reading of a text, `rules` being the names of the red flags and benign contexts found in it."""
        ...

    def reasons(self, tokens: Tokens, rules: tuple[str, ...] = ()) -> list[float]:
        """How much each word speaks for a disclosure; negative speaks against. As long as the tokens."""
        ...
