"""The forms as data: which sections and fields they have, in which words, and where each label comes from.

An operator may put own files beside ours (a folder with 01.yml, 02.yml, 03.yml, 06.yml; what is missing there is ours).
Labels of casework are partly reconstructed: `source` says of each field whether its wording was read in the decree.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from content.errors import ContentError
from content.marked_yaml import Marked, read_yaml

Language = Literal["vi", "en"]
Level = Literal["high", "medium", "low"]
LEVELS: tuple[Level, ...] = ("high", "medium", "low")
NUMBERS = ("01", "02", "03", "06")
ASSESSING = ("02", "03", "06")  # with the same level lines, to be seen side by side
WHY = ".why"  # the cell beside a level: a sentence of evidence
_LONGEST = {"line": 200, "text": 2000, "choice": 40, "level": 6}
LONGEST_WHY = 500
Text = Annotated[str, StringConstraints(min_length=1, max_length=400)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Known = Literal[
    "agency", "via", "channel", "received_at", "nickname", "age", "area", "phone", "harms", "informant", "officer"
]


class FormsError(Exception):
    """A file of forms is wrong; the text names file and line, what is wrong, and what to do."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Words(_Part):
    """The same words in both languages."""

    vi: Text
    en: Text

    def of(self, language: str) -> str:
        """Return the words in one language."""
        return self.en if language == "en" else self.vi


class Option(Words):
    """One of the values that may be chosen."""

    id: Name


class Meanings(_Part):
    """What High, Medium and Low mean on one line."""

    high: Words
    medium: Words
    low: Words


class Field(_Part):
    """One field of a form. Its value is the cell of its id; a level has a second cell with the evidence."""

    id: Name
    label: Words
    kind: Literal["line", "text", "choice", "level"]
    source: Literal["read", "reconstructed", "ours"]
    hint: Words | None = None
    office: bool = False  # the office writes it: the child's words are no source of it
    known: Known | None = None  # which of the things known beforehand it begins with
    role: Literal["date", "threat", "conclusion", "reason"] | None = None
    options: tuple[Option, ...] = ()
    levels: Meanings | None = None

    @property
    def cells(self) -> tuple[str, ...]:
        """Return the names of the values that are saved for this field."""
        return (self.id, self.id + WHY) if self.kind == "level" else (self.id,)

    @property
    def values(self) -> tuple[str, ...] | None:
        """Return the values that may be chosen; None where anything may be written."""
        if self.kind == "level":
            return LEVELS
        return tuple(option.id for option in self.options) if self.kind == "choice" else None

    @property
    def longest(self) -> int:
        """Return how many characters its value may have."""
        return _LONGEST[self.kind]

    def words_of(self, value: str, language: str) -> str:
        """Return a saved value as it is read: the words of a choice, or what was written."""
        if self.levels is not None and value in LEVELS:
            meaning: Words = getattr(self.levels, value)
            return meaning.of(language)
        return next((option.of(language) for option in self.options if option.id == value), value)


class Section(_Part):
    """Fields under one heading; the level lines of parts A (harm) and B (protection) are counted."""

    title: Words
    part: Literal["A", "B"] | None = None
    fields: tuple[Field, ...]


class Form(_Part):
    """One form."""

    number: Literal["01", "02", "03", "06"]
    name: Words
    title: Words
    sections: tuple[Section, ...]

    @property
    def fields(self) -> tuple[Field, ...]:
        """Return every field in order."""
        return tuple(field for section in self.sections for field in section.fields)

    def field_of(self, cell: str) -> Field | None:
        """Return the field that a cell belongs to, or None."""
        return next((field for field in self.fields if cell in field.cells), None)

    def with_role(self, role: str) -> Field | None:
        """Return the field that has a part of its own in the assessment, or None."""
        return next((field for field in self.fields if field.role == role), None)

    def lines(self, part: str) -> tuple[Field, ...]:
        """Return the level lines of one part."""
        return tuple(
            field
            for section in self.sections
            if section.part == part
            for field in section.fields
            if field.kind == "level"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Forms:
    """The forms of this deployment, and which of them were compared with the official copy."""

    by_number: Mapping[str, Form]
    compared: frozenset[str] = frozenset()

    def __iter__(self) -> Iterator[Form]:
        """Go through the forms in their order."""
        return iter(self.by_number.values())


@cache
def our_forms() -> Forms:
    """Return the forms that come with the product; none of them counts as compared."""
    return read_forms(None)


def read_forms(folder: Path | None, compared: frozenset[str] = frozenset()) -> Forms:
    """Read ours, and the operator's in place of ours; raises FormsError.

    `compared` are the numbers of the forms whose fields the operator has compared with the official copy.
    """
    own = _own_files(folder) if folder is not None else {}
    found = {}
    for number in NUMBERS:
        name, text = own.get(number) or (f"{number}.yml", _ours(number))
        found[number] = read_form(name, text, number)
    if unknown := sorted(compared - set(NUMBERS)):
        raise FormsError(f"KHIEN_CASEFILE_COMPARED: there is no form {unknown[0]}. Use {', '.join(NUMBERS)}.")
    return Forms(by_number=found, compared=compared)


def read_form(file: str, text: str, number: str) -> Form:
    """Read one form; raises FormsError that names file and line."""
    try:
        marked = read_yaml(file, text)
    except ContentError as error:
        raise FormsError(str(error)) from None
    try:
        form = Form.model_validate(marked.data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise _broken(marked, first["loc"], f"{_path(first['loc'])}: {first['msg'].lower()}") from None
    if form.number != number:
        raise _broken(marked, ("number",), f"this file is form {number}, not {form.number}")
    _check(marked, form)
    return form


def _check(marked: Marked, form: Form) -> None:
    seen: set[str] = set()
    for at, section in enumerate(form.sections):
        for index, field in enumerate(section.fields):
            place = ("sections", at, "fields", index)
            if field.id in seen:
                raise _broken(marked, (*place, "id"), f"`{field.id}` stands twice: a field needs a name of its own")
            seen.add(field.id)
            if bool(field.options) != (field.kind == "choice"):
                raise _broken(marked, place, f"`{field.id}`: `options` belong to a choice, and a choice needs them")
            if (field.levels is not None) != (field.kind == "level"):
                raise _broken(marked, place, f"`{field.id}`: `levels` belong to a level, and a level needs them")
    if form.number in ASSESSING:
        for part in ("A", "B"):
            if not form.lines(part):
                raise _broken(marked, ("sections",), f"form {form.number} needs a section of part {part} with levels")
    if form.number == "02":
        _check_conclusion(marked, form)


def _check_conclusion(marked: Marked, form: Form) -> None:
    for role, values in (("threat", {"yes"}), ("conclusion", {"urgent", "go_on"}), ("reason", set[str]())):
        field = form.with_role(role)
        if field is None or not values <= set(field.values or ()):
            needed = f" with the options {', '.join(sorted(values))}" if values else ""
            raise _broken(marked, ("sections",), f"form 02 needs a field with `role: {role}`{needed}")


def _broken(marked: Marked, location: tuple[str | int, ...], what: str) -> FormsError:
    advice = "Mend that line, or take the file away to use ours (escalation/casefile/forms)."
    return FormsError(f"{marked.file}:{marked.line_of(location)}: {what}. {advice}")


def _path(location: tuple[str | int, ...]) -> str:
    return ".".join(str(part) for part in location) or "the file"


def _own_files(folder: Path) -> dict[str, tuple[str, str]]:
    if not folder.is_dir():
        raise FormsError(f"KHIEN_CASEFILE_FORMS: {folder} is no folder. Make it, or leave the setting out.")
    found = {}
    for path in sorted(folder.glob("*.y*ml")):
        if path.name.removesuffix(path.suffix) not in NUMBERS or path.suffix != ".yml":
            names = ", ".join(f"{number}.yml" for number in NUMBERS)
            raise FormsError(f"{path}: there is no such form. The files are {names}; rename or remove this one.")
        try:
            found[path.stem] = (str(path), path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError):
            raise FormsError(f"{path}:1: the file cannot be read. Save it as UTF-8 text.") from None
    return found


def _ours(number: str) -> str:
    return files("escalation.casefile").joinpath("forms", f"{number}.yml").read_text(encoding="utf-8")
