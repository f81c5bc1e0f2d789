"""The rule tables as SpanRulers: entities, and the red flags and benign contexts that bound every decision."""

from functools import cache
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, model_validator
from spacy.language import Language

from nlu.patterns import spacy_patterns
from nlu.tables import load_table

ENTITIES: Final = "khien_entities"
RED_FLAGS: Final = "khien_red_flags"
BENIGN: Final = "khien_benign"
URGENT: Final = "khien_urgent"


class EntityTable(BaseModel):
    """The table `entities.yml`: label -> value -> phrases."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    labels: dict[str, dict[str, list[str]]]


class RuleTable(BaseModel):
    """A table of named patterns: `red_flags.yml`, `benign.yml`, `urgent.yml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sets: dict[str, list[str]] = {}
    rules: dict[str, list[str]]

    @model_validator(mode="after")
    def _sets_are_there(self) -> "RuleTable":
        for patterns in self.rules.values():
            for pattern in patterns:
                spacy_patterns(pattern, self.sets)
        return self


@cache
def _rule_patterns(name: str) -> list[dict[str, Any]]:
    table = load_table(name, RuleTable)
    return [
        {"label": label, "pattern": pattern}
        for label, written in table.rules.items()
        for text in written
        for pattern in spacy_patterns(text, table.sets)
    ]


@cache
def _entity_patterns() -> list[dict[str, Any]]:
    table = load_table("entities.yml", EntityTable)
    return [
        {"label": label, "id": value, "pattern": pattern}
        for label, values in table.labels.items()
        for value, phrases in values.items()
        for phrase in phrases
        for pattern in spacy_patterns(phrase, {})
    ]


def add_rulers(nlp: Language) -> None:
    """Add the SpanRulers of every table to the pipeline.

    Raises:
        TableError: a table is broken.
    """
    tables = {RED_FLAGS: "red_flags.yml", BENIGN: "benign.yml", URGENT: "urgent.yml"}
    _add(nlp, ENTITIES, _entity_patterns())
    for key, name in tables.items():
        _add(nlp, key, _rule_patterns(name))


def _add(nlp: Language, key: str, patterns: list[dict[str, Any]]) -> None:
    ruler: Any = nlp.add_pipe("span_ruler", name=key, config={"spans_key": key, "phrase_matcher_attr": "NORM"})
    ruler.add_patterns(patterns)
