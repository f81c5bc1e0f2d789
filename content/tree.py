"""Reads the whole folder of content: one pass, every broken file noted."""

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TypeVar
from unicodedata import normalize

from content.errors import ContentError, Place, Problem, broken
from content.readers import (
    read_advice,
    read_choices,
    read_directory,
    read_lesson,
    read_messages,
    read_path,
    read_quizzes,
    read_topics,
)
from content.schema import BANDS, SOURCE_LANGUAGE, Advice, Choice, Helpline, Lesson, Message, PathStep, Quiz, Topic

_LANGUAGE = re.compile(r"[a-z]{2,3}")
_READ = (".md", ".yml", ".yaml")
_Record = TypeVar("_Record", Message, Choice, Topic, Helpline)


@dataclass(slots=True, kw_only=True)
class Tree:
    """Everything that could be read, in the order of the files, and what could not."""

    name: str = "content"
    """What the folder is called in front of every file."""
    languages: list[str] = field(default_factory=list)
    lessons: list[Lesson] = field(default_factory=list)
    quizzes: list[Quiz] = field(default_factory=list)
    advice: list[Advice] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    topics: list[Topic] = field(default_factory=list)
    helplines: list[Helpline] = field(default_factory=list)
    path: list[PathStep] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_tree(root: Path) -> Tree:
    """Read every content file below `root`; a broken file leaves its problems and nothing else."""
    tree = Tree(name=root.name, languages=_languages(root))
    if SOURCE_LANGUAGE not in tree.languages:
        missing = broken(f"{tree.name}/{SOURCE_LANGUAGE}", 1, "KC011", "there is no folder of Vietnamese texts")
        tree.problems.extend(missing.problems)
    for path in ("directory.yml", "path.yml"):
        if (root / path).exists():
            _read(tree, root, path)
    for lang in tree.languages:
        for path in _files(root, lang):
            _read(tree, root, path)
    tree.problems.extend(_twice(tree))
    return tree


def _languages(root: Path) -> list[str]:
    if not root.is_dir():
        return []
    return sorted(entry.name for entry in root.iterdir() if entry.is_dir() and _LANGUAGE.fullmatch(entry.name))


def _files(root: Path, lang: str) -> Iterator[str]:
    for folder, below, names in os.walk(root / lang):
        below.sort()
        for name in sorted(names):
            if name.endswith(_READ) and not name.startswith("."):
                yield Path(folder, name).relative_to(root).as_posix()


def _read(tree: Tree, root: Path, path: str) -> None:
    file = f"{root.name}/{path}"
    try:
        _sort_in(tree, path, file, _text(root / path, file))
    except ContentError as error:
        tree.problems.extend(error.problems)


def _text(path: Path, file: str) -> str:
    try:
        return normalize("NFC", path.read_text(encoding="utf-8"))
    except OSError as error:
        raise broken(file, 1, "KC001", error.strerror or "the file cannot be opened") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise broken(file, line, "KC001", "a character here is not UTF-8") from error


def _sort_in(tree: Tree, path: str, file: str, text: str) -> None:
    lang, *rest = PurePosixPath(path).parts
    match rest:
        case ["lessons", topic, "quiz.yml"]:
            tree.quizzes.extend(read_quizzes(file, text, lang=lang, topic=topic))
        case ["lessons", topic, name] if name in _LESSON_FILES:
            band = name.removesuffix(".md")
            tree.lessons.append(read_lesson(file, text, lang=lang, topic=topic, band=band))
        case ["advice", name] if name.endswith(".md"):
            tree.advice.append(read_advice(file, text, lang=lang, topic=name.removesuffix(".md")))
        case ["messages", name] if name.endswith(".yml"):
            tree.messages.extend(read_messages(file, text, lang=lang))
        case ["choices.yml"]:
            tree.choices.extend(read_choices(file, text, lang=lang))
        case ["topics.yml"]:
            tree.topics.extend(read_topics(file, text, lang=lang))
        case [] if path == "directory.yml":
            tree.helplines.extend(read_directory(file, text))
        case [] if path == "path.yml":
            tree.path.extend(read_path(file, text))
        case ["lessons" | "advice" | "messages", *_]:
            raise broken(file, 1, "KC011", "no file of this name is read here")
        case _:
            pass  # other rooms of the folder (provinces, pictures) have their own readers


_LESSON_FILES = frozenset(f"{band}.md" for band in BANDS)


def _twice(tree: Tree) -> Iterator[Problem]:
    yield from _same_id((record.lang, record) for record in tree.messages)
    yield from _same_id((record.lang, record) for record in tree.choices)
    yield from _same_id((record.lang, record) for record in tree.topics)
    yield from _same_id(("", record) for record in tree.helplines)
    questions: dict[tuple[str, str], Place] = {}
    for quiz in tree.quizzes:
        for question in quiz.questions:
            key = (quiz.lang, question.id)
            first = questions.setdefault(key, question.place)
            if first is not question.place:
                yield _repeated(question.id, question.place, first)


def _same_id(records: Iterable[tuple[str, _Record]]) -> Iterator[Problem]:
    seen: dict[tuple[str, str], Place] = {}
    for lang, record in records:
        first = seen.setdefault((lang, record.id), record.place)
        if first is not record.place:
            yield _repeated(record.id, record.place, first)


def _repeated(identifier: str, place: Place, first: Place) -> Problem:
    message = f"{identifier} stands already in {first.file}:{first.line}"
    return Problem(place=place, code="KC007", message=message)
