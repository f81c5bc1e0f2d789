import io
import json
import resource
import subprocess
import sys
import traceback
import unicodedata

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalation.documents import letters, pdf
from escalation.documents.letters import drawn
from escalation.documents.model import Document, Field, Section
from escalation.documents.pdf import setting, to_pdf
from tests.escalation.documents.papers import MARKUP, paper, read_pdf, unspaced

SMALL = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệfghiìỉĩíịjklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvwxyỳỷỹýỵz"
ALPHABET = SMALL + SMALL.upper()


def test_every_vietnamese_letter_can_be_read_back() -> None:
    assert set(ALPHABET) <= set(read_pdf(to_pdf(paper(*ALPHABET))))


def test_letters_typed_with_separate_accents_can_be_read_back() -> None:
    apart = unicodedata.normalize("NFD", "Trẻ em được lắng nghe, được bảo vệ")
    assert "Trẻ em được lắng nghe, được bảo vệ" in read_pdf(to_pdf(paper(apart)))


@pytest.mark.parametrize("words", MARKUP)
def test_what_looks_like_markup_is_text(words: str) -> None:
    assert unspaced(words) in unspaced(read_pdf(to_pdf(paper(words))))


@given(st.text(st.characters(codec="utf-8"), min_size=1))
@settings(max_examples=60, deadline=None)
def test_any_text_comes_back_as_the_same_text(text: str) -> None:
    """With the names of what no font has; but for spaces, for a line breaks where the page ends."""
    page = unspaced(unicodedata.normalize("NFC", read_pdf(to_pdf(paper(text)))))
    assert unspaced(drawn(text, "vi")) in page


@given(st.text(st.sampled_from(ALPHABET + "#*_$`@<>\\/=+-~'\"()[]{}&;:,.!?0123456789 \n"), min_size=1))
@settings(max_examples=60, deadline=None)
def test_vietnamese_and_signs_of_markup_come_back_letter_by_letter(text: str) -> None:
    page = unspaced(read_pdf(to_pdf(Document("Phiếu", "", (Section("", paragraphs=(text,)),), "", "vi"))))
    assert page == unspaced(f"Phiếu{text}1/1")


@pytest.mark.parametrize(("first", "last"), letters._DRAWN)
def test_the_fonts_have_every_letter_that_is_drawn(first: int, last: int) -> None:
    kept = [chr(code) for code in range(first, last + 1) if unicodedata.category(chr(code)) not in ("Cn", "Cf")]
    setting(paper(*(f"a{letter}" for letter in kept)), "ua-1")  # refuses what no font has


def test_a_page_says_what_it_is_to_a_screen_reader() -> None:
    file = setting(paper("Em sợ lắm 😭", "", quoted=True), "ua-1")
    root = pypdf.PdfReader(io.BytesIO(file)).root_object
    assert str(root["/Lang"]) == "vi"
    assert "/StructTreeRoot" in root


def test_a_word_longer_than_a_line_stays_on_the_page() -> None:
    held_down = "W" * 400
    file = pypdf.PdfReader(io.BytesIO(to_pdf(paper(held_down))))
    right_edge = float(file.pages[0].mediabox.right)
    places: list[float] = []
    file.pages[0].extract_text(visitor_text=lambda text, _, matrix, *__: places.append(matrix[4]) if text else None)
    assert unspaced(file.pages[0].extract_text()).count("W") == 400
    assert max(places) < right_edge


def test_own_words_stand_in_quotation_marks_and_an_empty_line_is_left_open() -> None:
    page = read_pdf(to_pdf(paper("Em ở nhà một mình", "   ", quoted=True)))
    assert "“Em ở nhà một mình”" in page
    assert "…" in page
    assert page.count("“") == 1


def test_title_subtitle_paragraphs_and_footer_stand_on_the_page() -> None:
    section = Section("Phần một", (Field("Tuổi", "12"),), ("Đoạn thứ nhất.", "Đoạn thứ hai."))
    long_one = Section("Phần hai", paragraphs=("Một câu dài. " * 900,))
    file = to_pdf(Document("Phiếu tiếp nhận", "Hồ sơ 12", (section, long_one), "Tổng đài 111", "vi"))
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(file)).pages]
    for words in ("Phiếu tiếp nhận", "Hồ sơ 12", "Phần một", "Tuổi", "12", "Đoạn thứ nhất.", "Đoạn thứ hai."):
        assert words in pages[0]
    assert len(pages) > 1
    assert all("Tổng đài 111" in page for page in pages)
    assert f"1/{len(pages)}" in pages[0]


def test_the_same_document_gives_the_same_bytes() -> None:
    assert to_pdf(paper("Em sợ")) == to_pdf(paper("Em sợ"))


def test_a_failure_quotes_nothing_of_the_document(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "_TEMPLATE", b"#panic(sys.inputs.document)")
    words = f"{id(monkeypatch):x}"  # a traceback shows the lines of this file too
    with pytest.raises(pdf.NotSetError) as caught:
        to_pdf(paper(words))
    assert words not in "".join(traceback.format_exception(caught.value))


def test_no_file_is_written_and_no_place_is_asked_over_the_network() -> None:
    """A process that may not write a single byte into a file, nor open one more socket, makes both kinds."""
    made = subprocess.run(
        [sys.executable, "-c", _WITHOUT_FILES],
        check=True,
        capture_output=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)),
    )
    assert json.loads(made.stdout) == ["%PDF", "PK\x03\x04"]


_WITHOUT_FILES = """
import json
from tests.escalation.documents.papers import MARKUP, paper
from escalation.documents.docx import to_docx
from escalation.documents.pdf import to_pdf
import sys
def refuse(event, _):
    if event.startswith("socket."):
        raise SystemExit("a socket")
sys.addaudithook(refuse)
files = [to_pdf(paper(*MARKUP)), to_docx(paper(*MARKUP))]
print(json.dumps([file[:4].decode("latin-1") for file in files]))
"""
