"""Cuts words into the pieces of a unigram vocabulary (Kudo 2018, "Subword Regularization", ACL)."""

from collections.abc import Sequence
from typing import Final

SPACE: Final = "\u2581"
"""Stands before the first letter of a word, as in SentencePiece; no piece holds it elsewhere."""
START: Final = "<s>"
END: Final = "</s>"
UNKNOWN: Final = "<unk>"
_UNKNOWN_COSTS: Final = 10.0
"""How much worse a letter outside the vocabulary is than the worst piece."""
_LONGEST_WORD: Final = 40
"""Letters of a word that are read; what is longer is no word."""


class Pieces:
    """A vocabulary with log probabilities; finds the likeliest cut of a word (Viterbi)."""

    def __init__(self, pieces: Sequence[str], scores: Sequence[float]) -> None:
        self._ids: Final = {piece: at for at, piece in enumerate(pieces)}
        self._scores: Final = dict(zip(pieces, scores, strict=True))
        self._longest: Final = max(map(len, pieces))
        self._unknown_score: Final = min(scores) - _UNKNOWN_COSTS
        self._start: Final = self._ids[START]
        self._end: Final = self._ids[END]
        self._unknown: Final = self._ids[UNKNOWN]

    def ids(self, words: Sequence[str], most: int) -> tuple[list[int], list[int]]:
        """At most `most` ids, start and end mark included, and for each the place of its word (-1 for the marks)."""
        found = [self._start]
        owners = [-1]
        for place, word in enumerate(words):
            pieces = self.cut(SPACE + word[:_LONGEST_WORD])
            if len(found) + len(pieces) >= most:
                break
            found.extend(pieces)
            owners.extend([place] * len(pieces))
        return [*found, self._end], [*owners, -1]

    def cut(self, text: str) -> list[int]:
        """The ids of the likeliest cut of one word, its mark included."""
        if text in self._ids:
            return [self._ids[text]]
        size = len(text)
        best = [0.0] + [float("-inf")] * size
        back: list[tuple[int, int]] = [(0, 0)] * (size + 1)
        for start in range(size):
            here = best[start]
            for end in range(start + 1, min(size, start + self._longest) + 1):
                score = self._scores.get(text[start:end])
                if score is not None and here + score > best[end]:
                    best[end] = here + score
                    back[end] = (start, self._ids[text[start:end]])
            if here + self._unknown_score > best[start + 1]:
                best[start + 1] = here + self._unknown_score
                back[start + 1] = (start, self._unknown)
        found: list[int] = []
        at = size
        while at:
            at, piece = back[at]
            found.append(piece)
        return found[::-1]
