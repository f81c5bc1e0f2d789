"""The project's own models: the linear one, trained here, and the encoder and the cascade as they are shipped."""

import math
from collections.abc import Sequence
from pathlib import Path

from spacy.language import Language

from bench.learners.parts import Fit, Fitted, as_values, tokens
from nlu.cascade import Cascade
from nlu.components.classifier import READING, TOKENS
from nlu.components.rules import rules_in
from nlu.corpus import Line
from nlu.encoder.reader import FILE, Encoder
from nlu.linear import windows
from nlu.pipeline import build
from nlu.training import train


def linear(texts: Sequence[str], labels: Sequence[bool]) -> Fitted:
    """`nlu.training` on the disclosure head alone; it adds the twins itself. Its rules are part of the features."""
    nlp = build()
    lines = [
        Line(text=text, intent="disclose" if label else "chitchat", disclosure="disclosure" if label else "none")
        for text, label in zip(texts, labels, strict=True)
    ]
    trained = train(lines, lambda text: rules_in(nlp(text)))
    model = trained.linear()

    def one(text: str) -> float:
        doc = nlp(text)
        return model.scores(doc._.get(TOKENS), rules_in(doc))[0].disclosure

    arrays = trained.arrays
    return Fitted(
        score=lambda more: as_values([one(text) for text in more]),
        size=len(trained.meta["features"].encode()) + arrays["idf"].nbytes + arrays["disclosure"].nbytes,
    )


def tuned(folder: Path) -> Fit:
    """The shipped encoder alone, of a long text its gravest window; tuned by `nlu.encoder.recipe`, not here."""

    def fit(texts: Sequence[str], labels: Sequence[bool]) -> Fitted:
        del texts, labels
        encoder = Encoder.load(folder)

        def one(text: str) -> float:
            words = tokens(text).words
            return max(encoder.look(words[start:end]).scores.disclosure for start, end in windows(len(words)))

        size = (folder / FILE).stat().st_size
        return Fitted(score=lambda more: as_values([one(text) for text in more]), size=size)

    return fit


def shipped(folder: Path) -> Fit:
    """The cascade in `folder` with all of its heads, inside the pipeline; its probability as log odds."""

    def fit(texts: Sequence[str], labels: Sequence[bool]) -> Fitted:
        del texts, labels
        nlp: Language = build(Cascade.load(folder))

        def one(text: str) -> float:
            probability = float(nlp(text)._.get(READING).probability)
            return math.log(probability) - math.log1p(-min(probability, 1 - 1e-12))

        size = sum((folder / name).stat().st_size for name in ("model.json", "weights.npz", FILE))
        return Fitted(score=lambda more: as_values([one(text) for text in more]), size=size)

    return fit
