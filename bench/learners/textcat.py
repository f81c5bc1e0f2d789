"""spaCy's text classifiers over our tokenizer: a bag of words, and a convolution over hashed embeddings."""

import random
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import spacy
from spacy.training import Example
from thinc.api import fix_random_seed

from bench.learners.parts import SEED, Fit, Fitted, as_values
from nlu.pipeline import CONFIG

_YES: Final = "DISCLOSURE"
_NO: Final = "NONE"
_LEAST: Final = 1e-30
_DROPOUT: Final = 0.2
_BATCH: Final = 64

BAG: Final[dict[str, Any]] = {
    "@architectures": "spacy.TextCatBOW.v3",
    "exclusive_classes": True,
    "ngram_size": 3,
    "no_output_layer": False,
    "length": 262144,
}
CONVOLUTION: Final[dict[str, Any]] = {
    "@architectures": "spacy.TextCatCNN.v2",
    "exclusive_classes": True,
    "tok2vec": {
        "@architectures": "spacy.HashEmbedCNN.v2",
        "width": 96,
        "depth": 4,
        "embed_size": 5000,
        "window_size": 1,
        "maxout_pieces": 3,
        "subword_features": True,
        "pretrained_vectors": None,
    },
}


def textcat(model: dict[str, Any], epochs: int) -> Fit:
    """A `textcat` of one of these architectures, trained with spaCy's own optimiser."""

    def fit(texts: Sequence[str], labels: Sequence[bool]) -> Fitted:
        fix_random_seed(SEED)
        nlp = spacy.blank("vi", config=CONFIG)
        nlp.add_pipe("textcat", config={"model": model})
        examples = [
            Example.from_dict(nlp.make_doc(text), {"cats": {_YES: float(label), _NO: float(not label)}})
            for text, label in zip(texts, labels, strict=True)
        ]
        optimiser = nlp.initialize(lambda: examples)
        chance = random.Random(SEED)
        for _ in range(epochs):
            chance.shuffle(examples)
            for start in range(0, len(examples), _BATCH):
                nlp.update(examples[start : start + _BATCH], sgd=optimiser, drop=_DROPOUT)

        def score(more: Sequence[str]) -> Any:
            cats = [doc.cats for doc in nlp.pipe(more)]
            return as_values([_log_odds(each[_YES], each[_NO]) for each in cats])

        return Fitted(score=score, size=len(nlp.to_bytes()))

    return fit


def _log_odds(yes: float, no: float) -> float:
    return float(np.log(max(yes, _LEAST)) - np.log(max(no, _LEAST)))
