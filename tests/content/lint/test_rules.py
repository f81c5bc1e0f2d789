"""Each rule finds what it is for, at its line, and lets the rest pass."""

from collections import Counter
from pathlib import Path

import pytest

from content.codes import CODES
from content.errors import Problem
from content.lint.rules import lint

LESSON, QUIZ, MESSAGES = "vi/lessons/scam/6-10.md", "vi/lessons/scam/quiz.yml", "vi/messages/flows.yml"
CHOICES, TOPICS, DIRECTORY, ADVICE = "vi/choices.yml", "vi/topics.yml", "directory.yml", "vi/advice/scam.md"
PATH = "path.yml"
TWELVE = "một hai ba bốn năm sáu bảy tám chín mười mười hai"


def errors(root: Path) -> list[Problem]:
    return [problem for problem in lint(root) if problem.code != "KC402"]


def replace(root: Path, path: str, old: str, new: str, times: int = 1) -> None:
    text = (root / path).read_text(encoding="utf-8")
    assert old in text
    (root / path).write_text(text.replace(old, new, times), encoding="utf-8")


def test_good_content_has_only_the_counted_warning(root: Path) -> None:
    assert Counter(problem.code for problem in lint(root)) == {"KC402": 5}


FOUND = [
    # path, what is there, what stands there instead, line, code
    (LESSON, "Một người lạ gọi cho Na.", f"{TWELVE} mười ba.", 17, "KC101"),
    (LESSON, "Một người lạ gọi cho Na.", f"{TWELVE}. " * 4, 15, "KC102"),
    (LESSON, "Một người lạ", "🙂🙂 Một người lạ", 15, "KC103"),
    (LESSON, "---\n**Không", "**Không", 2, "KC104"),
    (LESSON, "Một người lạ gọi", "Một người lạ\ngọi", 17, "KC108"),
    (QUIZ, "Người lạ xin mật khẩu.", f"{TWELVE} mười ba.", 9, "KC101"),
    (MESSAGES, "max_words: {all: 20}", "max_words: {all: 5}", 10, "KC106"),
    (MESSAGES, "max_words: {all: 20}", "max_words: {child: 6, 6-10: 2}", 8, "KC106"),
    (MESSAGES, "Chào bạn {name}!", f"Chào {{name}}. {TWELVE}. {TWELVE}. {TWELVE}. {TWELVE}.", 3, "KC109"),
    (CHOICES, "✅ Đồng ý", "Mình đồng ý cho cô ở tổng đài đọc", 2, "KC107"),
    (LESSON, "Một người lạ", "Đó là lỗi của bạn. Một người lạ", 17, "KC201"),
    (MESSAGES, "Chào bạn", "Cô hứa giữ bí mật nhé", 3, "KC201"),
    (MESSAGES, "Gọi 111 nhé.", "Bạn gọi 1800 9999.", 9, "KC202"),
    (MESSAGES, "Gọi 111 nhé.", "Bạn gọi 1900.1234.", 9, "KC203"),
    ("en/messages/flows.yml", "- id: hello", "- id: numbers2", 1, "KC308"),
    ("en/messages/flows.yml", "    parent: Chào anh chị {name}!\n", "", 1, "KC301"),
    ("en/messages/flows.yml", "unknown: Bạn gọi 111 nhé.\n    6-10: Gọi 111 nhé.\n    all", "6-10", 6, "KC301"),
    (CHOICES, "{child: Không,", "{6-10: Không,", 4, "KC304"),
    (TOPICS, "{all: Lừa đảo}", "{child: Lừa đảo}", 1, "KC304"),
    (TOPICS, "- id: scam", "- {id: gaming, title: {all: Trò chơi}}\n- id: scam", 1, "KC307"),
    (TOPICS, "id: scam", "id: scams", 2, "KC303"),
    (PATH, "- {topic: scam, why: Ai cũng gặp.}", "- {topic: scams, why: Ai cũng gặp.}", 2, "KC309"),
    (PATH, "why: Ai cũng gặp.}", "why: x}\n  - {topic: scam, why: Ai cũng gặp.}", 3, "KC309"),
    (PATH, '"15-17":\n  - {topic: scam, why: Ai cũng gặp.}\n', "", 1, "KC309"),
    (QUIZ, "measure: pre", "measure: post", 7, "KC310"),
    (QUIZ, "      measure: post\n", "", 7, "KC310"),
    (LESSON, "second_read: 2026-11-20", "second_read: null", 2, "KC401"),
    (QUIZ, "second_read: 2026-11-20", "second_read: null", 1, "KC401"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "old", "new", "line", "code"), FOUND)
def test_what_a_rule_finds(root: Path, path: str, old: str, new: str, line: int, code: str) -> None:
    replace(root, path, old, new)
    found = [problem for problem in errors(root) if problem.code == code]
    assert found, [str(problem) for problem in errors(root)]
    if code != "KC303":
        assert (f"content/{path}", line) in [(problem.place.file, problem.place.line) for problem in found]


def test_a_quiz_needs_six_questions(root: Path) -> None:
    text = (root / QUIZ).read_text(encoding="utf-8")
    start, end = text.index("    - id: scam.6-10.q6"), text.index('  "11-14"')
    (root / QUIZ).write_text(text[:start] + text[end:], encoding="utf-8")
    assert [problem.code for problem in errors(root)] == ["KC105"]


@pytest.mark.parametrize(
    ("path", "codes"),
    [
        ("en/lessons/scam/11-14.md", ["KC301"]),
        ("en/messages/flows.yml", ["KC301", "KC301"]),
        ("en/choices.yml", ["KC301"] * 4),
        ("en/topics.yml", ["KC301"]),
        ("vi/lessons/scam/6-10.md", ["KC302", "KC306"]),
        ("vi/lessons/scam/quiz.yml", ["KC306"] * 3),
        ("vi/advice/scam.md", ["KC306"]),
        ("vi/topics.yml", ["KC303", "KC308"]),
        ("directory.yml", ["KC204"]),
        ("path.yml", ["KC309"] * 3),
    ],
)
def test_what_is_missed_when_a_file_is_gone(root: Path, path: str, codes: list[str]) -> None:
    (root / path).unlink()
    assert sorted(problem.code for problem in errors(root)) == codes


def test_a_translation_has_the_same_params(root: Path) -> None:
    replace(root, "en/messages/flows.yml", "name", "who", 3)
    assert [(problem.code, problem.place.line) for problem in errors(root)] == [("KC305", 1)]


def test_a_translated_quiz_marks_the_same_two_questions(root: Path) -> None:
    text = (root / QUIZ).read_text(encoding="utf-8")
    english = root / "en/lessons/scam/quiz.yml"
    english.write_text(text, encoding="utf-8")
    assert errors(root) == []
    moved = text.replace("      measure: pre\n", "", 1).replace("scam.6-10.q1\n", "scam.6-10.q1\n      measure: pre\n")
    english.write_text(moved, encoding="utf-8")
    assert [(problem.code, problem.place.file) for problem in errors(root)] == [
        ("KC310", "content/en/lessons/scam/quiz.yml")
    ]


def test_a_broken_file_does_not_hide_the_rest(root: Path) -> None:
    replace(root, LESSON, "minutes: 3", "minutes: x")
    replace(root, ADVICE, "second_read: 2026-11-20", "second_read: null")
    assert {"KC003", "KC401"} <= {problem.code for problem in errors(root)}


def test_a_missing_directory_is_named_with_its_folder(root: Path) -> None:
    (root / DIRECTORY).unlink()
    assert [str(problem).split()[0] for problem in errors(root)] == ["content/directory.yml:1:"]


def test_a_broken_directory_is_not_reported_as_missing(root: Path) -> None:
    replace(root, DIRECTORY, "hours: 24/7", "hour: 24/7")
    assert {problem.code for problem in errors(root)} == {"KC003"}


def test_problems_come_in_the_order_of_files_and_lines(root: Path) -> None:
    replace(root, QUIZ, "Bạn làm gì?", f"{TWELVE} mười ba?", 3)
    places = [(problem.place.file, problem.place.line) for problem in lint(root)]
    assert places == sorted(places)


def test_every_code_is_explained_in_the_docs() -> None:
    page = (Path(__file__).parents[3] / "docs/content-codes.md").read_text(encoding="utf-8")
    documented = {line.split("|")[1].strip() for line in page.splitlines() if line.startswith("| KC")}
    assert documented == set(CODES)
