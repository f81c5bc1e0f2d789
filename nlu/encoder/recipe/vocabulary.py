"""Which of the 250,002 pieces the encoder keeps: what its readers write, without a look at anybody else's text."""

import re
from collections.abc import Iterable
from typing import Final

from nlu.encoder.pieces import END, SPACE, START, UNKNOWN, Pieces
from nlu.encoder.recipe.source import Source
from nlu.marks import without_marks

_SYLLABLE: Final = re.compile(
    r"(?:ngh|[cgknpt]h|ng|gi|qu|tr|[bcdghklmnpqrstvx])?"
    r"(?:[aeiouy]{1,3})(?:ch|ng|nh|[cmnpt])?"
)
"""A Vietnamese syllable, marks removed: onset, vowels, ending."""
_SHORT: Final = 3


def kept(source: Source, texts: Iterable[str]) -> list[int]:
    """Ids of the pieces to keep, rising: marks, Vietnamese syllables, short pieces, and those that `texts` need."""
    whole = Pieces(source.pieces, source.scores.tolist())
    used = {at for word in sorted({word for text in texts for word in text.split()}) for at in whole.cut(SPACE + word)}
    marks = {START, END, UNKNOWN, SPACE}
    return [at for at, piece in enumerate(source.pieces) if at in used or piece in marks or _spoken(piece)]


def _spoken(piece: str) -> bool:
    letters = without_marks(piece.removeprefix(SPACE))
    if not letters or letters != letters.lower():
        return False
    if not (letters.isascii() and letters.isalpha()):
        return len(letters) == 1 and letters.isprintable() and not letters.isalpha()
    return len(letters) <= _SHORT or _SYLLABLE.fullmatch(letters) is not None
