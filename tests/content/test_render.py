import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.render import split_for, to_plain


def test_a_card_in_a_chat() -> None:
    card = "## Dừng **lại**\n\nMột **hai**.\nGọi:\n111\n\n- a\n- b\n\n2. c\n3. d"
    assert to_plain(card) == "Dừng lại\n\nMột hai.\nGọi:\n111\n\n• a\n• b\n\n2. c\n3. d"


@given(st.text(alphabet="ab *#-1.\n"))
def test_no_word_is_lost_in_plain_text(text: str) -> None:
    assert re.findall("[ab]", to_plain(text)) == re.findall("[ab]", text)


@pytest.mark.parametrize(
    ("text", "limit", "parts"),
    [
        ("", 5, ()),
        (" \n ", 5, ()),
        ("ngắn", 5, ("ngắn",)),
        ("Một hai.\n\nBa bốn.\nNăm.", 16, ("Một hai.", "Ba bốn.\nNăm.")),
        ("Một hai.\nBa. Bốn.", 14, ("Một hai.", "Ba. Bốn.")),
        ("Một hai. Ba bốn năm.", 14, ("Một hai.", "Ba bốn năm.")),
        ("“Một hai.” Ba bốn năm.", 15, ("“Một hai.”", "Ba bốn năm.")),
        ("Một hai ba bốn", 8, ("Một hai", "ba bốn")),
        ("abcdefgh", 3, ("abc", "def", "gh")),
    ],
)
def test_cuts_at_the_best_border(text: str, limit: int, parts: tuple[str, ...]) -> None:
    assert split_for(text, limit) == parts


@given(st.text() | st.text(alphabet="ab. \n!”"), st.integers(min_value=1, max_value=40))
def test_nothing_is_lost_and_every_part_fits(text: str, limit: int) -> None:
    parts = split_for(text, limit)
    assert all(0 < len(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


def test_a_part_holds_something() -> None:
    with pytest.raises(ValueError, match="at least one"):
        split_for("a", 0)
