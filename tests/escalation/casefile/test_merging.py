"""Two people in one form: what one side changed merges by itself, and nothing that anybody typed is lost."""

from hypothesis import given
from hypothesis import strategies as st

from escalation.casefile.merging import merge

CELLS = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(["", "1", "2", "3"]))
FORMS = st.fixed_dictionaries(dict.fromkeys("abcdef", st.sampled_from(["", "1", "2", "3"])))


@given(FORMS, CELLS)
def test_fields_that_only_one_side_changed_merge_by_themselves(base: dict[str, str], edits: dict[str, str]) -> None:
    ours = base | edits
    assert merge(base, base, ours).values == ours
    assert merge(base, ours, base).values == ours
    assert not merge(base, base, ours).contested
    assert not merge(base, ours, base).contested


@given(FORMS, CELLS, CELLS)
def test_edits_of_different_fields_never_meet(base: dict[str, str], one: dict[str, str], other: dict[str, str]) -> None:
    other = {cell: value for cell, value in other.items() if cell not in one}
    merged = merge(base, base | one, base | other)
    assert merged.values == base | one | other
    assert not merged.contested


@given(FORMS, CELLS, CELLS)
def test_nothing_that_anybody_typed_is_lost(base: dict[str, str], one: dict[str, str], other: dict[str, str]) -> None:
    theirs, mine = base | one, base | other
    merged = merge(base, theirs, mine)
    for cell, before in base.items():
        if theirs[cell] != before:
            assert merged.values[cell] == theirs[cell]
        if mine[cell] != before:
            assert mine[cell] in (merged.values[cell], merged.contested.get(cell))


@given(FORMS, CELLS, CELLS)
def test_only_a_field_that_both_changed_differently_asks_for_a_choice(
    base: dict[str, str], one: dict[str, str], other: dict[str, str]
) -> None:
    theirs, mine = base | one, base | other
    both = {cell for cell in base if len({base[cell], theirs[cell], mine[cell]}) == 3}
    assert set(merge(base, theirs, mine).contested) == both


@given(CELLS, CELLS)
def test_a_part_of_a_form_touches_no_other_field(base: dict[str, str], sent: dict[str, str]) -> None:
    merged = merge(base, base, sent)
    assert {cell: value for cell, value in merged.values.items() if cell not in sent} == {
        cell: value for cell, value in base.items() if cell not in sent
    }


def test_a_field_emptied_by_both_is_no_quarrel() -> None:
    assert merge({"a": "1"}, {"a": ""}, {"a": ""}).contested == {}
