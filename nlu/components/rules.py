"""The rule tables: red flags and benign contexts that bound every decision, and words that raise the urgency."""

from functools import cache
from typing import Final

from pydantic import BaseModel, ConfigDict, model_validator
from spacy.language import Language
from spacy.tokens import Doc, Span

from nlu.patterns import Pattern, compile_pattern, find
from nlu.tables import load_table

NAME: Final = "khien_rules"
RED_FLAGS: Final = "red_flags"
BENIGN: Final = "benign"
URGENT: Final = "urgent"


class RuleTable(BaseModel):
    """A table of named patterns: `red_flags.yml`, `benign.yml`, `urgent.yml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sets: dict[str, list[str]] = {}
    rules: dict[str, list[str]]

    @model_validator(mode="after")
    def _patterns_compile(self) -> "RuleTable":
        for rule, patterns in self.rules.items():
            for pattern in patterns:
                compile_pattern(rule, pattern, self.sets)
        return self


@cache
def patterns(key: str) -> tuple[Pattern, ...]:
    """The compiled patterns of one table.

    Raises:
        TableError: the table is broken.
    """
    table = load_table(f"{key}.yml", RuleTable)
    return tuple(
        compile_pattern(rule, written, table.sets) for rule, several in table.rules.items() for written in several
    )


class Rules:
    """Puts the spans of every table on the Doc, under the table's name."""

    def __init__(self) -> None:
        self._tables = {key: patterns(key) for key in (RED_FLAGS, BENIGN, URGENT)}

    def __call__(self, doc: Doc) -> Doc:
        """Set `doc.spans` of every table."""
        norms = [token.norm_ for token in doc]
        for key, table in self._tables.items():
            doc.spans[key] = [Span(doc, first, last, label=rule) for rule, first, last in find(table, norms)]
        return doc


@Language.factory(NAME)
def create_rules(nlp: Language, name: str) -> Rules:  # noqa: ARG001 - spaCy's signature
    """What spaCy calls to make the component."""
    return Rules()


def rules_in(doc: Doc) -> tuple[str, ...]:
    """Names of the red flags and benign contexts that a Doc holds, sorted."""
    return tuple(sorted({span.label_ for key in (RED_FLAGS, BENIGN) for span in doc.spans[key]}))
