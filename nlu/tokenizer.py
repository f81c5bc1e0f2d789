"""The spaCy tokenizer `khien.vi.v1`: syllables, numbers, links, signs and emoji of the canonical text."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from spacy import util
from spacy.language import Language
from spacy.tokens import Doc
from spacy.vocab import Vocab

from nlu.normalise import Normalised, normalise
from nlu.tokens import TOKEN

NORMALISED: Final = "normalised"
Doc.set_extension(NORMALISED, default=None, force=True)


class VietnameseTokenizer:
    """Makes a Doc of the canonical text of a message; `doc._.normalised` leads back to the text as sent."""

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        """The Doc of any text; an empty one for a text that shows nothing."""
        return self.from_normalised(normalise(text))

    def from_normalised(self, normalised: Normalised) -> Doc:
        """The Doc of a text normalised before."""
        words: list[str] = []
        spaces: list[bool] = []
        text = normalised.text
        for found in TOKEN.finditer(text):
            words.append(found[0])
            spaces.append(text[found.end() : found.end() + 1] == " ")
        doc = Doc(self.vocab, words=words, spaces=spaces)
        doc._.set(NORMALISED, normalised)
        return doc

    def pipe(self, texts: Iterable[str]) -> Iterable[Doc]:
        """The Docs of several texts, in order."""
        return map(self, texts)

    def to_bytes(self, **_: object) -> bytes:
        """Nothing: the tokenizer is its code and its tables."""
        return b""

    def from_bytes(self, _: bytes, **__: object) -> "VietnameseTokenizer":
        """Itself."""
        return self

    def to_disk(self, path: Path | str, **_: object) -> None:
        """Nothing is written."""

    def from_disk(self, _: Path | str, **__: object) -> "VietnameseTokenizer":
        """Itself."""
        return self


@util.registry.tokenizers("khien.vi.v1")  # type: ignore[untyped-decorator]
def create_tokenizer() -> Callable[[Language], VietnameseTokenizer]:
    """What spaCy calls to make the tokenizer of a pipeline."""

    def make(nlp: Language) -> VietnameseTokenizer:
        return VietnameseTokenizer(nlp.vocab)

    return make
