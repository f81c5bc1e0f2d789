"""N-grams of words and letters under linear models (scikit-learn)."""

import pickle
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.svm import LinearSVC

from bench.learners.parts import SEED, Fit, Fitted, as_values, folded, marked
from nlu.marks import without_marks

_STRENGTH: Final = 10.0
_MARGIN: Final = 0.1


def as_sent(text: str) -> str:
    """A text in lower case and nothing more."""
    return text.lower()


def as_sent_folded(text: str) -> str:
    """A text in lower case and without marks."""
    return without_marks(text.lower())


def words(form: Callable[[str], str]) -> Any:
    """Tf-idf of runs of one to three words."""
    pattern = r"[^\W\d_]+|\d+|[^\w\s]"
    return TfidfVectorizer(
        preprocessor=form, token_pattern=pattern, ngram_range=(1, 3), min_df=2, sublinear_tf=True, dtype=np.float32
    )


def letters(form: Callable[[str], str]) -> Any:
    """Tf-idf of runs of two to five letters inside words."""
    return TfidfVectorizer(
        preprocessor=form, analyzer="char_wb", ngram_range=(2, 5), min_df=3, sublinear_tf=True, dtype=np.float32
    )


def words_and_letters(forms: Sequence[Callable[[str], str]] = (marked, folded)) -> Any:
    """Both, of the marked and of the folded text."""
    parts = [(f"{kind.__name__}-{form.__name__}", kind(form)) for kind in (words, letters) for form in forms]
    return FeatureUnion(parts)


def logistic(make: Callable[[], Any]) -> Fit:
    """Logistic regression over the features that `make` makes."""
    return _linear(make, lambda: LogisticRegression(C=_STRENGTH, solver="liblinear", random_state=SEED, tol=1e-3))


def machine(make: Callable[[], Any]) -> Fit:
    """A linear support vector machine over them (Joachims 1998)."""
    return _linear(make, lambda: LinearSVC(C=_MARGIN, random_state=SEED))


def _linear(make: Callable[[], Any], model: Callable[[], Any]) -> Fit:
    def fit(texts: Sequence[str], labels: Sequence[bool]) -> Fitted:
        pipeline = Pipeline([("features", make()), ("model", model())])
        pipeline.fit(texts, labels)
        return Fitted(
            score=lambda more: as_values(pipeline.decision_function(more)),
            size=len(pickle.dumps(pipeline)),
        )

    return fit
