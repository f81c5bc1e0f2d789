"""Gives each token the form in which patterns meet it.

The NORM of a token is the word with its marks. In a text typed without diacritics it is the word in UPPER CASE, so that
the pattern for "đánh" may say that it also takes "DANH" (đánh without marks) and still never takes "danh" (name) in a
text whose writer does use marks.
"""

from typing import Final

from spacy.language import Language
from spacy.tokens import Doc

from nlu.lexicon import is_plain

NAME: Final = "khien_normaliser"


@Language.component(NAME)
def set_norms(doc: Doc) -> Doc:
    """Set the NORM of every token."""
    words = [token.text for token in doc]
    plain = is_plain(words)
    for token, word in zip(doc, words, strict=True):
        token.norm_ = word.upper() if plain and word.isascii() else word
    return doc
