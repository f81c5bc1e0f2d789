"""What authors are told is true: every code, the examples, the forbidden words, the table of readability."""

import re
import shutil
from pathlib import Path

import pytest

from content.codes import CODES
from content.errors import Place
from content.library import CONTENT_FOLDER
from content.lint.passages import Kind, Passage
from content.lint.rules import lint
from content.lint.speech import in_passage
from content.lint.table import page
from content.preview.pages import code_words
from content.readers import read_lesson
from content.tree import read_tree

DOCS = Path(__file__).parents[2] / "docs"
GUIDE = (DOCS / "huong-dan-viet-bai.md").read_text(encoding="utf-8")
CODE = re.compile(r"\bKC[0-9]{3}\b")
LEVELS = {"error": "lỗi", "warning": "lời nhắc"}


def table(text: str) -> dict[str, list[str]]:
    """Return the rows that begin with a code."""
    rows = ([cell.strip() for cell in line.strip("|").split(" | ")] for line in text.splitlines() if "|" in line)
    return {cells[0]: cells[1:] for cells in rows if CODE.fullmatch(cells[0])}


def example(language: str) -> str:
    """Return the example in this language."""
    return GUIDE.split(f"```{language}\n")[1].split("```")[0]


def test_every_code_that_can_be_given_is_known_and_none_is_left_over() -> None:
    sources = (path for path in CONTENT_FOLDER.rglob("*.py") if path.name != "codes.py")
    given = {code for path in sources for code in CODE.findall(path.read_text(encoding="utf-8"))}
    assert given == set(CODES)


def test_every_code_is_explained_as_it_is_printed() -> None:
    written = table((DOCS / "content-codes.md").read_text(encoding="utf-8").replace("`**bold**`", "**bold**"))
    assert written == {code: [entry.level, entry.title, entry.advice] for code, entry in CODES.items()}


def test_every_code_is_explained_to_authors_as_the_preview_says_it() -> None:
    told = {code: [LEVELS[entry.level], *code_words()[code].values()] for code, entry in CODES.items()}
    assert table(GUIDE) == told


def test_the_example_of_a_lesson_can_be_loaded() -> None:
    assert len(read_lesson("example", example("markdown"), lang="vi", topic="scam", band="6-10").cards) == 2


def test_the_example_of_a_question_put_where_the_guide_says_has_no_error(tmp_path: Path) -> None:
    root = tmp_path / "content"
    shutil.copytree(CONTENT_FOLDER, root, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    quiz = root / "vi" / "lessons" / "scam" / "quiz.yml"
    before, border, after = quiz.read_text(encoding="utf-8").partition('  "11-14":\n')
    assert border
    quiz.write_text(before + example("yaml") + border + after, encoding="utf-8")
    assert [str(problem) for problem in lint(root) if problem.level == "error"] == []
    asked = [quiz for quiz in read_tree(root).quizzes if (quiz.lang, quiz.topic, quiz.band) == ("vi", "scam", "6-10")]
    assert asked[0].questions[-1].id == "scam.6-10.q7"


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        *((words, "lesson") for words in ("lỗi của bạn", "dại dột", "sao không kể sớm", "đáng trách")),
        *((words, "lesson") for words in ("mình hứa giữ bí mật", "đừng kể với ai", "gửi ảnh cho mình xem")),
        *((words, "lesson") for words in ("kinh hoàng", "sẽ hối hận")),
        *((words, "message") for words in ("ai đã làm", "làm gì bạn", "chắc chắn sẽ ổn", "cam đoan")),
    ],
)
def test_words_that_authors_are_told_to_avoid_are_refused(words: str, kind: Kind) -> None:
    assert f"“{words}”" in GUIDE
    place = Place(file="example", line=1)
    text = f"Bạn nhớ nhé, {words} đâu."
    passage = Passage(kind=kind, name="example", lang="vi", text=text, audience="11-14", place=place)
    assert [problem.code for problem in in_passage(passage)] == ["KC201"]


def test_links_of_the_guide_lead_somewhere() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", GUIDE)
    assert len(links) > 2
    assert [link for link in links if not (DOCS / link).exists()] == []


def test_the_table_of_readability_is_current() -> None:
    written = (DOCS / "readability.md").read_text(encoding="utf-8")
    assert written == f"{page(read_tree(CONTENT_FOLDER))}\n", (
        "run `khien content lint --table --markdown > docs/readability.md`"
    )
