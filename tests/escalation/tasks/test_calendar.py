"""Working days and the ends of terms, over weekends, Tết, swaps and the turn of the year."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from escalation.tasks.calendar import HANOI, WorkCalendar, days_of

PLAIN = WorkCalendar()
DAYS = st.dates(date(2024, 1, 1), date(2040, 12, 31))
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2040, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001  # given one
CALENDARS = st.builds(
    lambda off, worked: WorkCalendar(days_off=frozenset(off - worked), make_up_days=frozenset(worked)),
    st.sets(DAYS, max_size=20),
    st.sets(DAYS, max_size=20),
)


SLOW_AT_FIRST = settings(deadline=None)  # the first look at a year reads its holidays


def hanoi(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=HANOI)


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2026, 11, 23), True),
        (date(2026, 11, 21), False),  # Saturday
        (date(2026, 11, 22), False),  # Sunday
        (date(2026, 11, 24), False),  # the Day of Vietnamese Culture, since 2026
        (date(2027, 1, 1), False),
        (date(2027, 2, 4), False),  # the day before the eve of Tết, since two days of Tết fall on a weekend
        (date(2027, 2, 10), False),
        (date(2027, 2, 11), True),
        (date(2026, 4, 27), False),  # the kings Hùng on a Sunday, made up for on Monday
        (date(2026, 8, 31), False),  # swapped ...
        (date(2026, 8, 22), True),  # ... for this Saturday
    ],
)
def test_the_public_calendar_is_known(day: date, *, worked: bool) -> None:
    assert PLAIN.is_worked(day) is worked


def test_what_is_announced_late_goes_before_what_is_known() -> None:
    calendar = WorkCalendar(days_off=days_of("2027-02-03, 2027-02-11"), make_up_days=days_of("2027-02-20,2027-02-10"))
    assert not calendar.is_worked(date(2027, 2, 3))
    assert not calendar.is_worked(date(2027, 2, 11))
    assert calendar.is_worked(date(2027, 2, 20))  # a Saturday
    assert calendar.is_worked(date(2027, 2, 10))  # a public holiday that the operator's office works on


@pytest.mark.parametrize(
    ("received", "ends"),
    [
        (hanoi(2026, 11, 9, 9), hanoi(2026, 11, 17)),  # Monday: until the end of the next Monday
        (hanoi(2026, 11, 13, 23, 59), hanoi(2026, 11, 21)),  # Friday night: until the end of Friday
        (hanoi(2026, 11, 14, 0, 1), hanoi(2026, 11, 21)),  # a minute later, Saturday: the same
        (hanoi(2026, 11, 22, 15), hanoi(2026, 12, 1)),  # Sunday, with the 24th in the week
        (hanoi(2026, 12, 28, 10), hanoi(2027, 1, 6)),  # over New Year: 29, 30, 31, 4, 5
        (hanoi(2027, 2, 3, 10), hanoi(2027, 2, 18)),  # the last day before Tết: 11, 12, 15, 16, 17
        (datetime(2026, 11, 8, 17, 30, tzinfo=UTC), hanoi(2026, 11, 17)),  # in Việt Nam it is Monday already
    ],
)
def test_five_working_days_end_with_the_fifth(received: datetime, ends: datetime) -> None:
    assert PLAIN.after(received, 5) == ends


def test_a_swap_moves_the_end_of_a_term() -> None:
    before_tet = hanoi(2027, 2, 3, 10)
    longer = WorkCalendar(days_off=days_of("2027-02-11"))
    assert longer.after(before_tet, 5) == hanoi(2027, 2, 19)
    shorter = WorkCalendar(days_off=days_of("2027-02-11"), make_up_days=days_of("2027-02-13"))
    assert shorter.after(before_tet, 5) == hanoi(2027, 2, 18)


@SLOW_AT_FIRST
@given(CALENDARS, MOMENTS, st.integers(1, 15))
@example(PLAIN, datetime(2027, 12, 31, 16, 59, 59, tzinfo=UTC), 5)
def test_a_term_holds_exactly_its_working_days(calendar: WorkCalendar, start: datetime, days: int) -> None:
    end = calendar.after(start, days)
    first = start.astimezone(HANOI).date()
    inside = [first + timedelta(number) for number in range(1, (end.date() - first).days)]
    assert sum(map(calendar.is_worked, inside)) == days
    assert calendar.is_worked(inside[-1])
    assert (end.hour, end.minute, end.second, end.utcoffset()) == (0, 0, 0, timedelta(hours=7))


@SLOW_AT_FIRST
@given(CALENDARS, MOMENTS, st.integers(1, 15))
def test_a_longer_term_ends_later_and_a_later_start_never_sooner(
    calendar: WorkCalendar, start: datetime, days: int
) -> None:
    assert calendar.after(start, days) < calendar.after(start, days + 1)
    assert calendar.after(start, days) <= calendar.after(start + timedelta(hours=5), days)


@SLOW_AT_FIRST
@given(CALENDARS, MOMENTS, st.integers(1, 10))
def test_what_is_left_is_all_at_the_start_and_nothing_on_the_last_day(
    calendar: WorkCalendar, start: datetime, days: int
) -> None:
    end = calendar.after(start, days)
    assert calendar.between(start, end) == days
    assert calendar.between(end - timedelta(seconds=1), end) == 0
    assert calendar.between(end + timedelta(days=3), end) == 0


@SLOW_AT_FIRST
@given(MOMENTS)
def test_a_day_off_never_brings_a_deadline_nearer(start: datetime) -> None:
    tomorrow = start.astimezone(HANOI).date() + timedelta(days=1)
    assert WorkCalendar(days_off=frozenset({tomorrow})).after(start, 5) >= PLAIN.after(start, 5)


def test_days_are_read_as_they_are_written_and_a_wrong_one_is_named() -> None:
    assert days_of("") == frozenset()
    assert days_of(" 2027-02-03 ,2027-02-04, ") == {date(2027, 2, 3), date(2027, 2, 4)}
    with pytest.raises(ValueError, match=r"'3/2/2027' is not a day; write year-month-day"):
        days_of("2027-02-03, 3/2/2027")


def test_a_day_that_is_off_and_worked_is_refused() -> None:
    with pytest.raises(ValueError, match="2027-02-03: a day is off or worked, not both"):
        WorkCalendar(days_off=days_of("2027-02-03"), make_up_days=days_of("2027-02-03,2027-02-06"))
