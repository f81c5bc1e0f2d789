"""The one spaCy pipeline; built from code and tables, nothing is downloaded."""

import spacy
from spacy.language import Language

from nlu import tokenizer
from nlu.components import classifier, entities, normaliser, rules
from nlu.learner import Learner

CONFIG = {"nlp": {"tokenizer": {"@tokenizers": "khien.vi.v1"}}}


def build(learner: Learner | None = None) -> Language:
    """The pipeline with `learner`, or with the rules alone (as training needs it).

    Raises:
        TableError: a rule table is broken.
    """
    nlp = spacy.blank("vi", config=CONFIG)
    nlp.add_pipe(normaliser.NAME)
    nlp.add_pipe(entities.NAME)
    nlp.add_pipe(rules.NAME)
    component = nlp.add_pipe(classifier.NAME)
    assert isinstance(component, classifier.Classifier)  # noqa: S101 - add_pipe gives what the factory made
    component.learner = learner
    assert isinstance(nlp.tokenizer, tokenizer.VietnameseTokenizer)  # noqa: S101 - registered by this import
    return nlp
