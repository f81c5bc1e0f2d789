"""Entities: the phrases of `entities.yml`, and expressions for numbers, links and phones.

Phrases are met by a PhraseMatcher, whose cost does not grow with the table: a SpanRuler with the same 600 phrases took
most of a millisecond a message.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from pydantic import BaseModel, ConfigDict
from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc, Span
from spacy.util import filter_spans
from spacy.vocab import Vocab

from nlu.letters import LINK
from nlu.patterns import forms
from nlu.tables import load_table

NAME: Final = "khien_entities"
ENTITIES: Final = "entities"

_AGE: Final = re.compile(r"(?<!\d)(?P<value>[1-9]\d?) (?:tuổi|tuoi)(?!\w)|(?:tuổi|tuoi) (?P<late>1?\d)(?!\d)")
_URL: Final = re.compile(LINK)
_PHONE: Final = re.compile(r"(?<![\d.])(?:\+?84|0)(?:[ .-]?\d){8,10}(?!\d)|(?<![\d.,])(?:111|113|114|115)(?![\d.,])")
_MONEY: Final = re.compile(
    r"(?<!\d)(?P<count>\d+(?:[.,]\d+)*) ?"
    r"(?P<unit>k|nghìn|ngàn|triệu|tr|đồng|vnd|vnđ|usd|đô|tỷ|nghin|ngan|trieu|dong|lít|củ)(?!\w)"
)
_CLOCK: Final = re.compile(
    r"(?<!\d)(?:[01]?\d|2[0-4]) (?:giờ|gio)"
    r"(?: (?:\d{1,2}|rưỡi|kém|sáng|tối|đêm|chiều|ruoi|sang|toi|dem|chieu))*(?!\w)"
)
_UNITS: Final = {
    "k": 1e3, "nghìn": 1e3, "ngàn": 1e3, "nghin": 1e3, "ngan": 1e3, "lít": 1e5, "triệu": 1e6, "trieu": 1e6, "tr": 1e6,
    "củ": 1e6, "tỷ": 1e9,
}  # fmt: skip


_EXPRESSIONS: Final = {"age": _AGE, "url": _URL, "phone": _PHONE, "money": _MONEY, "time": _CLOCK}


class EntityTable(BaseModel):
    """The table `entities.yml`: label -> value -> phrases."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    labels: dict[str, dict[str, list[str]]]


@cache
def _phrases() -> dict[str, tuple[str, str]]:
    """Norms of a phrase, divided by spaces -> label and value."""
    table = load_table("entities.yml", EntityTable)
    return {
        form: (label, value)
        for label, values in table.labels.items()
        for value, phrases in values.items()
        for phrase in phrases
        for form in forms(phrase)
    }


class Entities:
    """Puts the entities of a text on its Doc, under `entities`; of two that overlap the longer stays.

    Raises:
        TableError: the table is broken.
    """

    def __init__(self, vocab: Vocab) -> None:
        self._matcher = PhraseMatcher(vocab, attr="NORM")
        for form in _phrases():
            words = form.split()
            doc = Doc(vocab, words=words)
            for token, word in zip(doc, words, strict=True):
                token.norm_ = word
            self._matcher.add(form, [doc])
        self._strings = vocab.strings

    def __call__(self, doc: Doc) -> Doc:
        """Set `doc.spans`; ages are in years, money in đồng."""
        spans = []
        for key, first, last in self._matcher(doc):
            label, value = _phrases()[self._strings[key]]
            spans.append(Span(doc, first, last, label=label, span_id=value))
        text = doc.text
        if any(map(str.isdigit, text)) or "." in text:
            spans.extend(_numbers(doc, text))
        doc.spans[ENTITIES] = filter_spans(spans)
        return doc


@Language.factory(NAME)
def create_entities(nlp: Language, name: str) -> Entities:  # noqa: ARG001 - spaCy's signature
    """What spaCy calls to make the component."""
    return Entities(nlp.vocab)


def _numbers(doc: Doc, text: str) -> Iterator[Span]:
    for label, expression in _EXPRESSIONS.items():
        for found in expression.finditer(text):
            start, end = found.span()
            span = doc.char_span(start, end, label=label, span_id=_value(label, found), alignment_mode="expand")
            if span is not None:
                yield span


def _value(label: str, found: re.Match[str]) -> str:
    if label == "age":
        return found["value"] or found["late"]
    if label == "phone":
        return re.sub(r"\D", "", found[0])
    if label == "money":
        return str(round(_amount(found["count"]) * _UNITS.get(found["unit"], 1)))
    return ""


def _amount(written: str) -> float:
    """500, 1.500.000 and 1,5 as numbers."""
    if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", written):
        return float(re.sub(r"[.,]", "", written))
    whole, _, rest = written.replace(",", ".").partition(".")
    return float(f"{whole}.{re.sub(r'[.]', '', rest) or 0}")
