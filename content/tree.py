"""Reads the whole folder of content: one pass, every broken file noted."""

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path, PurePosixPath
from typing import Final, TypeVar
from unicodedata import normalize

from content.errors import ContentError, Place, Problem, broken
from content.places.reader import FILES as PLACES_FILES
from content.places.reader import read_places
from content.places.units import Units
from content.readers import (
    read_advice,
    read_choices,
    read_directory,
    read_lesson,
    read_messages,
    read_path,
    read_pictures,
    read_quizzes,
    read_topics,
)
from content.schema import (
    BANDS,
    SOURCE_LANGUAGE,
    Advice,
    Asked,
    Choice,
    Helpline,
    Lesson,
    Message,
    PathStep,
    PictureWords,
    Quiz,
    SearchWords,
    Topic,
)
from content.search_files import read_asked, read_search_words

_LANGUAGE = re.compile(r"[a-z]{2,3}")
_READ = (".md", ".yml", ".yaml")
_Record = TypeVar("_Record", Message, Choice, Topic, PictureWords, Helpline)


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
    pictures: list[PictureWords] = field(default_factory=list)
    helplines: list[Helpline] = field(default_factory=list)
    places: Units = field(default_factory=Units)
    search_words: list[SearchWords] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    path: list[PathStep] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


_RECORDS: Final = tuple(each.name for each in fields(Tree) if each.name not in {"name", "languages", "places"})
"""The lists of a tree that grow file by file."""


def read_tree(root: Path) -> Tree:
    """Read every content file below `root`; a broken file leaves its problems and nothing else."""
    return join(root, [read_part(root, path) for path in paths(root)])


def paths(root: Path) -> tuple[str, ...]:
    """Name every content file below `root`, in the order in which they are read."""
    shared = [name for name in _OF_ALL if (root / name).exists()]
    return (*shared, *(path for lang in _languages(root) for path in _files(root, lang)))


def read_part(root: Path, path: str) -> Tree:
    """Read one file: a tree that holds its records, or only its problems."""
    part = Tree(name=root.name)
    file = f"{root.name}/{path}"
    try:
        _sort_in(part, path, file, _text(root / path, file))
    except ContentError as error:
        part.problems.extend(error.problems)
    return part


def join(root: Path, parts: Iterable[Tree]) -> Tree:
    """Put files that were read one by one together, and note what only shows when they are."""
    tree = Tree(name=root.name, languages=_languages(root))
    if SOURCE_LANGUAGE not in tree.languages:
        missing = broken(f"{tree.name}/{SOURCE_LANGUAGE}", 1, "KC011", "there is no folder of Vietnamese texts")
        tree.problems.extend(missing.problems)
    if (root / "places").is_dir():
        _read_places(tree, root)
    for part in parts:
        for name in _RECORDS:
            getattr(tree, name).extend(getattr(part, name))
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


def _read_places(tree: Tree, root: Path) -> None:
    folder = f"{root.name}/places"
    try:
        tree.places = read_places(folder, [_text(root / "places" / name, f"{folder}/{name}") for name in PLACES_FILES])
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
        case ["search", name] if name.endswith(".yml"):
            _sort_in_search(tree, file, text, lang=lang)
        case [name] if name in _OF_A_LANGUAGE:
            records, read = _OF_A_LANGUAGE[name]
            getattr(tree, records).extend(read(file, text, lang=lang))
        case [] if path in _OF_ALL:
            records, read = _OF_ALL[path]
            getattr(tree, records).extend(read(file, text))
        case ["lessons" | "advice" | "messages" | "search", *_]:
            raise broken(file, 1, "KC011", "no file of this name is read here")
        case _:
            pass  # no texts: places have their own reader, pictures are drawn by code


def _sort_in_search(tree: Tree, file: str, text: str, *, lang: str) -> None:
    if PurePosixPath(file).name == "words.yml":
        tree.search_words.append(read_search_words(file, text, lang=lang))
    else:
        tree.asked.extend(read_asked(file, text, lang=lang))


_LESSON_FILES = frozenset(f"{band}.md" for band in BANDS)
_OF_A_LANGUAGE: Final[dict[str, tuple[str, Callable[..., Sequence[object]]]]] = {
    "choices.yml": ("choices", read_choices),
    "topics.yml": ("topics", read_topics),
    "pictures.yml": ("pictures", read_pictures),
}
_OF_ALL: Final[dict[str, tuple[str, Callable[..., Sequence[object]]]]] = {
    "directory.yml": ("helplines", read_directory),
    "path.yml": ("path", read_path),
}


def _twice(tree: Tree) -> Iterator[Problem]:
    yield from _same_id((record.lang, record) for record in tree.messages)
    yield from _same_id((record.lang, record) for record in tree.choices)
    yield from _same_id((record.lang, record) for record in tree.topics)
    yield from _same_id((record.lang, record) for record in tree.pictures)
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
