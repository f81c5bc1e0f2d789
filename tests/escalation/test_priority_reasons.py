"""Every child in the queue can be told why it stands where it stands, and the reasons are true."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation.priority import TARGETS, Waiting, in_order, level, places, sort_key, standing

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def waiting(
    case_id: str, *, urgency: str = "high", band: str | None = "11-14", front: bool = False, ago: int = 60
) -> Waiting:
    since = NOW - timedelta(seconds=ago)
    return Waiting(case_id=case_id, urgency=urgency, band=band, audience="child", front=front, waiting_since=since)


def reasons(*cases: Waiting) -> dict[str, tuple[str, ...]]:
    return {place.case_id: place.reasons for place in places(cases, NOW)}


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        (waiting("a", urgency="emergency"), waiting("b"), "urgent"),
        (waiting("a", urgency="moderate", ago=8000), waiting("b", urgency="moderate"), "aged"),
        (waiting("a", front=True), waiting("b"), "returned"),
        (waiting("a", band="6-10"), waiting("b"), "younger"),
        (waiting("a", band=None), waiting("b"), "younger"),
        (waiting("a", ago=61), waiting("b"), "longer"),
    ],
)
def test_the_one_thing_that_separates_two_children_is_the_reason(first: Waiting, second: Waiting, reason: str) -> None:
    assert reasons(second, first) == {"a": (reason,), "b": ()}
    assert list(reasons(second, first)) == ["a", "b"]


def test_each_child_behind_adds_its_own_reason() -> None:
    found = reasons(
        waiting("a", urgency="emergency", band="6-10"),
        waiting("b", urgency="emergency"),
        waiting("c"),
        waiting("d", urgency="moderate"),
    )
    assert found == {"a": ("urgent", "younger"), "b": ("urgent",), "c": ("urgent",), "d": ()}


CASES = st.lists(
    st.tuples(
        st.sampled_from(sorted(TARGETS)),
        st.sampled_from(["6-10", "11-14", "15-17", None]),
        st.booleans(),
        st.integers(0, 9000),
    ),
    max_size=12,
).map(
    lambda rows: [
        waiting(f"c{index:02}", urgency=urgency, band=band, front=front, ago=ago)
        for index, (urgency, band, front, ago) in enumerate(rows)
    ]
)


@given(CASES)
def test_the_reasons_are_exactly_what_separates_a_child_from_those_behind_it(cases: list[Waiting]) -> None:
    order = in_order(cases, NOW)
    told = places(cases, NOW)
    assert [place.case_id for place in told] == [case.case_id for case in order]
    for index, (case, place) in enumerate(zip(order, told, strict=True)):
        expected = set()
        for behind in order[index + 1 :]:
            mine, theirs = sort_key(case, NOW)[:5], sort_key(behind, NOW)[:5]
            part = next((part for part in range(5) if mine[part] != theirs[part]), None)
            if part is not None:
                lifted = part == 0 and level(case, NOW) != {"moderate": 1, "high": 2, "emergency": 3}[case.urgency]
                expected.add("aged" if lifted else ("urgent", "urgent", "returned", "younger", "longer")[part])
        assert set(place.reasons) == expected


@pytest.mark.parametrize("urgency", TARGETS)
def test_a_wait_is_told_of_at_two_thirds_of_its_target_and_late_at_its_end(urgency: str) -> None:
    target = TARGETS[urgency]
    moments = [target * 2 / 3 - timedelta(seconds=1), target * 2 / 3, target - timedelta(seconds=1), target]
    assert [standing(urgency, NOW - waited, NOW) for waited in moments] == ["in_time", "soon", "soon", "late"]
