"""What stands in a paper: labels in order, the child's words as its own, the decree's name only where compared."""

from dataclasses import replace
from typing import Any

from escalation.casefile import filling, quotations
from escalation.casefile.forms import our_forms
from escalation.casefile.papers import form_paper, whole_paper
from escalation.casefile.reading import CaseFile, read_file
from escalation.desk import wording
from escalation.documents.model import Document, Field
from tests.escalation.hotline import START, Hotline
from tests.store.keys import VAULT

pytest_plugins = ("tests.store.databases", "tests.escalation.hotline_fixture")
FORMS = our_forms()
WORDS = wording.words("vi")


async def file_of(hotline: Hotline, number: str = "02", **cells: str) -> CaseFile:
    lan, case_id = await hotline.staff("lan"), await hotline.child("em", "hôm qua bố đánh em")
    form = FORMS.by_number[number]
    async with hotline.database.transaction() as unit:
        sent = {name.replace("__", "."): value for name, value in cells.items()}
        await filling.save(unit, VAULT, lan, case_id, form, version=0, sent=sent, shown={}, now=hotline.now)
        field = "harm" if number == "02" else "state"
        await quotations.quote(unit, VAULT, lan, case_id, form, field=field, seq=1, words="bố đánh em", now=hotline.now)
        return await read_file(unit, VAULT, lan, case_id, hotline.now, page="file", words=WORDS)


def printed(file: CaseFile, number: str = "02", forms: Any = FORMS) -> Document:
    words = WORDS["casefile"]
    return form_paper(file, forms, forms.by_number[number], number="A1B2C3", words=words, language="vi", now=START)


def lines(document: Document) -> list[Field]:
    return [field for section in document.sections for field in section.fields]


async def test_the_decrees_name_stands_only_on_a_form_that_was_compared(lite_hotline: Hotline) -> None:
    file = await file_of(lite_hotline, harm="high")
    assert printed(file).subtitle == "Bản nháp theo nội dung Mẫu số 02, chưa đối chiếu với mẫu ban hành"
    compared = replace(FORMS, compared=frozenset({"02"}))
    subtitle = "theo Mẫu số 02 ban hành kèm theo Nghị định 56/2017/NĐ-CP"
    assert printed(file, forms=compared).subtitle == subtitle
    assert "ban hành kèm theo" not in printed(file, "03", compared).subtitle


async def test_a_level_is_printed_with_its_meaning_its_evidence_and_the_childs_words(lite_hotline: Hotline) -> None:
    file = await file_of(lite_hotline, harm="high", harm__why="đau tay")
    at = next(index for index, line in enumerate(lines(printed(file))) if line.label.startswith("Mức độ tổn hại"))
    level, why, quoted, after = lines(printed(file))[at : at + 4]
    assert level.value == "Cao: Nghiêm trọng, hoặc đe dọa tính mạng"
    assert (why.label, why.value) == ("Căn cứ", "đau tay")
    assert (quoted.value, quoted.quoted) == ("bố đánh em", True)
    assert after.value == "Chưa rõ", "what is unknown is printed as unknown"


async def test_the_count_and_the_missing_signature_are_printed(lite_hotline: Hotline) -> None:
    paper = printed(await file_of(lite_hotline, harm="high"))
    said = [words for section in paper.sections for words in section.paragraphs]
    assert "Phần A: 1 cao, 0 trung bình, 0 thấp, 2 chưa rõ." in said
    assert "(Chưa ký)" in said


async def test_what_an_operator_took_out_of_a_form_is_printed_all_the_same(lite_hotline: Hotline) -> None:
    file = await file_of(lite_hotline, "01", carer="bà ngoại")
    form = FORMS.by_number["01"]
    sections = tuple(
        section.model_copy(update={"fields": tuple(field for field in section.fields if field.id != "carer")})
        for section in form.sections
    )
    forms = replace(FORMS, by_number={**FORMS.by_number, "01": form.model_copy(update={"sections": sections})})
    assert Field("carer", "bà ngoại") in lines(printed(file, "01", forms))


async def test_the_whole_file_has_the_report_and_every_form_that_was_begun(lite_hotline: Hotline) -> None:
    file = await file_of(lite_hotline, harm="high")
    words = WORDS["casefile"]
    paper = whole_paper(file, FORMS, number="A1B2C3", words=words, language="vi", now=START)
    titles = [section.title for section in paper.sections]
    assert [form.number for form in FORMS if form.title.vi in titles] == ["01", "02"]
    assert "A1B2C3" in paper.footer
    assert "15:00 22/11/2026" in paper.footer
