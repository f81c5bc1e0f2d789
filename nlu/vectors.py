"""Texts as rows of tf-idf values for training; at run time `nlu.linear` makes the same rows one by one."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags

from nlu.corpus import Line
from nlu.features import BLOCKS, features
from nlu.linear import UNKNOWN
from nlu.marks import without_marks
from nlu.normalise import normalise
from nlu.tokens import Tokens, tokens_of

RulesOf = Callable[[str], tuple[str, ...]]
"""Names of the rules that fire in a text."""

_RAREST: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One training text: a line as written, or its twin without diacritics."""

    line: int
    names: frozenset[str]


def samples_of(lines: Sequence[Line], rules_of: RulesOf) -> list[Sample]:
    """Every line as written and, where that differs, without diacritics."""
    samples = []
    for at, line in enumerate(lines):
        for text in dict.fromkeys((line.text, without_marks(line.text))):
            tokens: Tokens = tokens_of(normalise(text))
            names = frozenset(name for name, _, _ in features(tokens, rules_of(text)))
            samples.append(Sample(line=at, names=names))
    return samples


class Table:
    """Which of the features that at least two lines share stand in which text."""

    def __init__(self, samples: Sequence[Sample]) -> None:
        whole: dict[int, set[str]] = defaultdict(set)
        for sample in samples:
            whole[sample.line] |= sample.names
        counts = Counter(name for names in whole.values() for name in names)
        self.names = sorted(name for name, count in counts.items() if count >= _RAREST)
        self._index = {name: at for at, name in enumerate(self.names)}
        self._blocks = np.array([BLOCKS.index(name[0]) for name in self.names], dtype=np.intp)
        self._present = self._rows([sample.names for sample in samples])
        self._lines = self._rows([whole[line] for line in range(len(whole))])
        sizes = [Counter(name[0] for name in sample.names) for sample in samples]
        self._sizes = np.array([[size[block] for block in BLOCKS] for size in sizes], dtype=np.float64)

    def _rows(self, documents: Sequence[Collection[str]]) -> csr_matrix:
        rows = [sorted(self._index[name] for name in names if name in self._index) for names in documents]
        columns = np.array([at for row in rows for at in row], dtype=np.int32)
        ends = np.cumsum([0, *map(len, rows)])
        return csr_matrix((np.ones(len(columns)), columns, ends), shape=(len(rows), len(self.names)))

    def idf(self) -> NDArray[Any]:
        """Inverse document frequency among the lines."""
        counts = np.asarray(self._lines.sum(axis=0)).ravel()
        found = np.round(np.log((1 + self._lines.shape[0]) / (1 + counts)) + 1, 3)
        kept: NDArray[Any] = found.astype(np.float16).astype(np.float64)
        return kept

    def scaled(self, idf: NDArray[Any]) -> csr_matrix:
        """Every text, each block of features scaled to length one, unknown features counted in the length."""
        matrix = self._present.copy()
        matrix.data = idf[matrix.indices]
        members = np.eye(len(BLOCKS))[self._blocks]
        unknown = self._sizes - matrix.sign() @ members
        norms = np.sqrt(matrix.power(2) @ members + UNKNOWN * unknown)
        norms[norms == 0] = 1
        of_row = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
        matrix.data /= norms[of_row, self._blocks[matrix.indices]]
        return matrix

    def mask(self, blocks: str) -> csr_matrix:
        """A diagonal matrix that leaves only the features of some blocks."""
        return diags([float(BLOCKS[block] in blocks) for block in self._blocks], format="csr")
