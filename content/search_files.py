"""Reads what search needs besides the cards: words that mean the same, and questions that a card answers."""

from types import MappingProxyType

from content.errors import Place
from content.marked_yaml import read_yaml
from content.schema import Asked, SearchWords
from content.shapes import ASKED, SEARCH_WORDS, check


def read_search_words(file: str, text: str, *, lang: str) -> SearchWords:
    """Read search/words.yml."""
    shape = check(SEARCH_WORDS, read_yaml(file, text))
    return SearchWords(
        lang=lang,
        expressions=MappingProxyType({meant: tuple(forms) for meant, forms in shape.words.items()}),
        skip=tuple(shape.skip),
    )


def read_asked(file: str, text: str, *, lang: str) -> tuple[Asked, ...]:
    """Read search/<topic>.yml."""
    marked = read_yaml(file, text)
    return tuple(
        Asked(
            lang=lang,
            owner=owner,
            heading=heading,
            questions=tuple(questions),
            place=Place(file=file, line=marked.line_of((owner, heading))),
        )
        for owner, cards in check(ASKED, marked).items()
        for heading, questions in cards.items()
    )
