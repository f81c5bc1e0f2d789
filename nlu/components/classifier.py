"""Puts the learner's reading of a text on its Doc."""

from typing import Final

from spacy.language import Language
from spacy.tokens import Doc

from nlu.components.rules import rules_in
from nlu.learner import Learner
from nlu.tokenizer import NORMALISED
from nlu.tokens import tokens_of

NAME: Final = "khien_classifier"
READING: Final = "reading"
TOKENS: Final = "words"
Doc.set_extension(READING, default=None, force=True)
Doc.set_extension(TOKENS, default=None, force=True)


class Classifier:
    """Calls `learner` for every Doc; without a learner it only lists the words."""

    def __init__(self) -> None:
        self.learner: Learner | None = None

    def __call__(self, doc: Doc) -> Doc:
        """Set `doc._.words` and `doc._.reading`."""
        tokens = tokens_of(doc._.get(NORMALISED))
        doc._.set(TOKENS, tokens)
        if self.learner is not None:
            doc._.set(READING, self.learner.read(tokens, rules_in(doc)))
        return doc


@Language.factory(NAME)
def create_classifier(nlp: Language, name: str) -> Classifier:  # noqa: ARG001 - spaCy's signature
    """What spaCy calls to make the component."""
    return Classifier()
