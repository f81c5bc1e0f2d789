import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlu.normalise import LIMIT, fold, normalise

ANY_TEXT = st.text(st.characters(), max_size=200)
VIETNAMESE = st.text(
    st.sampled_from("aăâeêioôơuưyáàảãạđbcghklmnpqrstvx .,!?-_😢\u0301\u0323\u200b0123456789"), max_size=80
)


@pytest.mark.parametrize(
    ("sent", "canonical"),
    [
        ("ko", "không"),
        ("hok biết z", "không biết vậy"),
        ("e k ổn", "em không ổn"),
        ("hqua ba quýnh e", "hôm qua ba đánh em"),
        ("đauuuuu wá", "đau quá"),
        ("nhma mk hông thik", "nhưng mà mình không thích"),
        ("hoà bình", "hòa bình"),
        ("hòan toàn", "hoàn toàn"),
        ("ngừơi", "người"),
        ("b.ố", "bố"),
        ("b ố", "bố"),
        ("t ự  t ử", "tự tử"),
        ("t ự t ử", "tự tử"),
        ("c.h.ế.t", "chết"),
        ("b\u200bố", "bố"),
        ("bо", "bo"),
        ("Đa\u0301nh", "đánh"),
        ("e\u0323\u0302m", "ệm"),
        ("fải đj", "phải đi"),
        ("con 12t", "con 12 tuổi"),
        ("lop4", "lop 4"),
        ("huhu :(((", "😢 😢"),
        ("kkkk", "😂"),
        ("👍🏽", "👍"),
        ("xem https://a.vn/b?c=1 đi", "xem https://a.vn/b?c=1 đi"),
        ("app ok good", "app ok good"),
        ("t.p v.v", "t.p v.v"),
        ("bạn m ở đâu", "bạn mày ở đâu"),
        ("", ""),
        (" \n\t ", ""),
    ],
)
def test_canonical_form(sent: str, canonical: str) -> None:
    assert normalise(sent).text == canonical


def test_a_span_leads_back_to_the_text_as_sent() -> None:
    sent = "Hqua  b.ố   quýnhhhh e"
    normalised = normalise(sent)
    start = normalised.text.index("bố đánh")
    first, last = normalised.span(start, start + len("bố đánh"))
    assert sent[first:last] == "b.ố   quýnhhhh"


@given(ANY_TEXT | VIETNAMESE)
def test_every_position_lies_inside_the_text_as_sent(sent: str) -> None:
    normalised = normalise(sent)
    size = len(normalised.text)
    assert size == len(normalised.folded) == len(normalised.starts) == len(normalised.ends)
    for start, end in zip(normalised.starts, normalised.ends, strict=True):
        assert 0 <= start <= end <= len(sent)
    assert list(normalised.starts) == sorted(normalised.starts)


@given(ANY_TEXT | VIETNAMESE, st.integers(0, 80), st.integers(0, 80))
def test_every_span_lies_inside_the_text_as_sent(sent: str, one: int, other: int) -> None:
    normalised = normalise(sent)
    first, last = sorted((min(one, len(normalised.text)), min(other, len(normalised.text))))
    start, end = normalised.span(first, last)
    assert 0 <= start <= end <= len(sent)


@given(st.lists(st.sampled_from(["bố", "đánh", "em", "hôm", "qua", "sợ", "lắm", "người"]), min_size=1, max_size=9))
def test_standard_vietnamese_stays_and_every_word_finds_its_place(words: list[str]) -> None:
    sent = " ".join(words)
    for form in ("NFC", "NFD"):
        typed = unicodedata.normalize(form, sent)
        normalised = normalise(typed)
        assert normalised.text == sent
        at = 0
        for word in words:
            start, end = normalised.span(at, at + len(word))
            assert unicodedata.normalize("NFC", typed[start:end]) == word
            at += len(word) + 1


@given(ANY_TEXT | VIETNAMESE)
def test_folding_twice_changes_nothing(sent: str) -> None:
    assert fold(fold(sent)) == fold(sent)


@given(VIETNAMESE)
def test_folded_form_has_no_marks(sent: str) -> None:
    assert not any(unicodedata.combining(char) for char in unicodedata.normalize("NFD", normalise(sent).folded))


def test_fold() -> None:
    assert fold("  Bố  ĐÁNH\n em ") == "bo danh em"


@settings(max_examples=10, deadline=None)
@given(st.text(st.characters(), min_size=1, max_size=30))
def test_a_very_long_text_keeps_its_end(piece: str) -> None:
    sent = piece * (2 * LIMIT // len(piece)) + " em sợ"
    normalised = normalise(sent)
    start, end = normalised.span(len(normalised.text) - 2, len(normalised.text))
    assert sent[start:end] == "sợ"
