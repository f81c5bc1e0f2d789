import io
import zipfile

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalation.documents.docx import to_docx
from escalation.documents.letters import plain
from escalation.documents.model import Document, Field, Section
from tests.escalation.documents.papers import MARKUP, paper, values_of
from tests.escalation.documents.test_pdf import ALPHABET


def test_every_vietnamese_letter_can_be_read_back() -> None:
    assert values_of(to_docx(paper(*ALPHABET))) == list(ALPHABET)


@pytest.mark.parametrize("words", MARKUP)
def test_what_looks_like_markup_is_text(words: str) -> None:
    file = to_docx(paper(words))
    assert values_of(file) == [words]
    with zipfile.ZipFile(io.BytesIO(file)) as parts:
        assert b"instrText" not in parts.read("word/document.xml")
        assert b"hyperlink" not in parts.read("word/document.xml")
        assert b'TargetMode="External"' not in parts.read("word/_rels/document.xml.rels")


@given(st.lists(st.text(min_size=1), min_size=1, max_size=30))
@settings(max_examples=20, deadline=None)
def test_any_text_comes_back_as_the_same_text(texts: list[str]) -> None:
    assert values_of(to_docx(paper(*(f"⟦{text}⟧" for text in texts)))) == [f"⟦{plain(text)}⟧" for text in texts]


def test_own_words_stand_in_quotation_marks_and_an_empty_line_is_left_open() -> None:
    said, empty = values_of(to_docx(paper("Em ở nhà một mình", " \u200b ", quoted=True)))
    assert said == "“Em ở nhà một mình”"
    assert set(empty) == {"…"}


def test_title_sections_paragraphs_and_footer_stand_in_the_file() -> None:
    section = Section("Phần một", (Field("Tuổi", "12"),), ("Đoạn thứ nhất.", "Đoạn thứ hai."))
    file = docx.Document(io.BytesIO(to_docx(Document("Phiếu", "Hồ sơ 12", (section,), "Tổng đài 111", "vi"))))
    told = [paragraph.text for paragraph in file.paragraphs if paragraph.text]
    assert told == ["Phiếu", "Hồ sơ 12", "Phần một", "Đoạn thứ nhất.", "Đoạn thứ hai."]
    assert [paragraph.style.name for paragraph in file.paragraphs if paragraph.style and paragraph.text][
        2
    ] == "Heading 1"
    assert file.sections[0].footer.paragraphs[0].text.startswith("Tổng đài 111")


def test_letters_keep_one_font_whatever_their_accents() -> None:
    file = docx.Document(io.BytesIO(to_docx(paper("ợ"))))
    fonts = file.styles["Normal"].element.rPr.rFonts
    named = {name.split("}")[1]: value for name, value in fonts.attrib.items()}
    assert named == dict.fromkeys(("ascii", "hAnsi", "eastAsia", "cs"), "Times New Roman")


def test_the_file_tells_of_no_author_and_no_time() -> None:
    properties = docx.Document(io.BytesIO(to_docx(paper("x")))).core_properties
    assert (properties.author, properties.comments, properties.last_modified_by) == ("", "", "")
    assert properties.created is not None
    assert properties.created.year == 1980
    assert properties.language == "vi-VN"
