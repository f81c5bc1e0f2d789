import pytest

from content.cards import read_sheet
from content.errors import ContentError


def test_cards_know_their_lines() -> None:
    sheet = read_sheet("a.md", "---\na: 1\n---\n\n## Một\nx\n---\n\n\nHai\n")
    assert [(card.text, card.heading, card.place.line) for card in sheet.cards] == [
        ("## Một\nx", "Một", 5),
        ("Hai", None, 10),
    ]


def test_a_ruler_may_close_the_last_card() -> None:
    assert len(read_sheet("a.md", "---\na: 1\n---\nMột\n---\n").cards) == 1


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        ("", 1, "KC004"),
        ("id: a", 1, "KC004"),
        ("---\nid: a", 1, "KC004"),
        ("---\na: 1\n---\n", 3, "KC010"),
        ("---\na: 1\n---\nMột\n---\n\n---\nHai", 5, "KC010"),
        ("---\na: 1\n---\n---\nHai", 3, "KC010"),
    ],
)
def test_a_sheet_that_is_not_whole(text: str, line: int, code: str) -> None:
    with pytest.raises(ContentError) as raised:
        read_sheet("a.md", text)
    assert (raised.value.problems[0].place.line, raised.value.problems[0].code) == (line, code)


def test_every_fault_of_every_card_is_named() -> None:
    with pytest.raises(ContentError) as raised:
        read_sheet("a.md", "---\na: 1\n---\n<b>\n---\nok\n`x`")
    assert [problem.place.line for problem in raised.value.problems] == [4, 7]
