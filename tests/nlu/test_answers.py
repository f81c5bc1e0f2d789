import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.answers import (
    StatedFacts,
    read_about,
    read_exit,
    read_language,
    read_safety,
    speaks_of_dying,
    stated_facts,
    tells_attempt,
)

TEXT = st.text(st.characters(), max_size=60)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *(
            (text, "safe")
            for text in ("có", "em ổn", "an toàn", "dạ có ạ", "em an toàn rồi", "không sao", "yes", "co", "an toan")
        ),
        *((text, "safe") for text in ("không nguy hiểm", "dạ em đang an toàn ạ")),
        *(
            (text, "unsafe")
            for text in ("ko", "không an toàn", "ba đang đập cửa", "nó đang ở ngoài", "chưa", "em ko ổn", "no")
        ),
        *(
            (text, "unsafe")
            for text in ("có nhưng ba sắp về", "em sợ lắm", "k an toan", "có người ngoài cửa", "khong", "ko ạ")
        ),
        *(
            (text, "unclear")
            for text in ("", "chắc vậy", "em không biết", "trời mưa", "hình như có", "tạm ổn", "ba đang ngủ", "😭")
        ),
    ],
)
def test_safety(text: str, expected: str) -> None:
    assert read_safety(text) == expected


@pytest.mark.parametrize("text", ["con sợ mẹ biết", "em sợ mọi người biết chuyện ạ", "an toàn mà em sợ mẹ buồn"])
def test_to_be_afraid_of_telling_is_asked_about_again(text: str) -> None:
    assert read_safety(text) == "unclear"


@pytest.mark.parametrize(
    "text",
    ["em sợ ba biết em ở đây", "em sợ không biết làm sao", "ba đang say, em sợ mẹ biết", "em sợ ba biết ba đánh"],
)
def test_to_be_afraid_of_what_happens_is_danger(text: str) -> None:
    assert read_safety(text) == "unsafe"


@pytest.mark.parametrize("text", ["bố xỉn rồi", "ba xin roi", "bo dang say xin"])
def test_somebody_drunk_is_danger_however_it_is_typed(text: str) -> None:
    assert read_safety(text) == "unsafe"


@pytest.mark.parametrize("text", ["cháu bảo người ta xin ảnh của cháu", "em xin lỗi", "bố xin lỗi em"])
def test_to_ask_for_something_is_not_to_be_drunk(text: str) -> None:
    assert read_safety(text) == "unclear"


@pytest.mark.parametrize("danger", ["ba đang đập cửa", "nó ở ngoài cửa", "em đang trốn", "ba cầm dao đuổi em"])
@pytest.mark.parametrize("before", ["có", "em ổn", "an toàn", "dạ có ạ"])
def test_a_sign_of_danger_outweighs_every_yes(before: str, danger: str) -> None:
    assert read_safety(f"{before} mà {danger}") == "unsafe"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *(
            (text, "me")
            for text in ("em", "chuyện của em", "mình đó", "em á", "dạ em", "chuyen cua em", "me", "chính em luôn")
        ),
        *(
            (text, "friend")
            for text in ("bạn em", "chuyện của bạn em", "em gái em", "một bạn trong lớp", "friend", "đứa bạn thân")
        ),
        *((text, "lesson") for text in ("bài học thôi", "trong game", "bài tập ạ", "homework", "trong phim á")),
        *((text, "nothing") for text in ("không có gì đâu", "đùa thôi", "ko có j", "khong co gi", "nói chơi á")),
        *((text, "silent") for text in ("em không muốn nói", "khó nói lắm", "ko muốn kể", "kho noi lam", "ngại lắm")),
        *((text, "unclear") for text in ("", "hmm", "trời mưa", "ừ", "😶")),
    ],
)
def test_about(text: str, expected: str) -> None:
    assert read_about(text) == expected


@pytest.mark.parametrize(
    ("text", "band", "role"),
    [
        ("mình 9 tuổi", "6-10", "child"),
        ("e lop 4", "6-10", "child"),
        ("con 12t", "11-14", "child"),
        ("12", "11-14", "child"),
        ("lớp 11", "15-17", "child"),
        ("em năm nay học lớp 7 ạ", "11-14", "child"),
        ("em học lớp 6a2 rồi", "11-14", "child"),
        ("t 15 tuoi", "15-17", "child"),
        ("i am 12 years old", "11-14", "child"),
        ("con gái tôi bị bạn đánh", "adult", "parent"),
        ("con gái tôi 9 tuổi", "adult", "parent"),
        ("cháu ngoại tôi", "adult", "parent"),
        ("tôi là cô giáo", "adult", "parent"),
        ("toi la me cua be", "adult", "parent"),
        ("em là học sinh", None, "child"),
        ("bạn em 9 tuổi", None, None),
        ("em gái con 5 tuổi", None, None),
        ("em trai em lớp 3 bị đánh", None, None),
        ("chị em 16 tuổi", None, None),
        ("có 3 bạn lớp 8 đánh em", None, None),
        ("bố em 40 tuổi", None, None),
        ("em 30 tuổi", None, None),
        ("", None, None),
    ],
)
def test_stated_facts(text: str, band: str | None, role: str | None) -> None:
    found = stated_facts(text)
    assert (found.band, found.role) == (band, role)


@pytest.mark.parametrize(
    "text", ["thoát", "thoat", "/thoat", "exit", "/exit", "thoát ra", "tắt đi", "THOÁT!!!", "em muốn thoát"]
)
def test_exit(text: str) -> None:
    assert read_exit(text)


@pytest.mark.parametrize(
    "text",
    ["", "em muốn thoát khỏi nhà này", "tắt máy tính đi ngủ", "thoát thân", "làm sao thoát khỏi ba", "không", "😭"],
)
def test_no_exit(text: str) -> None:
    assert not read_exit(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hello i need help", "en"),
        ("my dad hits me", "en"),
        ("im scared", "en"),
        ("em buồn", "vi"),
        ("ok", "vi"),
        ("em dang buon", "vi"),
        ("toi la me", "vi"),
        ("", "vi"),
        ("😭", "vi"),
    ],
)
def test_language(text: str, expected: str) -> None:
    assert read_language(text) == expected


@given(TEXT)
def test_no_text_breaks_a_reader(text: str) -> None:
    assert read_safety(text) in {"safe", "unsafe", "unclear"}
    assert read_about(text) in {"me", "friend", "lesson", "nothing", "silent", "unclear"}
    assert isinstance(stated_facts(text), StatedFacts)
    assert read_exit(text) in {True, False}
    assert read_language(text) in {"vi", "en"}


@given(st.sampled_from(["không", "ko", "chưa", "hông"]), st.sampled_from(["an toàn", "ổn", "ok"]))
def test_a_denied_safety_is_never_safe(no: str, good: str) -> None:
    assert read_safety(f"em {no} {good}") == "unsafe"


@pytest.mark.parametrize(
    "text", ["mún chết wa", "chết mất thôi", "em chán sống r", "ko mún sống nữa", "muon chet qua", "i want to die"]
)
def test_words_of_dying_are_found_in_any_spelling(text: str) -> None:
    assert speaks_of_dying(text)


@pytest.mark.parametrize(
    "text", ["bạn em vừa tự tử", "ban em tu tu roi", "em vừa tự tử xong", "con tôi mới định tự tử"]
)
def test_an_attempt_is_found_in_any_spelling(text: str) -> None:
    assert tells_attempt(text)


@pytest.mark.parametrize("text", ["tự tử là gì", "sao lão Hạc tự tử", "tự tin rồi", "em buồn", ""])
def test_a_word_of_it_is_no_attempt(text: str) -> None:
    assert not tells_attempt(text)


@pytest.mark.parametrize(
    "text",
    ["cười muốn chết", "nóng chết mất", "đói bụng muốn chết", "con cá chết rồi", "điện thoại chết máy", "", "em sợ"],
)
def test_heat_hunger_and_fish_are_no_wish_to_die(text: str) -> None:
    assert not speaks_of_dying(text)
