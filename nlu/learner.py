"""What any learner must give the listener, so that data and learner can change without touching the rest."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol

from numpy.typing import NDArray

from nlu.tokens import Tokens
from nlu.understanding import HARMS, INTENTS, TOPICS, URGENCIES, Harm, Intent, Subject, Topic, Urgency

Head = Literal["intent", "topic", "harm", "urgency", "subject"]

LABELS: Final[Mapping[Head, tuple[str, ...]]] = {
    "intent": tuple(name for name in INTENTS if name != "disclose"),
    "topic": TOPICS,
    "harm": HARMS,
    "urgency": URGENCIES[1:],
    "subject": ("self", "other_child", "own_child"),
}
"""The labels of each head, in the order of its scores. Of a harm several may hold, of the others exactly one."""


class ModelError(Exception):
    """The model cannot be loaded; run `khien nlu train` or restore nlu/model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """One model's raw scores of a text: of a disclosure, and of each label of each head."""

    disclosure: float
    heads: Mapping[Head, NDArray[Any]]


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
    """Probabilities from which a text is borderline, from which it is so in words of danger now, and a disclosure."""

    borderline: float
    urgent: float
    disclosure: float


class Learner(Protocol):
    """Reads the words of a text; never raises, keeps nothing between two texts but the last one's parts."""

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
