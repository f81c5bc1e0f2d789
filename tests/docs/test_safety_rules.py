"""Page, transcripts and tests of the safety protocol name one another: no rule without a proof, no number astray."""

from itertools import groupby

from bot.transcripts import read_transcript
from tests.safety_page import ROOT, rule_numbers, rules

RULES = rules()
SHOWN = {path.stem: read_transcript(path).rules for path in (ROOT / "tests" / "transcripts").glob("*.yml")}
IN_THE_DESIGN = {2: 9, 6: 6}  # sections whose rules the design itself counts


def test_the_numbers_of_each_section_run_without_a_gap() -> None:
    numbers = [tuple(map(int, rule.number.split("."))) for rule in RULES]
    assert numbers == sorted(numbers)
    sections = {
        section: sorted({number for _, number in group}) for section, group in groupby(numbers, lambda pair: pair[0])
    }
    assert list(sections) == [1, 2, 3, 4, 5, 6]
    assert {section: found for section, found in sections.items() if found != list(range(1, len(found) + 1))} == {}
    assert {section: len(sections[section]) for section in IN_THE_DESIGN} == IN_THE_DESIGN


def test_every_rule_is_shown_by_a_transcript_or_a_test_unless_it_is_not_built() -> None:
    assert [rule.number for rule in RULES if bool(rule.transcripts or rule.test_files) != rule.built] == []


def test_every_transcript_of_the_page_names_the_rule_it_stands_beside() -> None:
    wrong = [
        (rule.number, name) for rule in RULES for name in rule.transcripts if rule.number not in SHOWN.get(name, [])
    ]
    assert wrong == []


def test_every_test_of_the_page_is_there() -> None:
    assert [name for rule in RULES for name in rule.test_files if not (ROOT / name).is_file()] == []


def test_every_transcript_names_rules_of_the_page_each_once() -> None:
    known = rule_numbers()
    astray = {name: found for name, found in SHOWN.items() if not found or not known.issuperset(found)}
    twice = {name: found for name, found in SHOWN.items() if len(found) != len(set(found))}
    assert (astray, twice) == ({}, {})


def test_no_transcript_shows_a_rule_that_is_not_built() -> None:
    missing = {rule.number for rule in RULES if not rule.built}
    assert {name: found for name, found in SHOWN.items() if missing.intersection(found)} == {}
