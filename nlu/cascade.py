"""The learner that ships: the linear model reads every text, the encoder adds its vote where that one is in doubt."""

import json
import math
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

import numpy as np
from numpy.typing import NDArray

from nlu.corpus import DATA, data_hash
from nlu.encoder.reader import FILE, Encoder, Look
from nlu.learner import LABELS, Head, ModelError, Reading, Scores, Thresholds
from nlu.linear import Linear
from nlu.tokens import Tokens
from nlu.understanding import Harm, Intent, Subject, Topic, Urgency

MODEL: Final = Path(__file__).parent / "model"


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """How raw scores become probabilities; fitted on the dev lines by `nlu.calibration`."""

    alone: tuple[float, float]
    """Slope and offset of the linear score where the encoder is not asked."""
    joined: tuple[float, float, float]
    """Weight of the linear score, weight of the encoder's, offset."""
    clear: tuple[float, float]
    """Probabilities of the linear model alone below and above which it needs no second opinion of the disclosure."""
    sure_intent: float
    """Confidence from which it needs none of the intent."""
    blend: Mapping[Head, tuple[float, float]]
    """Weights of both models' log probabilities, by head."""
    thresholds: Thresholds


class Cascade:
    """See the module; `encoder` may be absent, then the linear model decides alone."""

    def __init__(self, linear: Linear, encoder: Encoder | None, calibration: Calibration, version: str) -> None:
        self._linear = linear
        self._encoder = encoder
        self._calibration = calibration
        self.thresholds: Final = calibration.thresholds
        self.version: Final = version
        self._last: tuple[Tokens, tuple[Scores, Look | None, tuple[int, int]]] | None = None

    @classmethod
    def load(cls, folder: Path | None = None) -> "Cascade":
        """The model in `folder`, by default the one shipped with the package.

        Raises:
            ModelError: it is missing or broken, or does not fit the data beside it.
        """
        folder = folder or MODEL
        try:
            meta = json.loads((folder / "model.json").read_text(encoding="utf-8"))
            with np.load(folder / "weights.npz", allow_pickle=False) as stored:
                linear = Linear(meta, {name: stored[name] for name in stored.files})
            calibration = calibration_of(meta["calibration"])
            version, digest = meta["version"], meta["encoder"]
        except (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
            raise ModelError(f"{folder}: no usable model; run `khien nlu train` or restore nlu/model") from error
        encoder = Encoder.load(folder) if digest else None
        if encoder is not None and encoder.digest != digest:
            raise ModelError(
                f"{folder / FILE}: not the encoder that model.json was calibrated with; restore both from the "
                "repository or run `khien nlu train`"
            )
        if folder == MODEL and version != data_hash():
            raise ModelError(
                f"{folder}: trained on other lines than those in {DATA}; run `khien nlu train`, or restore both"
            )
        return cls(linear, encoder, calibration, version)

    def read(self, tokens: Tokens, rules: tuple[str, ...] = ()) -> Reading:
        """See `Learner.read`."""
        first, look, _ = self._looks(tokens, rules)
        return joined(first, look.scores if look else None, self._calibration)

    def reasons(self, tokens: Tokens, rules: tuple[str, ...] = ()) -> list[float]:
        """See `Learner.reasons`; where the encoder was asked, both models' shares of the score."""
        _, look, window = self._looks(tokens, rules)
        weights = self._linear.reasons(tokens, rules)
        if look is None:
            return weights
        ours, theirs, _ = self._calibration.joined
        weights = [ours * weight for weight in weights]
        for at, share in enumerate(look.reasons, window[0]):
            weights[at] += theirs * share
        return weights

    def asked(self, tokens: Tokens, rules: tuple[str, ...] = ()) -> bool:
        """Whether the encoder is asked about a text."""
        return self._looks(tokens, rules)[1] is not None

    def _looks(self, tokens: Tokens, rules: tuple[str, ...]) -> tuple[Scores, Look | None, tuple[int, int]]:
        """What both models see in the gravest window; that of the text read last is kept for its reasons."""
        last = self._last
        if last is not None and last[0] is tokens:
            return last[1]
        scores, window = self._linear.scores(tokens, rules)
        look = None
        if self._encoder is not None and self._doubtful(scores):
            look = self._encoder.look(tokens.words[slice(*window)])
        self._last = (tokens, (scores, look, window))  # one assignment: safe between threads
        return scores, look, window

    def _doubtful(self, scores: Scores) -> bool:
        slope, offset = self._calibration.alone
        least, most = self._calibration.clear
        probability = sigmoid(slope * scores.disclosure + offset)
        if least <= probability <= most:
            return True
        return probability < least and float(softmax(scores.heads["intent"]).max()) < self._calibration.sure_intent


def joined(first: Scores, second: Scores | None, calibration: Calibration) -> Reading:
    """The reading that one model's scores give, or both models' together."""
    if second is None:
        slope, offset = calibration.alone
        score = slope * first.disclosure + offset
    else:
        ours, theirs, offset = calibration.joined
        score = ours * first.disclosure + theirs * second.disclosure + offset
    spread = {head: _spread(head, first, second, calibration) for head in LABELS}
    return Reading(
        probability=sigmoid(score),
        intents=cast("dict[Intent, float]", spread["intent"]),
        topics=cast("dict[Topic, float]", spread["topic"]),
        harms=cast("dict[Harm, float]", spread["harm"]),
        urgencies=cast("dict[Urgency, float]", spread["urgency"]),
        subjects=cast("dict[Subject, float]", spread["subject"]),
    )


def _spread(head: Head, first: Scores, second: Scores | None, calibration: Calibration) -> dict[str, float]:
    scores = first.heads[head].astype(np.float64)
    if second is not None:
        ours, theirs = calibration.blend[head]
        scores = ours * scores + theirs * second.heads[head].astype(np.float64)
    values = 1 / (1 + np.exp(-scores)) if head == "harm" else softmax(scores)
    return dict(zip(LABELS[head], values.tolist(), strict=True))


def calibration_of(stored: Mapping[str, Any]) -> Calibration:
    """A calibration from model.json.

    Raises:
        KeyError, TypeError, ValueError: it is broken.
    """
    alone, joint, clear = stored["alone"], stored["joined"], stored["clear"]
    return Calibration(
        alone=(float(alone[0]), float(alone[1])),
        joined=(float(joint[0]), float(joint[1]), float(joint[2])),
        clear=(float(clear[0]), float(clear[1])),
        sure_intent=float(stored["sure_intent"]),
        blend={head: (float(stored["blend"][head][0]), float(stored["blend"][head][1])) for head in LABELS},
        thresholds=Thresholds(**stored["thresholds"]),
    )


def softmax(scores: NDArray[Any]) -> NDArray[Any]:
    """Scores as shares of one."""
    shares: NDArray[Any] = np.exp(scores - scores.max())
    shares /= shares.sum()
    return shares


def sigmoid(score: float) -> float:
    """A score as a probability."""
    return 1 / (1 + math.exp(-min(60.0, max(-60.0, score))))
