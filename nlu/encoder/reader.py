"""The encoder at run time: words in, scores and each word's share out."""

import hashlib
import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from nlu.encoder.network import unpacked
from nlu.encoder.pieces import Pieces
from nlu.learner import LABELS, ModelError, Scores

FILE: Final = "encoder.npz"
MOST: Final = 64
"""Pieces of a text that are read, marks included: about 45 words."""
DISCLOSURE: Final = "disclosure"
"""The first row of the head; those of `LABELS` follow in their order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The scores of a text, and how much each of its words speaks for a disclosure."""

    scores: Scores
    reasons: list[float]


class Encoder:
    """A vocabulary and a network; thread-safe, keeps nothing."""

    def __init__(self, arrays: dict[str, NDArray[Any]], digest: str = "") -> None:
        self.digest: Final = digest
        about = json.loads(arrays["about"].tobytes())
        self.about: Final[dict[str, Any]] = about["about"]
        self._pieces: Final = Pieces(about["pieces"], arrays["piece_scores"].astype(np.float64).tolist())
        self._network: Final = unpacked(arrays, about["heads"])

    @classmethod
    def load(cls, folder: Path) -> "Encoder":
        """The encoder in `folder`.

        Raises:
            ModelError: it is missing or broken.
        """
        try:
            stored = (folder / FILE).read_bytes()
            with np.load(io.BytesIO(stored), allow_pickle=False) as arrays:
                return cls({name: arrays[name] for name in arrays.files}, hashlib.sha256(stored).hexdigest())
        except (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
            raise ModelError(f"{folder / FILE}: no usable encoder; restore nlu/model from the repository") from error

    def look(self, words: Sequence[str]) -> Look:
        """What the encoder sees in the first words of a text (see `MOST`)."""
        ids, owners = self._pieces.ids(words, MOST)
        states = self._network.states(ids)
        weights, bias = self._network.head
        scores = states.mean(axis=0) @ weights + bias
        heads = {}
        start = 1
        for head, labels in LABELS.items():
            heads[head] = scores[start : start + len(labels)]
            start += len(labels)
        reasons = [0.0] * len(words)
        for owner, share in zip(owners, (states @ weights[:, 0] / len(ids)).tolist(), strict=True):
            if owner >= 0:
                reasons[owner] += share
        return Look(scores=Scores(disclosure=float(scores[0]), heads=heads), reasons=reasons)
