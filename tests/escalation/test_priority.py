"""Who is next: the graver, the younger, the longer waiting; and nobody starves."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation.priority import TARGETS, Waiting, in_order, level, rises, sort_key

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
URGENCIES = ("moderate", "high", "emergency")  # rising
BANDS = ("6-10", None, "11-14", "15-17")
waits = st.timedeltas(timedelta(), timedelta(days=3))


def waiting(
    urgency: str = "high",
    *,
    waited: timedelta = timedelta(),
    band: str | None = "11-14",
    audience: str = "11-14",
    front: bool = False,
    case_id: str = "c",
) -> Waiting:
    return Waiting(
        case_id=case_id, urgency=urgency, band=band, audience=audience, front=front, waiting_since=NOW - waited
    )


cases = st.builds(
    waiting,
    st.sampled_from(URGENCIES),
    waited=waits,
    band=st.sampled_from(BANDS),
    front=st.booleans(),
    case_id=st.text("abc", min_size=1, max_size=4),
)


def before(first: Waiting, second: Waiting) -> bool:
    return sort_key(first, NOW) < sort_key(second, NOW)


@given(
    seconds=st.integers(0, 119),
    bands=st.tuples(*[st.sampled_from(BANDS)] * 3),
    fronts=st.tuples(*[st.booleans()] * 3),
)
def test_fresh_cases_stand_by_urgency_whatever_else_they_are(
    seconds: int, bands: tuple[str | None, ...], fronts: tuple[bool, ...]
) -> None:
    waited = timedelta(seconds=seconds)
    fresh = [
        waiting(urgency, waited=waited, band=band, front=front)
        for urgency, band, front in zip(URGENCIES, bands, fronts, strict=True)
    ]
    assert [case.urgency for case in in_order(fresh, NOW)] == ["emergency", "high", "moderate"]


@pytest.mark.parametrize("urgency", URGENCIES)
@pytest.mark.parametrize(("younger", "older"), [("6-10", "11-14"), (None, "11-14"), ("11-14", "15-17")])
@given(waited=st.timedeltas(timedelta(), timedelta(seconds=60)))
def test_the_younger_child_goes_first_among_equals(
    urgency: str, younger: str | None, older: str, waited: timedelta
) -> None:
    assert before(waiting(urgency, band=younger), waiting(urgency, band=older, waited=waited))


@pytest.mark.parametrize("urgency", URGENCIES)
def test_an_unknown_band_queues_as_the_youngest(urgency: str) -> None:
    unknown, youngest = waiting(urgency, band=None, audience="unknown"), waiting(urgency, band="6-10")
    assert sort_key(unknown, NOW) == sort_key(youngest, NOW)


@pytest.mark.parametrize("band", BANDS)
def test_a_parent_goes_behind_every_child_of_the_same_urgency(band: str | None) -> None:
    assert before(waiting(band=band), waiting(band=None, audience="parent"))


@given(one=waits, other=waits)
def test_who_waits_longer_goes_first_among_equals(one: timedelta, other: timedelta) -> None:
    if one > other:
        assert before(waiting(waited=one), waiting(waited=other))


def test_who_was_left_without_an_answer_goes_before_a_younger_child_of_the_same_urgency() -> None:
    assert before(waiting(band="15-17", front=True), waiting(band="6-10"))


@pytest.mark.parametrize("urgency", ["moderate", "high"])
@given(more=waits, band=st.sampled_from(BANDS), fresh=st.sampled_from(BANDS))
def test_nobody_starves_behind_an_endless_line_of_fresh_emergencies(
    urgency: str, more: timedelta, band: str | None, fresh: str | None
) -> None:
    """A moderate case climbs four steps of two targets at most; after that it outranks every fresh emergency."""
    enough = TARGETS[urgency] * 2 * 4
    old = waiting(urgency, waited=enough + more, band=band)
    assert before(old, waiting("emergency", band=fresh, front=True))


@given(case=cases, more=waits)
def test_waiting_longer_never_costs_a_place(case: Waiting, more: timedelta) -> None:
    later = NOW + more
    assert level(case, later) >= level(case, NOW)


@given(case=cases)
def test_a_level_is_never_below_the_urgencys_own(case: Waiting) -> None:
    fresh = waiting(case.urgency)
    assert level(case, NOW) >= level(fresh, NOW)


@given(case=cases)
def test_a_clock_that_lags_behind_does_no_harm(case: Waiting) -> None:
    assert level(case, case.waiting_since - timedelta(hours=1)) == level(waiting(case.urgency), NOW)


@given(line=st.lists(cases, max_size=4, unique_by=lambda case: case.case_id))
def test_the_order_does_not_depend_on_how_the_cases_were_read(line: list[Waiting]) -> None:
    orders = {tuple(case.case_id for case in in_order(shuffled, NOW)) for shuffled in permutations(line)}
    assert len(orders) == 1


@pytest.mark.parametrize("old", ["none", *URGENCIES])
@pytest.mark.parametrize("new", ["none", *URGENCIES])
def test_urgency_rises_only_to_a_graver_one(old: str, new: str) -> None:
    order = ["none", *URGENCIES]
    assert rises(old, new) is (order.index(new) > order.index(old))
