"""The texts of this repository load and hold no error."""

from content.library import CONTENT_FOLDER, Content
from content.lint.rules import lint


def test_our_texts_load() -> None:
    assert Content.load().topics


def test_our_texts_hold_no_error() -> None:
    assert [str(problem) for problem in lint(CONTENT_FOLDER) if problem.level == "error"] == []
