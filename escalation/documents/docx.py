"""A document as DOCX (Office Open XML), for whoever goes on writing in it: built in memory by python-docx.

Words stand in the file as text alone: no field codes, no links and no HTML are made of them.
"""

import io
from datetime import UTC, datetime
from typing import Any

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import _Cell
from docx.text.paragraph import Paragraph

from escalation.documents.letters import LEFT_OPEN, plain
from escalation.documents.model import Document, Field, Section

FONT = "Times New Roman"  # on every office machine in Việt Nam, with all its letters
_LOCALES = {"vi": "vi-VN", "en": "en-GB"}
_MUTED = RGBColor(0x5A, 0x5A, 0x5A)
_LABEL, _VALUE = Mm(54), Mm(106)  # the width between the margins of A4
_NO_TIME = datetime(1980, 1, 1, tzinfo=UTC)  # the file tells nothing of when it was made; its words may


def to_docx(document: Document) -> bytes:
    """Return the document as DOCX, in A4."""
    file = docx.Document()
    _lay_out(file, document)
    _paragraph(file.add_paragraph(style="Title"), document.title)
    if document.subtitle:
        _paragraph(file.add_paragraph(style="Subtitle"), document.subtitle)
    for section in document.sections:
        _add(file, section)
    _foot(file.sections[0].footer.paragraphs[0], document.footer)
    held = io.BytesIO()
    file.save(held)
    return held.getvalue()


def _add(file: Any, section: Section) -> None:
    if section.title:
        _paragraph(file.add_paragraph(style="Heading 1"), section.title)
    if section.fields:
        table = file.add_table(rows=0, cols=2)
        table.autofit = False
        _rule(table)
        for field in section.fields:
            label, value = table.add_row().cells
            label.width, value.width = _LABEL, _VALUE
            _fill(label, value, field)
        file.add_paragraph()
    for words in section.paragraphs:
        _paragraph(file.add_paragraph(), words)


def _fill(label: _Cell, value: _Cell, field: Field) -> None:
    _paragraph(label.paragraphs[0], field.label)
    for run in label.paragraphs[0].runs:
        run.font.color.rgb = _MUTED
    words = field.value if plain(field.value).strip() else ""
    if words and field.quoted:
        value.paragraphs[0].style = "Quote"
        words = f"“{words}”"
    _paragraph(value.paragraphs[0], words or LEFT_OPEN)


def _paragraph(paragraph: Paragraph, words: str) -> None:
    """Write words with their line ends; python-docx makes a break of every newline and escapes the rest for XML."""
    paragraph.add_run(plain(words))


def _foot(paragraph: Paragraph, words: str) -> None:
    _paragraph(paragraph, f"{words}  ·  " if words else "")
    for code, after in (("PAGE", "/"), ("NUMPAGES", "")):
        field = OxmlElement("w:fldSimple")
        field.set(qn("w:instr"), code)
        paragraph._p.append(field)  # noqa: SLF001  # python-docx has no page numbers of its own
        field.append(paragraph.add_run("1")._r)  # noqa: SLF001  # until whoever opens it counts
        paragraph.add_run(after)


def _lay_out(file: Any, document: Document) -> None:
    page = file.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin, page.right_margin, page.top_margin, page.bottom_margin = Mm(30), Mm(20), Mm(20), Mm(20)
    for name, size, muted in (
        ("Normal", 13, False),
        ("Title", 16, False),
        ("Subtitle", 12, True),
        ("Heading 1", 13, False),
        ("Quote", 13, False),
        ("Footer", 9, True),
    ):
        _style(file.styles[name], Pt(size), _MUTED if muted else RGBColor(0, 0, 0), _LOCALES[document.language])
    for name in ("Title", "Subtitle"):
        file.styles[name].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    file.styles["Quote"].paragraph_format.left_indent = Mm(4)
    properties = file.core_properties
    properties.title = plain(document.title).replace("\n", " ")[:255]
    properties.language = _LOCALES[document.language]
    properties.author = properties.comments = properties.last_modified_by = ""
    properties.created = properties.modified = _NO_TIME


def _style(style: Any, size: Pt, colour: RGBColor, locale: str) -> None:
    style.font.name, style.font.size, style.font.color.rgb = FONT, size, colour
    style.font.bold = style.name in ("Title", "Heading 1")
    style.font.italic = False
    style.paragraph_format.space_after = Pt(6)
    parts = style.element.get_or_add_rPr()
    fonts = parts.find(qn("w:rFonts"))
    # The template's theme names other fonts for some letters; the accents of Vietnamese must not change the font.
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    for kind in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{kind}"), FONT)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), locale)
    parts.append(language)
    for border in list(style.element.iter(qn("w:pBdr"))):
        border.getparent().remove(border)


def _rule(table: Any) -> None:
    """Draw a fine line under every row and nothing else."""
    borders = OxmlElement("w:tblBorders")
    for edge in ("bottom", "insideH"):
        line = OxmlElement(f"w:{edge}")
        for name, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", "B9B9B9")):
            line.set(qn(f"w:{name}"), value)
        borders.append(line)
    # python-docx knows borders only as styles of Word's own. They stand before the layout: the standard has an order.
    table._tbl.tblPr.find(qn("w:tblLayout")).addprevious(borders)  # noqa: SLF001
