from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.errors import ContentError, Problem
from content.marked_yaml import read_yaml


def test_plain_words_stay_words() -> None:
    data = read_yaml("a.yml", "[No, on, 08, 1_000, 12:30, 6-10, 1.5, 'true', \"7\"]").data
    assert data == ["No", "on", "08", "1_000", "12:30", "6-10", "1.5", "true", "7"]


def test_what_is_not_a_word() -> None:
    data = read_yaml("a.yml", "[true, false, null, ~, 111, -3, 2026-11-20]").data
    assert data == [True, False, None, None, 111, -3, date(2026, 11, 20)]


def test_lines_are_those_of_the_file() -> None:
    marked = read_yaml("a.yml", "a: 1\nb:\n  - c: x\n    d: |\n      long\n", first_line=10)
    lines = {path: marked.line_of(path) for path in [(), ("a",), ("b", 0, "c"), ("b", 0, "d"), ("b", 0, "zz", 4)]}
    assert lines == {(): 10, ("a",): 10, ("b", 0, "c"): 12, ("b", 0, "d"): 14, ("b", 0, "zz", 4): 12}


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        ("a: 1\na: 2", 2, "KC007"),
        ("a: &x 1\nb: *x", 1, "KC002"),
        ("a: &x [*x]", 1, "KC002"),
        ("a: !!python/object:os.system x", 1, "KC002"),
        ("a: !secret x", 1, "KC002"),
        ("? [a]\n: 1", 1, "KC002"),
        ("a: 1\n\tb: 2", 2, "KC002"),
        ("a: 1\nb: \x00", 2, "KC002"),
        ("a: 2026-02-30", 1, "KC003"),
        ("a\n---\nb", 2, "KC002"),
        ("[" * 5000, 1, "KC002"),
        ("[" * 900 + "]" * 900, 1, "KC002"),
        ("", 1, "KC010"),
    ],
)
def test_what_content_does_without(text: str, line: int, code: str) -> None:
    with pytest.raises(ContentError) as raised:
        read_yaml("a.yml", text)
    problem = raised.value.problems[0]
    assert (problem.place.file, problem.place.line, problem.code) == ("a.yml", line, code)


@given(st.text() | st.text(alphabet="ab:-[]{}&*!|>'\"# \n\t?,%@`"))
def test_any_text_is_read_or_refused_at_a_line(text: str) -> None:
    problems: tuple[Problem, ...] = ()
    line = 5
    try:
        line = read_yaml("a.yml", text, first_line=5).line_of(("nowhere",))
    except ContentError as error:
        problems = error.problems
    assert line >= 5
    assert all(problem.place.file == "a.yml" and problem.place.line >= 5 for problem in problems)
