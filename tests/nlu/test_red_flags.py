"""Every rule fires where it must and nowhere else; what it found is a floor that no learner can take away."""

from itertools import product
from pathlib import Path
from typing import Final, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, TypeAdapter
from spacy.language import Language

from nlu.components.rules import BENIGN, RED_FLAGS, URGENT, patterns
from nlu.decision import Signs, decide
from nlu.learner import Reading, Thresholds
from nlu.marks import without_marks
from nlu.pipeline import build
from nlu.tables import read_yaml
from nlu.understanding import HARMS, INTENTS, TOPICS, URGENCIES

_TABLES: Final = (RED_FLAGS, BENIGN, URGENT)
_FEWEST: Final = 6


class Rows(BaseModel):
    """The texts of one rule: where it must fire, by the way of writing, and where it must not."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    standard: list[str]
    no_diacritics: list[str]
    teencode: list[str]
    dialect: list[str]
    silent: list[str]

    @property
    def fires(self) -> list[str]:
        return [*self.standard, *self.no_diacritics, *self.teencode, *self.dialect]


ROWS: Final = TypeAdapter(dict[Literal["red_flags", "benign", "urgent"], dict[str, Rows]]).validate_python(
    read_yaml(Path(__file__).with_name("red_flags.yml"))
)
RULES: Final = [(table, rule) for table in _TABLES for rule in dict.fromkeys(each.rule for each in patterns(table))]


def texts(kind: Literal["fires", "silent"]) -> list[tuple[str, str, str]]:
    return [
        (table, rule, text)
        for table, rules in ROWS.items()
        for rule, rows in rules.items()
        for text in getattr(rows, kind)
    ]


@pytest.fixture(scope="module")
def nlp() -> Language:
    return build()


def found(nlp: Language, text: str, table: str) -> set[str]:
    doc = nlp(text)
    return {span.label_ for span in doc.spans[table]}


@pytest.mark.parametrize(("table", "rule"), RULES)
def test_every_rule_has_its_rows(table: Literal["red_flags", "benign", "urgent"], rule: str) -> None:
    rows = ROWS[table][rule]
    assert len(rows.fires) >= _FEWEST
    assert len(rows.silent) >= _FEWEST
    assert all((rows.standard, rows.no_diacritics, rows.teencode, rows.dialect))
    assert all(text == without_marks(text) for text in rows.no_diacritics)


def test_no_row_is_of_a_rule_that_there_is_not() -> None:
    assert {(table, rule) for table, rules in ROWS.items() for rule in rules} == set(RULES)


@pytest.mark.parametrize(("table", "rule", "text"), texts("fires"))
def test_it_fires(nlp: Language, table: str, rule: str, text: str) -> None:
    assert rule in found(nlp, text, table)


@pytest.mark.parametrize(("table", "rule", "text"), texts("silent"))
def test_it_does_not_fire(nlp: Language, table: str, rule: str, text: str) -> None:
    assert rule not in found(nlp, text, table)


@pytest.mark.parametrize(("table", "rule", "text"), [row for row in texts("silent") if row[0] == RED_FLAGS])
def test_no_red_flag_at_all_in_innocent_talk(nlp: Language, table: str, rule: str, text: str) -> None:
    assert not found(nlp, text, table), rule


def reading(probability: float) -> Reading:
    """A learner's reading that says nothing but how likely a disclosure is."""
    return Reading(
        probability=probability,
        intents={name: 1.0 for name in INTENTS if name != "disclose"},
        topics=dict.fromkeys(TOPICS, 1.0),
        harms=dict.fromkeys(HARMS, 0.0),
        urgencies=dict.fromkeys(URGENCIES, 0.25),
        subjects={"self": 1.0},
    )


_NAMES: Final = {table: sorted({rule for named, rule in RULES if named == table}) for table in _TABLES}
_PROBABILITY: Final = st.floats(0, 1)


@st.composite
def thresholds(draw: st.DrawFn) -> Thresholds:
    urgent, borderline, disclosure = sorted(draw(st.tuples(_PROBABILITY, _PROBABILITY, _PROBABILITY)))
    return Thresholds(borderline=borderline, urgent=urgent, disclosure=disclosure)


def some(table: str, fewest: int = 0) -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from(_NAMES[table]), min_size=fewest)


@given(_PROBABILITY, some(RED_FLAGS, 1), some(BENIGN), some(URGENT), thresholds())
def test_a_red_flag_is_a_floor(
    probability: float, red: frozenset[str], benign: frozenset[str], urgent: frozenset[str], limits: Thresholds
) -> None:
    sign = Signs(reading=reading(probability), red_flags=red, benign=benign, urgent=urgent)
    decision = decide(sign, limits)
    assert decision != "none"
    if probability >= limits.disclosure:
        assert decision == "disclosure"


@given(_PROBABILITY, some(BENIGN), some(URGENT), thresholds())
def test_a_benign_context_never_turns_a_disclosure_into_none(
    probability: float, benign: frozenset[str], urgent: frozenset[str], limits: Thresholds
) -> None:
    bare = Signs(reading=reading(probability), red_flags=frozenset(), benign=frozenset(), urgent=urgent)
    held = Signs(reading=reading(probability), red_flags=frozenset(), benign=benign, urgent=urgent)
    if decide(bare, limits) == "disclosure":
        assert decide(held, limits) != "none"


@given(_PROBABILITY, some(RED_FLAGS), some(BENIGN), thresholds(), st.booleans())
def test_words_of_danger_now_never_lower_a_decision(
    probability: float, red: frozenset[str], benign: frozenset[str], limits: Thresholds, now: bool
) -> None:
    rank = {"none": 0, "borderline": 1, "disclosure": 2}
    calm, urgent = (
        Signs(reading=reading(probability), red_flags=red, benign=benign, urgent=frozenset(words))
        for words in ((), ("emergency_now",) if now else ("emergency_meeting",))
    )
    assert rank[decide(urgent, limits)] >= rank[decide(calm, limits)]


@pytest.mark.parametrize(("red", "benign"), list(product(_NAMES[RED_FLAGS], _NAMES[BENIGN])))
def test_no_benign_context_silences_a_red_flag(red: str, benign: str) -> None:
    sign = Signs(reading=reading(0.0), red_flags=frozenset({red}), benign=frozenset({benign}), urgent=frozenset())
    assert decide(sign, Thresholds(borderline=0.3, urgent=0.2, disclosure=0.6)) == "borderline"
