"""Two spellings of one thing become the same terms."""

from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.schema import SearchWords
from content.terms import Vocabulary, fold

WORDS = SearchWords(
    lang="vi",
    expressions=MappingProxyType(
        {
            "tài khoản": ("acc", "nick"),
            "free fire": ("ff",),
            "kết bạn": ("kb",),
            "chatgpt": ("AI",),
            "không": ("ko",),
        }
    ),
    skip=("bạn", "không", "ai", "của"),
)
VOCABULARY = Vocabulary.of(WORDS)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("acc ff của bạn", ["tài", "khoản", "free", "fire"]),
        ("ACC FF", ["tài", "khoản", "free", "fire"]),
        ("kb ko", ["kết", "bạn"]),
        ("kết bạn", ["kết", "bạn"]),
        ("ket ban", ["kết", "bạn"]),
        ("AI là ai", ["chatgpt", "là"]),
        ("haaackkk 111", ["hack", "111"]),
        ("phim 18+", ["phim", "18+"]),
    ],
)
def test_words_are_brought_to_ours(typed: str, meant: list[str]) -> None:
    assert VOCABULARY.words(typed) == meant


def test_an_accent_that_is_typed_is_not_another_word() -> None:
    assert VOCABULARY.words("bán bàn") == ["bán", "bàn"]


def test_without_a_list_texts_are_only_cut_and_folded() -> None:
    assert Vocabulary.of(None).words("Hello, world!") == ["hello", "world"]


def test_pairs_and_letters_are_terms_too() -> None:
    terms = list(VOCABULARY.terms("mật khẩu", letters=True))
    assert ("pair", "mat khau") in terms
    assert ("accented", "mật") in terms
    assert ("letters", " ma") in terms
    assert not any(term.kind == "letters" for term in VOCABULARY.terms("mật khẩu", letters=False))


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    assert all(fold(word) == fold(fold(word)) for word in VOCABULARY.words(text))
