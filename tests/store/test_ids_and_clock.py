"""Identifiers cannot be guessed, time is UTC and moves forward only, and stored moments keep their zone."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql, sqlite

from store.clock import MovableClock, SystemClock
from store.ids import new_id
from store.types import UtcDateTime

DIALECTS = [sqlite.dialect(), postgresql.dialect()]  # type: ignore[no-untyped-call]
offsets = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


def test_ids_are_128_bits_in_url_safe_letters_and_never_the_same() -> None:
    ids = {new_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert all(len(one) == 32 and int(one, 16) < 2**128 for one in ids)


def test_the_systems_clock_tells_utc() -> None:
    assert SystemClock().now().utcoffset() == timedelta()


@pytest.mark.parametrize("seconds", [0, 0.5, 86_400 * 400])
def test_the_test_clock_moves_by_what_it_is_told(seconds: float) -> None:
    clock = MovableClock()
    clock.advance(seconds)
    moved = clock.now() - datetime.now(UTC)
    assert abs(moved - timedelta(seconds=seconds)) < timedelta(seconds=1)


def test_the_test_clock_never_goes_back() -> None:
    clock = MovableClock()
    with pytest.raises(ValueError, match="forward"):
        clock.advance(-0.001)


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
@given(moment=st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2200, 1, 1), timezones=offsets))  # noqa: DTZ001
def test_a_stored_moment_comes_back_the_same_and_in_utc(dialect: Any, moment: datetime) -> None:
    column = UtcDateTime()
    back = column.process_result_value(column.process_bind_param(moment, dialect), dialect)
    assert back == moment
    assert back is not None
    assert back.utcoffset() == timedelta()


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_a_moment_without_a_zone_is_refused(dialect: Any) -> None:
    with pytest.raises(ValueError, match="timezone-aware"):
        UtcDateTime().process_bind_param(datetime(2026, 1, 1), dialect)  # noqa: DTZ001


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_no_moment_stays_no_moment(dialect: Any) -> None:
    column = UtcDateTime()
    assert column.process_bind_param(None, dialect) is None
    assert column.process_result_value(None, dialect) is None
