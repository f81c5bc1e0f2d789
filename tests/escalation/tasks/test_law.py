from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation.priority import TARGETS
from escalation.tasks.calendar import HANOI, WorkCalendar
from escalation.tasks.law import LEGAL, deadline, owed, standing

RECEIVED = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)  # Sunday, 3 o'clock at night in Việt Nam


@pytest.mark.parametrize("urgency", TARGETS)
def test_serious_harm_and_danger_owe_both_at_once_and_the_rest_nothing_yet(urgency: str) -> None:
    assert owed(urgency) == (() if urgency == "moderate" else LEGAL)


def test_twelve_hours_run_through_the_night_and_the_weekend() -> None:
    assert deadline("urgent_assessment", RECEIVED, WorkCalendar()) == RECEIVED + timedelta(hours=12)


def test_five_working_days_follow_the_calendar() -> None:
    assert deadline("plan", RECEIVED, WorkCalendar()) == datetime(2026, 12, 1, tzinfo=HANOI)


@given(st.integers(1, 10**6), st.integers(0, 2 * 10**6))
def test_the_end_is_near_at_two_thirds_and_overdue_at_the_end(span: int, passed: int) -> None:
    due = RECEIVED + timedelta(seconds=span)
    found = standing(RECEIVED, due, RECEIVED + timedelta(seconds=passed))
    if passed >= span:
        assert found == "overdue"
    else:
        assert found == ("soon" if passed * 3 >= span * 2 else "in_time")
