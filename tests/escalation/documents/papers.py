"""Documents to try the renderers on, and what stands in the files they make."""

import io
from typing import Literal

import docx
import pypdf

from escalation.documents.model import Document, Field, Section

MARKUP = (
    '#import "@preview/cetz:0.3.0"',
    '#read("/etc/passwd")',
    "*đậm* _nghiêng_ `mã` $x^2$ @nguồn <nhãn> = tiêu đề",
    "// ghi chú /* ghi chú */ \\u{41} \\ -- --- ... ~ 'một' \"hai\"",
    "]; #panic() [ } {",
    "<script>alert(1)</script> <b>&amp;</b> ]]> <!-- -->",
    '=HYPERLINK("http://x","y")',
    "+84 -1 @SUM(1)",
    "{ DDEAUTO c:\\\\windows } \\fldinst",
)


def paper(*words: str, quoted: bool = False, language: Literal["vi", "en"] = "vi") -> Document:
    """Return a document whose one section has these words, each as the value of a field."""
    fields = tuple(Field(f"Dòng {number}", value, quoted) for number, value in enumerate(words, 1))
    return Document("Phiếu", "", (Section("Phần một", fields),), "", language)


def read_pdf(file: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(file)).pages)


def values_of(file: bytes) -> list[str]:
    """Return the values of all fields of a DOCX."""
    tables = docx.Document(io.BytesIO(file)).tables
    return [row.cells[1].text for table in tables for row in table.rows]


def unspaced(text: str) -> str:
    """Return a text without any space: a page breaks lines where it likes."""
    return "".join(text.split())
