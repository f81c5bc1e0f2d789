"""Gradient boosting on few dense features: the main directions of the words, and counts of word classes."""

import pickle
from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from sklearn.decomposition import TruncatedSVD
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.feature_extraction import DictVectorizer
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.preprocessing import FunctionTransformer

from bench.learners.ngrams import words
from bench.learners.parts import SEED, Fitted, as_values, folded, marked, tokens
from nlu.lexicon import classes

_DIRECTIONS: Final = 150
_TREES: Final = 300


def counts(texts: Sequence[str]) -> list[dict[str, int]]:
    """How often each class of `lexicon.yml` stands in each text, and how many words it has."""
    found = []
    for text in texts:
        read = tokens(text)
        names = Counter(name for name, _, _ in classes(read.words, read.folded))
        found.append({**names, "words": len(read.words)})
    return found


def boosted(texts: Sequence[str], labels: Sequence[bool]) -> Fitted:
    """Histogram gradient boosting (Ke et al. 2017) over a truncated SVD of tf-idf (Deerwester et al. 1990)."""
    few = min(_DIRECTIONS, len(texts) // 4)
    parts: list[tuple[str, Any]] = [
        (form.__name__, Pipeline([("words", words(form)), ("svd", TruncatedSVD(few, random_state=SEED))]))
        for form in (marked, folded)
    ]
    lexicon = Pipeline([("counts", FunctionTransformer(counts)), ("columns", DictVectorizer(sparse=False))])
    trees = HistGradientBoostingClassifier(
        max_iter=_TREES, learning_rate=0.08, early_stopping=False, random_state=SEED, l2_regularization=1.0
    )
    model = Pipeline([("features", FeatureUnion([*parts, ("lexicon", lexicon)])), ("trees", trees)])
    model.fit(np.array(texts, dtype=object), labels)

    def score(more: Sequence[str]) -> Any:
        return as_values(model.decision_function(np.array(more, dtype=object)))

    return Fitted(score=score, size=len(pickle.dumps(model)))
