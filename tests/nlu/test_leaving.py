"""What asks for lines to be left out is read; anything that could be a story is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.answers import read_leaving_out


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("bỏ câu 2", (2,)),
        ("bỏ dòng 2 và 3", (2, 3)),
        ("bo cau 2, 3", (2, 3)),
        ("Bỏ câu 2\nbỏ câu 4", (2, 4)),
        ("dạ bỏ dòng hai ạ", (2,)),
        ("bỏ câu hai và ba nha", (2, 3)),
        ("bỏ dòng 2 đến 4 ạ", (2, 3, 4)),
        ("bỏ 2-4", (2, 3, 4)),
        ("đừng gửi câu 1", (1,)),
        ("em muốn bỏ dòng 1 với 2", (1, 2)),
        ("leave out 2", (2,)),
        ("don't send line 3", (3,)),
    ],
)
def test_the_numbers_are_read(text: str, numbers: tuple[int, ...]) -> None:
    assert read_leaving_out(text) == numbers


@pytest.mark.parametrize(
    "text",
    ["bỏ", "bỏ qua", "bỏ qua đi", "bỏ câu", "bỏ ba", "bố bỏ em 2 lần", "bỏ nhà đi 2 ngày", "bỏ câu 2 ba đánh em", "2"],
)
def test_a_story_or_half_a_wish_leaves_nothing_out(text: str) -> None:
    assert read_leaving_out(text) is None


@given(numbers=st.sets(st.integers(1, 999), min_size=1, max_size=5), unit=st.sampled_from(["câu", "dòng", "line"]))
def test_any_list_of_numbers_is_read_whole(numbers: set[int], unit: str) -> None:
    listed = ", ".join(str(number) for number in numbers)
    assert read_leaving_out(f"bỏ {unit} {listed}") == tuple(sorted(numbers))


@given(text=st.text(max_size=60))
def test_no_text_breaks_the_reading(text: str) -> None:
    read_leaving_out(text)
