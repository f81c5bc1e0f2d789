"""A typed day and part of the day: only a text that names them and nothing else is an answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.answers import Appointment, read_appointment


@pytest.mark.parametrize(
    ("text", "days", "part"),
    [
        ("mai", 1, None),
        ("ngày mai ạ", 1, None),
        ("tối mai nha cô", 1, "evening"),
        ("toi mai", 1, "evening"),
        ("mai, sau giờ học", 1, "afternoon"),
        ("3 ngày nữa", 3, None),
        ("ba ngày nữa buổi tối", 3, "evening"),
        ("1 tuần nữa", 7, None),
        ("tuần sau, tan học ạ", 7, "afternoon"),
        ("buổi tối", None, "evening"),
        ("Sau giờ học", None, "afternoon"),
        ("được ạ, tối mai", 1, "evening"),
        ("tomorrow evening please", 1, "evening"),
        ("in 3 days, after school", 3, "afternoon"),
        ("next week", 7, None),
    ],
)
def test_a_day_a_part_of_the_day_or_both_are_taken(text: str, days: int | None, part: str | None) -> None:
    found = read_appointment(text)
    assert found is not None
    assert (found.days, found.part) == (days, part)


@pytest.mark.parametrize(
    "text",
    [
        "", "🙂", "dạ", "ok", "ừ", "có", "mai hoặc 3 ngày nữa", "mai cũng được", "chắc tối mai",
        "để mai tính", "mai bố về", "tối em sợ lắm", "buổi tối bố hay đánh em", "8 giờ tối mai", "đừng",
        "mai không được", "sau giờ học hoặc buổi tối", "hôm qua", "khi nào cũng được",
        "tomorrow or next week", "maybe tomorrow",
    ],
)  # fmt: skip
def test_what_says_less_more_or_two_things_is_no_answer(text: str) -> None:
    assert read_appointment(text) is None


@given(text=st.text(max_size=60))
def test_any_text_is_read_without_an_error_and_never_as_an_empty_answer(text: str) -> None:
    assert read_appointment(text) != Appointment()
