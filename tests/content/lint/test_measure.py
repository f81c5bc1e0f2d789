import pytest

from content.lint.measure import emoji, sentences, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0),
        ("Gọi 111 ngay.", 3),
        ("## Gọi ngay", 2),
        ("- Gọi **cô giáo** – nhé 🙂", 4),
        ("1. Dừng\n2. Kể", 2),
        ("Chào {name}, {age} tuổi", 4),
        ("24/7 … —", 1),
        ("1️⃣ Dừng", 1),
    ],
)
def test_words(text: str, expected: int) -> None:
    assert words(text) == expected


def test_sentences_and_where_they_begin() -> None:
    text = "## Một\nHai ba. “Bốn!” **Năm?** Sáu\n\n- bảy\n2. vn-cop.vn là gì… 8.5"
    found = list(sentences(text))
    assert [sentence for _, sentence in found] == [
        "Một", "Hai ba.", "“Bốn!”", "Năm?", "Sáu", "bảy", "vn-cop.vn là gì…", "8.5",
    ]  # fmt: skip
    assert [text.count("\n", 0, offset) for offset, _ in found] == [0, 1, 1, 1, 1, 3, 4, 4]


def test_bold_around_two_sentences() -> None:
    assert [sentence for _, sentence in sentences("**Một. Hai.** Ba")] == ["Một.", "Hai.", "Ba"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("abc 123 #", 0),
        ("🙂", 1),
        ("🛡️ a ✅", 2),
        ("👨‍👩‍👧", 1),
        ("🇻🇳", 1),
        ("👍🏽", 1),
        ("1️⃣", 1),
        ("❤️", 1),
        ("a – “b” …", 0),
    ],
)
def test_emoji(text: str, expected: int) -> None:
    assert emoji(text) == expected
