"""The small language of the rule tables, and how it becomes spaCy patterns.

A pattern is words with single spaces: `ba|bố đánh` is either word and then the other; `(0-3)` up to three words of any
kind; `<hit>` any phrase of the set `hit`; `không_muốn` one phrase of two words inside alternatives.
"""

import itertools
import re
from typing import Any, Final

from nlu.components.normaliser import forms

_GAP: Final = re.compile(r"\((\d)-(\d)\)")
TokenPattern = list[dict[str, Any]]


def spacy_patterns(pattern: str, sets: dict[str, list[str]]) -> list[TokenPattern]:
    """The token patterns that `pattern` stands for.

    Raises:
        ValueError: it names a set that there is not.
    """
    parts = [_part(part, sets) for part in pattern.split()]
    return [list(itertools.chain.from_iterable(choice)) for choice in itertools.product(*parts)]


def _part(part: str, sets: dict[str, list[str]]) -> list[TokenPattern]:
    gap = _GAP.fullmatch(part)
    if gap is not None:
        return [[{"OP": f"{{{gap[1]},{gap[2]}}}"}]]
    phrases: list[str] = []
    for choice in part.split("|"):
        if choice.startswith("<"):
            name = choice.strip("<>")
            if name not in sets:
                raise ValueError(f"the set <{name}> is not defined")
            phrases.extend(sets[name])
        else:
            phrases.append(choice.replace("_", " "))
    single = sorted({form for phrase in phrases if " " not in phrase for form in forms(phrase)})
    built: list[TokenPattern] = [[{"NORM": {"IN": single}}]] if single else []
    for phrase in phrases:
        if " " in phrase:
            built.append([{"NORM": {"IN": forms(word)}} for word in phrase.split()])
    return built
