"""The count of the first assessment: unknown counts on the side of caution, and a lower conclusion needs a reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation.casefile.assessment import Count, assess, lacks_reason
from escalation.casefile.comparing import side_by_side
from escalation.casefile.forms import ASSESSING, WHY, our_forms

FIRST = our_forms().by_number["02"]
HARM, PROTECTION = (tuple(line.id for line in FIRST.lines(part)) for part in ("A", "B"))
LEVEL = st.sampled_from(["", "high", "medium", "low"])
VALUES = st.fixed_dictionaries(
    dict.fromkeys(HARM + PROTECTION, LEVEL)
    | {"threat": st.sampled_from(["", "yes", "no"]), "conclusion": st.sampled_from(["", "urgent", "go_on"])}
)


def filled(harm: str, protection: str) -> dict[str, str]:
    names = {"h": "high", "m": "medium", "l": "low", "?": ""}
    found = dict(zip(HARM, (names[letter] for letter in harm), strict=True))
    return found | dict(zip(PROTECTION, (names[letter] for letter in protection), strict=True))


@pytest.mark.parametrize(
    ("harm", "protection", "suggested"),
    [
        ("hhh", "hhhhh", "go_on"),
        ("hhh", "hhhll", "urgent"),
        ("lll", "hlllm", "go_on"),
        ("hll", "hllll", "urgent"),  # as many as: the cautious side
        ("lll", "lllll", "urgent"),  # nobody protects: nought is as many as nought
        ("l?l", "hllll", "urgent"),  # unknown counts as High in A
        ("hll", "hh???", "go_on"),  # and as Low in B
        ("???", "?????", "urgent"),
    ],
)
def test_the_count_suggests(harm: str, protection: str, suggested: str) -> None:
    found = assess(FIRST, filled(harm, protection))
    assert found is not None
    assert found.suggested == suggested


def test_danger_to_life_suggests_urgent_whatever_the_count_says() -> None:
    found = assess(FIRST, filled("lll", "hhhhh") | {"threat": "yes"})
    assert found is not None
    assert found.suggested == "urgent"


def test_unknown_is_counted_as_unknown_in_what_is_shown() -> None:
    found = assess(FIRST, filled("h?l", "?m?lh"))
    assert found is not None
    assert found.harm == Count(high=1, medium=0, low=1, unknown=1)
    assert found.protection == Count(high=1, medium=1, low=1, unknown=2)


@given(VALUES)
def test_a_reason_is_asked_exactly_for_a_conclusion_below_the_count(values: dict[str, str]) -> None:
    found = assess(FIRST, values)
    assert found is not None
    below = found.suggested == "urgent" and values["conclusion"] == "go_on"
    assert found.is_lower == below
    assert lacks_reason(FIRST, values) == below
    assert lacks_reason(FIRST, values | {"reason": "  \n "}) == below
    assert not lacks_reason(FIRST, values | {"reason": "Bà ngoại đã đón em về"})


@given(VALUES, st.sampled_from(HARM))
def test_more_harm_never_makes_the_suggestion_milder(values: dict[str, str], line: str) -> None:
    before, after = assess(FIRST, values), assess(FIRST, values | {line: "high"})
    assert before is not None
    assert after is not None
    assert (before.suggested, after.suggested) != ("urgent", "go_on")


def test_the_later_forms_count_and_suggest_nothing_and_the_first_report_has_no_lines() -> None:
    for number in ("03", "06"):
        found = assess(our_forms().by_number[number], {})
        assert found is not None
        assert found.suggested is None
    assert assess(our_forms().by_number["01"], {}) is None


def test_three_dates_stand_beside_one_another_line_by_line() -> None:
    values = {
        "02": {"at": "22/11", "harm": "high", "harm" + WHY: "bị đánh hôm qua"},
        "03": {"at": "25/11", "harm": "medium", "development": "low"},
        "06": {"harm": "low"},
    }
    found = side_by_side(our_forms(), values, "vi")
    assert [form.number for form in found.forms] == list(ASSESSING)
    assert found.dates == ("22/11", "25/11", "")
    [harm] = [row for row in found.rows if row.label == "Mức độ tổn hại của trẻ em hiện nay"]
    assert [mark.level if mark else None for mark in harm.marks] == ["high", "medium", "low"]
    assert harm.marks[0] is not None
    assert harm.marks[0].why == "bị đánh hôm qua"
    [development] = [row for row in found.rows if row.label.startswith("Tổn hại tới sự phát triển")]
    assert [mark.level if mark else None for mark in development.marks] == [None, "low", None]
    assert [row.part for row in found.rows] == sorted(row.part for row in found.rows)
