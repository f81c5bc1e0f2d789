"""What is held while files are saved, broken, mended and removed."""

from pathlib import Path

import pytest

from content.lint.rules import lint
from content.preview.shelf import Shelf, View

LESSON, QUIZ, MESSAGES = "vi/lessons/scam/6-10.md", "vi/lessons/scam/quiz.yml", "vi/messages/flows.yml"


def look(shelf: Shelf) -> View:
    view = shelf.look()
    assert view is not None
    return view


def replace(root: Path, path: str, old: str, new: str) -> None:
    text = (root / path).read_text(encoding="utf-8")
    assert old in text
    (root / path).write_text(text.replace(old, new), encoding="utf-8")


def test_nothing_new_is_no_view(root: Path) -> None:
    shelf = Shelf(root)
    assert look(shelf).problems == lint(root)
    assert shelf.look() is None


def test_a_saved_file_is_read_anew_and_linted_as_the_linter_does(root: Path) -> None:
    shelf = Shelf(root)
    before = look(shelf)
    replace(root, LESSON, "title: Kẻ lừa trên mạng", "title: Món quà lạ")
    replace(root, LESSON, "Kể với người lớn", "Đây là lỗi của bạn")
    after = look(shelf)
    assert after.version != before.version
    assert after.content.lesson("scam", "6-10").title == "Món quà lạ"
    assert after.problems == lint(root)
    assert {problem.code for problem in after.problems} == {"KC201", "KC402"}


@pytest.mark.parametrize(
    ("path", "old", "new", "code"),
    [
        (LESSON, "title: Kẻ", "title: [Kẻ", "KC002"),
        (LESSON, "minutes: 3", "minutes: three", "KC003"),
        (QUIZ, "correct: true", "correct: false", "KC009"),
        (MESSAGES, "{name}", "{nam}", "KC008"),
    ],
)
def test_the_last_good_version_stays_until_the_file_is_mended(
    root: Path, path: str, old: str, new: str, code: str
) -> None:
    shelf = Shelf(root)
    good = look(shelf)
    replace(root, path, old, new)
    broken = look(shelf)
    assert broken.broken == {f"content/{path}": True}
    assert (broken.tree.lessons, broken.tree.quizzes, broken.tree.messages) == (
        good.tree.lessons,
        good.tree.quizzes,
        good.tree.messages,
    )
    assert broken.content.lesson("scam", "6-10") == good.content.lesson("scam", "6-10")
    own = [problem for problem in broken.problems if problem.place.file == f"content/{path}"]
    assert {problem.code for problem in own} == {code}
    replace(root, path, new, old)
    assert look(shelf).broken == {}


def test_a_file_broken_twice_keeps_what_was_good(root: Path) -> None:
    shelf = Shelf(root)
    look(shelf)
    replace(root, LESSON, "minutes: 3", "minutes: three")
    look(shelf)
    replace(root, LESSON, "minutes: three", "minutes: thirty")
    assert look(shelf).content.lesson("scam", "6-10").minutes == 3


def test_a_file_broken_from_the_beginning_is_told_and_the_rest_is_there(root: Path) -> None:
    replace(root, LESSON, "minutes: 3", "minutes: three")
    view = look(Shelf(root))
    assert view.broken == {f"content/{LESSON}": False}
    assert {lesson.band for lesson in view.tree.lessons} == {"11-14", "15-17"}


def test_a_removed_file_is_gone(root: Path) -> None:
    shelf = Shelf(root)
    look(shelf)
    (root / LESSON).unlink()
    view = look(shelf)
    assert view.broken == {}
    assert "6-10" not in {lesson.band for lesson in view.tree.lessons if lesson.lang == "vi"}
    assert view.problems == lint(root)


def test_a_new_number_in_the_directory_is_known_in_files_that_did_not_change(root: Path) -> None:
    replace(root, MESSAGES, "Gọi 111 nhé.", "Gọi 115 nhé.")
    shelf = Shelf(root)
    assert "KC202" in {problem.code for problem in look(shelf).problems}
    replace(root, "directory.yml", "number: 1900 1234", "number: 115")
    assert "KC203" in {problem.code for problem in look(shelf).problems}
    replace(root, "directory.yml", "verified: null", "verified: {by: An, date: 2026-11-01}")
    view = look(shelf)
    assert view.problems == lint(root)
    assert not {"KC202", "KC203"} & {problem.code for problem in view.problems}


def test_without_a_directory_it_says_so_once(root: Path) -> None:
    (root / "directory.yml").unlink()
    view = look(Shelf(root))
    assert [problem.code for problem in view.problems].count("KC204") == 1
    assert view.problems == lint(root)


def test_a_folder_that_goes_away_is_told_once(root: Path) -> None:
    shelf = Shelf(root)
    look(shelf)
    root.rename(root.with_name("elsewhere"))
    assert {problem.code for problem in look(shelf).problems} >= {"KC011"}
    assert shelf.look() is None


def test_a_file_that_is_still_being_written_is_left_for_the_next_time(root: Path) -> None:
    shelf = Shelf(root)
    look(shelf)
    assert not shelf.has_changed()
    text = (root / LESSON).read_text(encoding="utf-8")
    (root / LESSON).write_text("", encoding="utf-8")
    assert not shelf.has_changed()
    (root / LESSON).write_text(f"{text}\n", encoding="utf-8")
    assert not shelf.has_changed()
    assert shelf.has_changed()
    assert look(shelf).broken == {}
    assert not shelf.has_changed()
