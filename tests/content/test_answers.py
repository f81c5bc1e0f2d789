import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.answers import Answers, fold

PHRASES = [("Đồng ý", "yes"), ("Không", "no"), ("Dừng", "stop"), ("Đúng", "right"), ("1️⃣ Hòa", "peace")]
ANSWERS = Answers.of(PHRASES)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("đồng ý", "yes"),
        ("Đồng  Ý…", "yes"),
        ("đông y", "yes"),
        ("dong ý", "yes"),
        ("đóng ý", None),  # another word
        ("khong", "no"),
        ("khống", None),
        ("đừng", None),
        ("dung", None),
        ("đung", "right"),
        ("1 hoà", "peace"),
        ("đồng ý nha", None),
        ("không đồng ý", None),
        ("👍", None),
        ("Đồng ý", "yes"),
    ],
)
def test_an_accent_may_be_left_out_but_not_changed(text: str, expected: str | None) -> None:
    assert ANSWERS.find(text) == expected


def test_the_same_words_for_two_choices_are_for_neither() -> None:
    answers = Answers.of([("Có", "a"), ("có!", "b"), ("cỏ", "c")])
    assert answers.find("có") is None
    assert answers.find("co") is None
    assert answers.find("có", {"a", "c"}) == "a"


def test_fold() -> None:
    assert fold("  ĐỒNG ý, “nhé”! 👍 ") == "dong y nhe"


@given(st.sampled_from(PHRASES), st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]), st.text(alphabet=" .,!?…👍\n"))
def test_spelling_habits_do_not_matter(phrase: tuple[str, str], form: str, around: str) -> None:
    text, choice_id = phrase
    written = unicodedata.normalize(form, f"{around}{text.upper()}{around}")  # type: ignore[arg-type]
    assert ANSWERS.find(written) == choice_id


@given(st.text())
def test_any_text_names_an_offered_choice_or_none(text: str) -> None:
    assert ANSWERS.find(text, {"yes"}) in ("yes", None)


@given(st.text(min_size=1))
def test_more_words_are_another_answer(text: str) -> None:
    if fold(text):
        assert ANSWERS.find(f"Đồng ý {text}") is None
