"""What narrows a list: days of Ha Noi and words of ours; anything else is refused by the name of its field."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation import filters
from escalation.audit.filters import Cursor, cursor_of, filter_of
from escalation.filters import BadFilter
from escalation.search.query import HARMS, query_of, same_name

NOW = datetime(2026, 11, 22, 18, 30, tzinfo=UTC)  # 01:30 of the 23rd in Ha Noi


def test_a_day_is_that_of_ha_noi_and_the_last_one_counts_whole() -> None:
    days = filters.days({"since": "2026-11-22", "until": "2026-11-22"})
    assert days.begin is not None
    assert days.end is not None
    assert days.begin.astimezone(UTC) == datetime(2026, 11, 21, 17, tzinfo=UTC)
    assert days.end - days.begin == timedelta(days=1)
    assert filters.today(NOW) == date(2026, 11, 23)


@pytest.mark.parametrize("typed", ["22/11/2026", "2026-13-01", "0001-01-01", "9999-12-31", "=1+1", "2026-11-22T00"])
def test_a_day_that_is_none_is_refused_by_its_field(typed: str) -> None:
    with pytest.raises(BadFilter) as refused:
        filters.days({"since": typed})
    assert refused.value.field == "since"
    assert typed not in str(refused.value)


def test_days_that_end_before_they_begin_are_refused() -> None:
    with pytest.raises(BadFilter) as refused:
        filters.days({"since": "2026-11-22", "until": "2026-11-21"})
    assert refused.value.field == "until"


def query(**given_fields: str) -> object:
    return query_of(given_fields, NOW, provinces=("31",), staff=("s1",))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("number", "12345"),
        ("number", "zzzzzz"),
        ("number", "'; DROP"),
        ("province", "99"),
        ("harm", "anything"),
        ("urgency", "none"),
        ("state", "open"),
        ("owner", "somebody"),
        ("nickname", "x" * 65),
    ],
)
def test_a_field_that_holds_something_else_is_named(field: str, value: str) -> None:
    with pytest.raises(BadFilter) as refused:
        query(**{field: value})
    assert refused.value.field == field
    assert value not in str(refused.value)


def test_without_a_first_day_it_goes_90_days_back_and_a_number_has_no_age() -> None:
    assert query_of({}, NOW, provinces=(), staff=()).days.since == date(2026, 8, 25)
    assert query_of({"number": "ABCDEF"}, NOW, provinces=(), staff=()).days.since is None


def test_a_name_stands_neither_in_the_trail_nor_in_what_python_shows() -> None:
    asked = query(nickname="Bé Thỏ", harm=HARMS[0], owner="s1")
    told = asked.of_ours()  # type: ignore[attr-defined]
    assert told == {"nickname": True, "harm": HARMS[0], "owner": "s1", "since": "2026-08-25"}
    assert "Thỏ" not in repr(asked)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Bé Thỏ", "bé  thỏ ", True),
        ("Be\u0301 Tho\u0309", "Bé Thỏ", True),
        ("Bé Thỏ", "Thỏ", False),
        ("Tho", "Thỏ", False),
    ],
)
def test_a_name_is_compared_whole(one: str, other: str, same: bool) -> None:
    assert same_name(one, other) is same


@pytest.mark.parametrize("value", ["Case", "case;", "case.", ".viewed", "x" * 3 + "%"])
def test_an_action_is_a_word_of_ours(value: str) -> None:
    with pytest.raises(BadFilter):
        filter_of({"action": value}, staff=())


moments = st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
streams = st.from_regex(r"(case|staff|plaint):[0-9a-f]{32}|system", fullmatch=True)


@given(at=moments, stream=streams, number=st.integers(1, 10**9 - 1))
def test_where_the_next_page_begins_survives_an_address(at: datetime, stream: str, number: int) -> None:
    cursor = Cursor(at=at, stream=stream, number=number)
    assert cursor_of(str(cursor)) == cursor


@given(text=st.text(max_size=60))
def test_any_other_text_begins_nowhere(text: str) -> None:
    try:
        found = cursor_of(text)
    except BadFilter:
        return
    assert found is None or str(found)
