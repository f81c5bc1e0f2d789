"""Broken files of every kind: each names its file, line, code and what to do."""

import re
from pathlib import Path

import pytest

from content.codes import CODES
from content.errors import ContentError
from content.library import Content
from content.tree import read_tree

LESSON, QUIZ, MESSAGES = "vi/lessons/scam/6-10.md", "vi/lessons/scam/quiz.yml", "vi/messages/flows.yml"
CHOICES, TOPICS, DIRECTORY, ADVICE = "vi/choices.yml", "vi/topics.yml", "directory.yml", "vi/advice/scam.md"
PICTURES = "vi/pictures.yml"

BROKEN = [
    # path, what is there, what stands there instead, line, code, part of the message
    (LESSON, "title: Kẻ", "title: [Kẻ", 6, "KC002", ""),
    (LESSON, "minutes: 3", "minutes: three", 6, "KC003", "`minutes`"),
    (LESSON, "minutes: 3", "minuets: 3", 6, "KC003", "no field `minuets`"),
    (LESSON, "minutes: 3\n", "", 2, "KC003", "`minutes` is missing"),
    (LESSON, "year: 2016", "year: ninety", 9, "KC003", "`year`"),
    (LESSON, "2026-11-20", "2026-11-31", 11, "KC003", "not a day"),
    (LESSON, "version: 1\n---\n", "version: 1\n", 16, "KC003", "no field"),
    (LESSON, "---\nid", "id", 1, "KC004", "begin"),
    (LESSON, "## Ai", "# Ai", 15, "KC005", "heading"),
    (LESSON, "Họ nói", "[Họ](a.vn) nói", 17, "KC005", "a link"),
    (LESSON, "Họ nói", "![Họ](a.png) nói", 17, "KC005", "a picture"),
    (LESSON, "Họ nói", "xem https://a.vn", 17, "KC005", "a link"),
    (LESSON, "Họ nói", "Họ <b>nói", 17, "KC005", "HTML"),
    (LESSON, "Họ nói", "Họ **nói", 17, "KC005", "partner"),
    (LESSON, "Họ nói", "Họ *nói*", 17, "KC005", "single"),
    (LESSON, "1. Dừng lại.", "- a\n  - b", 22, "KC005", "list inside"),
    (LESSON, "2. Kể", "## Kể", 22, "KC005", "first line"),
    (LESSON, "id: scam.6-10", "id: scam.6-11", 2, "KC006", "path says scam.6-10"),
    (LESSON, "band: 6-10", "band: 11-14", 4, "KC006", "path says 6-10"),
    (LESSON, "band: 6-10", "band: 7-10", 4, "KC003", "`band`"),
    (LESSON, "topic: scam", "topic: gaming", 3, "KC006", "path says scam"),
    (LESSON, "author: Nhóm", "title: Hai\nauthor: Nhóm", 10, "KC007", "`title`"),
    (LESSON, "**Không phải lỗi của bạn.**", "", 18, "KC010", "empty"),
    (LESSON, "title: Kẻ lừa trên mạng", "title: ''", 5, "KC003", "`title`"),
    (ADVICE, "advice.scam", "advice.scams", 2, "KC006", "advice.scam"),
    (QUIZ, "topic: scam", "topic: scan", 1, "KC006", "scam"),
    (QUIZ, ", correct: true}", "}", 8, "KC009", "0 correct"),
    (QUIZ, "bạn.}", "bạn., correct: true}", 8, "KC009", "2 correct"),
    (QUIZ, ", why: Mật khẩu là của riêng bạn.", "", 11, "KC003", "`why` is missing"),
    (QUIZ, "id: scam.6-10.q1", "id: q1", 8, "KC006", "scam.6-10."),
    (QUIZ, "id: scam.6-10.q2", "id: scam.6-10.q1", 14, "KC007", "scam.6-10.q1"),
    (QUIZ, '"6-10":', '"7-10":', 7, "KC003", ""),
    (MESSAGES, "child: Chào bạn {name}!", "child: Chào bạn!", 3, "KC008", "name"),
    (MESSAGES, "parent: Chào anh chị {name}!", "parent: Chào {nme}!", 4, "KC008", "name, nme"),
    (MESSAGES, "bạn {name}!", "bạn {name!", 3, "KC008", "{"),
    (MESSAGES, "  params: [name]\n", "", 3, "KC008", "name"),
    (MESSAGES, "id: numbers", "id: hello", 6, "KC007", "flows.yml:1"),
    (MESSAGES, "    child:", "    kids:", 3, "KC003", ""),
    (MESSAGES, "version: 3", "version: 0", 12, "KC003", "`version`"),
    (CHOICES, "✅ Đồng ý", "Đồng ý " * 9, 2, "KC012", "62 characters"),
    (CHOICES, "id: stop", "id: right", 8, "KC007", "right"),
    (QUIZ, "measure: pre", "measure: before", 28, "KC003", "`measure`"),
    ("path.yml", "topic: scam", "theme: scam", 2, "KC003", "no field `theme`"),
    (TOPICS, "- id: scam\n", "- id: scam\n  name: x\n", 2, "KC003", "no field `name`"),
    (PICTURES, "{day}", "hôm nay", 9, "KC008", "day"),
    (PICTURES, "Nhím vui.", "'Nhím {mood}.'", 6, "KC008", "mood"),
    (PICTURES, "id: mascot.calm", "id: mascot.proud", 8, "KC007", "mascot.proud"),
    (PICTURES, "alt: Nhím vui.", "text: Nhím vui.", 6, "KC003", "no field `text`"),
    (DIRECTORY, "number: 111", "number: call us", 2, "KC003", "`number`"),
    (DIRECTORY, "id: shop", "id: child", 7, "KC007", "child"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "old", "new", "line", "code", "words"), BROKEN)
def test_a_broken_file_says_where_what_and_how_to_mend_it(
    root: Path, path: str, old: str, new: str, line: int, code: str, words: str
) -> None:
    text = (root / path).read_text(encoding="utf-8")
    assert old in text
    (root / path).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ContentError) as raised:
        Content.load(root)
    said = str(raised.value)
    assert re.match(rf"content/{re.escape(path)}:\d+: KC\d\d\d .+ — .+", said)
    assert said.startswith(f"content/{path}:{line}: {code} ")
    assert words in said
    assert said.endswith(CODES[code].advice)


@pytest.mark.parametrize(
    "path",
    [
        "vi/lessons/scam/7-10.md",
        "vi/lessons/scam/quiz.yaml",
        "vi/lessons/intro.md",
        "vi/advice/scam.yml",
        "vi/messages/a/b.yml",
    ],
)
def test_a_misplaced_file_is_refused(root: Path, path: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text("- id: a\n", encoding="utf-8")
    assert [(problem.place.file, problem.code) for problem in read_tree(root).problems] == [
        (f"content/{path}", "KC011")
    ]


def test_files_of_other_rooms_are_left_alone(root: Path) -> None:
    (root / "vi/provinces.yml").write_text("whatever: [", encoding="utf-8")
    (root / "vi/lessons/scam/.draft.md").write_text("x", encoding="utf-8")
    (root / "vi/lessons/scam/cover.svg").write_text("x", encoding="utf-8")
    assert read_tree(root).problems == []


def test_a_file_that_is_not_text_is_refused(root: Path) -> None:
    (root / MESSAGES).write_bytes(b"- id: a\n  text: {all: \xff}\n")
    with pytest.raises(ContentError, match=r"content/vi/messages/flows\.yml:2: KC001 "):
        Content.load(root)


def test_a_file_that_cannot_be_opened_is_refused(root: Path) -> None:
    (root / MESSAGES).unlink()
    (root / MESSAGES).symlink_to(root / "nowhere")
    with pytest.raises(ContentError, match="KC001"):
        Content.load(root)


def test_an_empty_file_is_refused(root: Path) -> None:
    (root / MESSAGES).write_text("# nothing yet\n", encoding="utf-8")
    with pytest.raises(ContentError, match="KC010"):
        Content.load(root)


def test_every_problem_of_a_file_is_kept(root: Path) -> None:
    text = (root / LESSON).read_text(encoding="utf-8")
    (root / LESSON).write_text(text.replace("minutes: 3", "minutes: no").replace("year: 2016", "year: x"), "utf-8")
    with pytest.raises(ContentError) as raised:
        Content.load(root)
    assert [problem.place.line for problem in raised.value.problems] == [6, 9]


def test_texts_are_composed_whatever_keyboard_wrote_them(root: Path) -> None:
    decomposed = "- id: a\n  text: {all: Tie\u0302\u0301ng Vie\u0323\u0302t}\n"
    (root / MESSAGES).write_text(decomposed, encoding="utf-8")
    assert Content.load(root).say("a", "6-10") == "Tiếng Việt"
