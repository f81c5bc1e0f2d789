"""No topic without pictures, no picture without words."""

from pathlib import Path

import pytest

from content.lint.rules import lint

VI, EN = "vi/pictures.yml", "en/pictures.yml"


def found(root: Path) -> list[tuple[str, int, str]]:
    """Name file, line and code of every error."""
    return [(it.place.file, it.place.line, it.code) for it in lint(root) if it.level == "error"]


def change(root: Path, path: str, old: str, new: str) -> None:
    text = (root / path).read_text(encoding="utf-8")
    assert old in text
    (root / path).write_text(text.replace(old, new, 1), encoding="utf-8")


def test_whole_content_has_nothing_to_report(root: Path) -> None:
    assert found(root) == []


def test_a_topic_that_is_not_drawn_is_reported_at_the_topic(root: Path) -> None:
    change(root, "vi/topics.yml", "  emoji: 🎣\n", "  emoji: 🎣\n- id: cooking\n  title: {all: Nấu ăn}\n")
    change(root, "en/topics.yml", "{all: Scams}\n", "{all: Scams}\n- id: cooking\n  title: {all: Cooking}\n")
    assert found(root) == [("content/vi/topics.yml", 4, "KC320")] * 2


@pytest.mark.parametrize(
    ("path", "line"),
    [(VI, "- {id: badge.scam, alt: Huy hiệu hộp quà.}\n"), (EN, "- {id: mascot.calm, alt: Nhím thở.}\n")],
)
def test_a_picture_without_words_is_reported(root: Path, path: str, line: str) -> None:
    change(root, path, line, "")
    assert found(root) == [(f"content/{path}", 1, "KC321")]


def test_a_language_without_any_words_is_reported_for_each_picture(root: Path) -> None:
    (root / EN).unlink()
    assert found(root) == [("content/en/pictures.yml", 1, "KC321")] * 9


def test_words_for_what_is_not_drawn_are_reported(root: Path) -> None:
    change(root, VI, "id: mascot.calm", "id: mascot.clam")
    assert sorted(found(root)) == [("content/vi/pictures.yml", 1, "KC321"), ("content/vi/pictures.yml", 7, "KC322")]


def test_long_words_are_reported(root: Path) -> None:
    change(root, VI, "Nhím thở.", "Nhím thở thật chậm rồi lại thở thật sâu và mỉm cười hiền lành.")
    assert found(root) == [("content/vi/pictures.yml", 7, "KC101")]
