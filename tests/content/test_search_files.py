"""The files that search reads besides the cards, and what is said of a broken one."""

from pathlib import Path

import pytest

from content.errors import ContentError
from content.library import Content
from content.lint.rules import lint
from content.search_files import read_asked, read_search_words

ASKED = "scam.11-14:\n  Ai gọi thế?: [số lạ gọi, ai gọi em]\n"


def put(root: Path, name: str, text: str) -> None:
    folder = root / "vi" / "search"
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")


def test_words_and_what_is_skipped_are_read() -> None:
    words = read_search_words("words.yml", "words: {tài khoản: [acc, '111']}\nskip: [thì]\n", lang="vi")
    assert words.expressions == {"tài khoản": ("acc", "111")}
    assert words.skip == ("thì",)


def test_questions_stand_with_their_card_and_line() -> None:
    (asked,) = read_asked("scam.yml", ASKED, lang="vi")
    assert (asked.owner, asked.heading, asked.questions) == ("scam.11-14", "Ai gọi thế?", ("số lạ gọi", "ai gọi em"))
    assert asked.place.line == 2


def test_a_wrong_field_is_named_with_its_line() -> None:
    with pytest.raises(ContentError, match=r"words.yml:2: KC003 there is no field `wrods`"):
        read_search_words("words.yml", "words: {}\nwrods: {}\n", lang="vi")


def test_asked_questions_lead_to_their_card(root: Path) -> None:
    put(root, "scam.yml", ASKED)
    assert Content.load(root).search("so la goi em", "11-14")[0].page.id == "scam.11-14/Ai gọi thế?"


def test_content_without_such_files_is_searched_too(root: Path) -> None:
    assert Content.load(root).search("người lạ", "6-10")


def test_questions_for_a_card_that_is_not_there_are_an_error(root: Path) -> None:
    put(root, "scam.yml", ASKED.replace("Ai gọi thế?", "Ai gọi vậy?"))
    assert [str(problem) for problem in lint(root) if problem.code == "KC311"] == [
        (
            "content/vi/search/scam.yml:2: KC311 scam.11-14 has no card “Ai gọi vậy?” — "
            "name the card by its heading, as it stands in its file"
        )
    ]


def test_another_file_there_is_refused(root: Path) -> None:
    put(root, "scam.md", "---\n")
    with pytest.raises(ContentError, match="KC011"):
        Content.load(root)
