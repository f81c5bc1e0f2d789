"""A document as PDF: typst sets it from data, in memory, with the fonts inside its wheel and without a network.

Nothing in a document can become markup: the template is a file of ours, and all words reach it as JSON strings, which
typst shows as text. Setting a page takes about 40 ms of one core: call `to_pdf` in a thread.
"""

import json
from pathlib import Path
from typing import Any, Literal

import typst

from escalation.documents.letters import LEFT_OPEN, Language, drawn
from escalation.documents.model import Document, Field

_TEMPLATE = (Path(__file__).parent / "page.typ").read_bytes()
_NO_TIME = 0  # the file tells nothing of when it was made; its words may


class NotSetError(Exception):
    """A document could not be set; the words of typst, which may quote it, are left out."""


def to_pdf(document: Document) -> bytes:
    """Return the document as a tagged PDF, in A4; the same document gives the same bytes. Raises NotSetError."""
    try:
        return setting(document)
    except typst.TypstError:
        raise NotSetError("the document could not be set as PDF") from None


def setting(document: Document, *standards: Literal["ua-1"]) -> bytes:
    """Return the document as PDF; raises TypstError where it would break one of the `standards`."""
    return typst.compile(
        _TEMPLATE,
        ignore_system_fonts=True,
        sys_inputs={"document": json.dumps(_data(document))},
        pdf_standards=list(standards),
        timestamp=_NO_TIME,
    )


def _data(document: Document) -> dict[str, Any]:
    language = document.language
    return {
        "title": drawn(document.title, language),
        "subtitle": drawn(document.subtitle, language),
        "footer": drawn(document.footer, language),
        "language": language,
        "sections": [
            {
                "title": drawn(section.title, language),
                "fields": [_field(field, language) for field in section.fields],
                "paragraphs": [drawn(words, language) for words in section.paragraphs],
            }
            for section in document.sections
        ],
    }


def _field(field: Field, language: Language) -> dict[str, Any]:
    value = drawn(field.value, language)
    empty = not value.strip()
    return {
        "label": drawn(field.label, language),
        "value": LEFT_OPEN if empty else value,
        "quoted": field.quoted and not empty,
    }
