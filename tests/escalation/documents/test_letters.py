import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from escalation.documents.letters import drawn, plain

BIDI = "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def test_what_reverses_other_letters_is_left_out() -> None:
    assert plain(f"An{BIDI}na") == "Anna"


def test_what_hides_between_letters_is_left_out() -> None:
    assert plain("so\u00ad\u200bđiện\ufeff thoại\x00\x1b\x7f") == "sođiện thoại"


def test_every_end_of_a_line_is_one_newline() -> None:
    assert plain("a\r\nb\rc\vd\fe\x85f\u2028g\u2029h") == "a\nb\nc\nd\ne\nf\ng\nh"


def test_what_no_file_may_hold_leaves_a_sign_behind() -> None:
    assert plain("a\ud800b\uffffc") == "a\ufffdb\ufffdc"


def test_a_letter_and_its_accents_become_one_letter() -> None:
    assert plain(unicodedata.normalize("NFD", "Nguyễn Thị Hường")) == "Nguyễn Thị Hường"


def test_a_sign_of_several_stays_whole_for_those_who_can_draw_it() -> None:
    assert plain("👨‍👩‍👧") == "👨‍👩‍👧"


def test_what_the_page_cannot_draw_is_named_in_the_readers_language() -> None:
    assert drawn("em sợ 😭 👍🏽", "vi") == "em sợ [mặt khóc to] [ngón tay cái giơ lên]"
    assert drawn("scared 😭", "en") == "scared [loudly crying face]"


def test_a_letter_without_a_name_is_told_by_its_number() -> None:
    assert drawn("\ue000", "vi") == "[u+e000]"


@given(st.text())
def test_making_plain_twice_changes_no_more(text: str) -> None:
    assert plain(plain(text)) == plain(text)


@given(st.text(st.characters(exclude_categories=("Cc", "Cf", "Cs", "Cn", "Zl", "Zp"))))
def test_everything_but_controls_stays_as_it_is(text: str) -> None:
    assert plain(text) == unicodedata.normalize("NFC", text)


@given(st.text(), st.sampled_from(["vi", "en"]))
def test_what_is_drawn_holds_no_control(text: str, language: str) -> None:
    seen = drawn(text, "en" if language == "en" else "vi")
    assert all(letter == "\n" or unicodedata.category(letter)[0] != "C" for letter in seen)
