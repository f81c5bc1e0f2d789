"""What belongs to a consent of its own is found in a child's words; helplines are not, and no text breaks it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.masking import masks

digits = st.text("0123456789", min_size=8, max_size=8)


def hidden(text: str, item: str) -> list[str]:
    return [text[start:end] for start, end, kind in masks(text) if kind == item]


@given(text=st.text(max_size=200))
def test_no_text_breaks_it_and_every_span_lies_inside(text: str) -> None:
    for start, end, item in masks(text):
        assert 0 <= start < end <= len(text)
        assert item in {"phone", "nickname", "area"}


@given(
    text=st.lists(
        st.sampled_from(
            ["tên", "em", "là", "số nhà", "đường", "0912345678", "+84", "Na", "12/3", ".", "\n", "à", "xã"]
        ),
        max_size=60,
    ).map(" ".join)
)
def test_words_that_belong_to_spans_never_break_it(text: str) -> None:
    assert all(0 <= start < end <= len(text) for start, end, _ in masks(text))


def test_ten_thousand_characters_are_read_at_once() -> None:
    assert masks("tên là " * 1500) is not None
    assert masks("0 " * 5000) is not None
    assert masks("A " * 5000) is not None


@given(rest=digits, prefix=st.sampled_from(["0", "84", "+84"]), joint=st.sampled_from(["", " ", ".", "-"]))
def test_a_phone_is_found_however_it_is_written(rest: str, prefix: str, joint: str) -> None:
    number = prefix + joint + joint.join((rest[:2], rest[2:5], rest[5:])) + "9"
    assert hidden(f"gọi em số {number} nhé", "phone") == [number]


@pytest.mark.parametrize(
    "text", ["0912345678", "gọi 0912 345 678 nha", "+84912345678", "sđt: 091.234.5678", "(091-234-5678)", "02438123456"]
)
def test_phones_are_found(text: str) -> None:
    assert len(hidden(text, "phone")) == 1


@pytest.mark.parametrize("number", ["111", "113", "114", "115"])
@given(
    before=st.sampled_from(["gọi ", "số ", "", "tổng đài ", "em gọi "]),
    after=st.sampled_from(["", " nhé", ".", ", 113"]),
)
def test_helplines_are_never_hidden(number: str, before: str, after: str) -> None:
    text = f"{before}{number}{after}"
    place = text.index(number)
    assert not [span for span in masks(text) if span[0] < place + len(number) and span[1] > place]


@pytest.mark.parametrize("text", ["em 12 tuổi", "năm 2026", "200000 đồng", "1 2 3 4", "lớp 6A2", "điểm 0 5"])
def test_other_numbers_are_not_phones(text: str) -> None:
    assert hidden(text, "phone") == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("em tên là Nguyễn Văn An, em sợ", "Nguyễn Văn An"),
        ("tên của em là Na", "Na"),
        ("con tên Bông ạ", "Bông"),
        ("TÊN EM LÀ AN", "AN"),
        ("my name is Linh and i am scared", "Linh"),
        ("em ten la Hoa", "Hoa"),
    ],
)
def test_a_name_is_hidden_and_the_sentence_goes_on(text: str, name: str) -> None:
    assert hidden(text, "nickname") == [name]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("nhà em ở số nhà 12 đường Lê Lợi", "12"),
        ("em ở xã Tả Phìn", "Tả Phìn"),
        ("em ở tỉnh Lào Cai", "Lào Cai"),
        ("ngõ 25/3 phường Láng Hạ", "25/3"),
        ("em sống ở thôn đoài", "đoài"),
        ("TP. Hải Phòng", "Hải Phòng"),
    ],
)
def test_an_address_is_hidden(text: str, part: str) -> None:
    assert any(part in found for found in hidden(text, "area"))


@pytest.mark.parametrize(
    "text", ["bố đánh em trên đường về", "em sợ lắm", "ở trường có bạn trêu em", "con muốn nói chuyện với cô"]
)
def test_a_plain_sentence_stays_whole(text: str) -> None:
    assert masks(text) == []
