from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content import readers
from content.errors import ContentError

Reader = Callable[[str], object]
READERS: dict[str, Reader] = {
    "lesson": lambda text: readers.read_lesson("a.md", text, lang="vi", topic="scam", band="6-10"),
    "advice": lambda text: readers.read_advice("a.md", text, lang="vi", topic="scam"),
    "quiz": lambda text: readers.read_quizzes("a.md", text, lang="vi", topic="scam"),
    "messages": lambda text: readers.read_messages("a.md", text, lang="vi"),
    "choices": lambda text: readers.read_choices("a.md", text, lang="vi"),
    "topics": lambda text: readers.read_topics("a.md", text, lang="vi"),
    "path": lambda text: readers.read_path("a.md", text),
    "directory": lambda text: readers.read_directory("a.md", text),
}
PIECES = [
    "---\n", "- id: a\n", "  id: scam.6-10\n", "  text: {all: Chào {name}}\n", "  text:\n    child: 'x {y}'\n",
    "  params: [y]\n", "topic: scam\n", "band: 6-10\n", "title: T\n", "minutes: 3\n", "author: A\n",
    "version: 1\n", "sources: [{document: D, year: 2016}]\n", "bands: {6-10: []}\n", "**", "- ", "## H\n",
    "<b>", "  label: {all: x}\n", "  number: 111\n", "  hours: 24/7\n", "\n", "words ", "\ufeff", "  - ", ": ",
]  # fmt: skip


@pytest.mark.parametrize("kind", READERS)
@given(text=st.text() | st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_any_text_is_read_or_refused_with_file_and_line(kind: str, text: str) -> None:
    try:
        READERS[kind](text)
    except ContentError as error:
        lines = text.count("\n") + len(text.splitlines()) + 2
        for problem in error.problems:
            assert problem.place.file == "a.md"
            assert 1 <= problem.place.line <= lines
            assert problem.message
            assert problem.advice


def test_a_number_may_stand_for_text() -> None:
    text = "- {id: child, number: 111, label: {vi: A}, hours: 24/7, verified: {by: An, date: 2026-11-01}}"
    assert readers.read_directory("directory.yml", text)[0].number == "111"


def test_the_names_of_arguments_cannot_be_places() -> None:
    with pytest.raises(ContentError, match="KC008 a: lang "):
        readers.read_messages("a.yml", "- {id: a, text: {all: 'x {lang}'}, params: [lang]}", lang="vi")


def test_a_long_text_knows_its_first_line() -> None:
    text = "- id: a\n  text:\n    all: |\n      Một.\n      Hai.\n"
    assert readers.read_messages("a.yml", text, lang="vi")[0].variants.lines["all"] == 4
