"""When a follow-up comes: at the hour that was chosen in Việt Nam, never at night, never before its time."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.follow_up import DAYS, LATE, PARTS, Part, chosen_time, is_allowed, may_come_at, same_hour_after
from bot.times import VIETNAM

moments = st.timedeltas(timedelta(), timedelta(days=1500)).map(lambda span: datetime(2026, 1, 1, tzinfo=UTC) + span)
days = st.sampled_from(DAYS)
parts: st.SearchStrategy[Part] = st.sampled_from(list(PARTS))
late = st.timedeltas(timedelta(), timedelta(days=20))


@given(now=moments, day=days, part=parts)
def test_the_chosen_time_is_that_hour_of_that_day_in_viet_nam_kept_in_utc(now: datetime, day: int, part: Part) -> None:
    due = chosen_time(now, day, part)
    here = due.astimezone(VIETNAM)
    assert due.tzinfo is UTC
    assert here.timetz().replace(tzinfo=None) == PARTS[part]
    assert here.date() == now.astimezone(VIETNAM).date() + timedelta(days=day)
    assert due > now


@given(now=moments, day=days, part=parts)
def test_no_choice_leads_into_the_night(now: datetime, day: int, part: Part) -> None:
    assert is_allowed(chosen_time(now, day, part))


@pytest.mark.parametrize(
    ("hour", "allowed"),
    [
        (time(6, 59, 59), False), (time(7), True), (time(12), True), (time(20, 59, 59), True),
        (time(21), False), (time(23, 59), False), (time(0), False),
    ],
)  # fmt: skip
def test_the_night_is_from_nine_to_seven_in_viet_nam(hour: time, allowed: bool) -> None:
    assert is_allowed(datetime.combine(date(2026, 11, 22), hour, VIETNAM).astimezone(UTC)) is allowed


@given(now=moments, day=days, part=parts, delay=late)
def test_it_comes_at_its_time_or_later_and_never_at_night(
    now: datetime, day: int, part: Part, delay: timedelta
) -> None:
    due = chosen_time(now, day, part)
    at = may_come_at(due, due + delay)
    assert at >= due + delay
    assert is_allowed(at)
    assert at == due + delay or at.astimezone(VIETNAM).time() == PARTS[part]


@given(now=moments, day=days, part=parts, delay=late)
def test_it_comes_at_once_by_day_where_it_is_less_than_a_day_late(
    now: datetime, day: int, part: Part, delay: timedelta
) -> None:
    due = chosen_time(now, day, part)
    comes_now = may_come_at(due, due + delay) == due + delay
    assert comes_now == (is_allowed(due + delay) and delay < LATE)


@given(now=moments, day=days, part=parts, delay=late)
def test_a_moved_one_comes_when_its_new_time_rings(now: datetime, day: int, part: Part, delay: timedelta) -> None:
    moved = same_hour_after(chosen_time(now, day, part), now + delay)
    assert timedelta() <= moved - (now + delay) or moved == chosen_time(now, day, part)
    assert may_come_at(moved, moved) == moved


@given(now=moments, early=st.timedeltas(timedelta(seconds=1), timedelta(days=7)))
def test_a_ring_before_its_time_waits_for_it(now: datetime, early: timedelta) -> None:
    due = chosen_time(now, 1, "evening")
    assert may_come_at(due, due - early) == due
