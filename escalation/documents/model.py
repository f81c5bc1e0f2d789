"""A document as a plain value: what stands in it, and nothing of how it looks."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Field:
    """One line of a form. `quoted` marks a value as somebody's own words; an empty value is a line left open."""

    label: str
    value: str
    quoted: bool = False


@dataclass(frozen=True)
class Section:
    """A heading with the lines of a form below it, then paragraphs."""

    title: str
    fields: tuple[Field, ...] = ()
    paragraphs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Document:
    """A whole document. The footer stands on every page, beside the page's number."""

    title: str
    subtitle: str
    sections: tuple[Section, ...]
    footer: str
    language: Literal["vi", "en"]
