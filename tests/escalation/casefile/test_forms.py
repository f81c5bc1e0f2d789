"""The forms as data: ours are whole, an operator's own are taken in, and what is wrong in them is told by its line."""

from pathlib import Path

import pytest

from bot.settings import Settings
from escalation.casefile.forms import ASSESSING, NUMBERS, FormsError, our_forms, read_form, read_forms
from escalation.casefile.prefill import known_of, prefilled

OURS = Path("escalation/casefile/forms")


def edited(number: str, old: str, new: str) -> str:
    text = (OURS / f"{number}.yml").read_text("utf-8")
    assert old in text
    return text.replace(old, new, 1)


def test_ours_are_the_four_forms_and_none_counts_as_compared() -> None:
    forms = our_forms()
    assert [form.number for form in forms] == list(NUMBERS)
    assert forms.compared == frozenset()


def test_the_lines_of_the_first_assessment_are_asked_again_in_the_later_ones() -> None:
    first, *later = (our_forms().by_number[number] for number in ASSESSING)
    for part in ("A", "B"):
        asked = {line.id for line in first.lines(part)}
        assert asked
        assert all(asked <= {line.id for line in form.lines(part)} for form in later)


def test_no_name_phone_or_address_is_ever_required() -> None:
    """Empty is lawful: the data know no such thing as a required field."""
    text = "".join((OURS / f"{number}.yml").read_text("utf-8") for number in NUMBERS)
    assert "required" not in text


@pytest.mark.parametrize(
    ("number", "old", "new", "told"),
    [
        ("01", "kind: line", "kind: lines", "01.yml:15"),
        ("01", "id: agency", "id: Agency", "01.yml:12"),
        ("01", "id: number", "id: agency", "stands twice"),
        ("01", 'number: "01"', 'number: "02"', "this file is form 01, not 02"),
        ("01", "sections:", "sections: [", "01.yml:"),
        ("01", "kind: choice\n", "kind: line\n", "`options` belong to a choice"),
        ("02", "kind: level\n", "kind: line\n", "`levels` belong to a level"),
        ("02", "part: B", "", "needs a section of part B"),
        ("02", "role: threat", "", "role: threat"),
        ("02", "id: urgent", "id: soon", "urgent"),
        ("06", "part: A", "", "needs a section of part A"),
    ],
)
def test_a_broken_form_is_told_by_file_and_line_and_how_to_mend_it(number: str, old: str, new: str, told: str) -> None:
    with pytest.raises(FormsError, match=told) as caught:
        read_form(f"{number}.yml", edited(number, old, new), number)
    assert f"{number}.yml:" in str(caught.value)


def test_an_operators_form_takes_the_place_of_ours_and_the_others_stay(tmp_path: Path) -> None:
    (tmp_path / "06.yml").write_text(edited("06", "Đề xuất", "Ý kiến đề xuất"), "utf-8")
    forms = read_forms(tmp_path, frozenset({"06"}))
    proposal = forms.by_number["06"].field_of("proposal")
    assert proposal is not None
    assert proposal.label.vi == "Ý kiến đề xuất"
    assert forms.by_number["01"] == our_forms().by_number["01"]
    assert forms.compared == {"06"}


def test_what_cannot_be_a_form_of_the_operator_is_told(tmp_path: Path) -> None:
    with pytest.raises(FormsError, match="no folder"):
        read_forms(tmp_path / "nowhere")
    with pytest.raises(FormsError, match="KHIEN_CASEFILE_COMPARED: there is no form 04"):
        read_forms(None, frozenset({"04"}))
    (tmp_path / "01.yml").write_bytes(b"\xff\xfe")
    with pytest.raises(FormsError, match=r"01\.yml:1: the file cannot be read"):
        read_forms(tmp_path)
    (tmp_path / "01.yml").rename(tmp_path / "mau01.yml")
    with pytest.raises(FormsError, match="rename or remove"):
        read_forms(tmp_path)


def test_the_setting_names_the_compared_forms_with_or_without_spaces() -> None:
    assert Settings(casefile_compared=" 01, 06,").forms_compared == {"01", "06"}
    assert Settings().forms_compared == frozenset()


class Row:
    channel, band, role, harms = "web", "11-14", "child", "cyberbullying scam"


WORDS = {
    "channel": {"web": "Web"},
    "band": {"11-14": "11–14 tuổi"},
    "harms": {"cyberbullying": "Bắt nạt trên mạng", "scam": "Bị lừa"},
}


def test_a_form_begins_with_what_is_known_and_of_the_child_only_with_what_it_agreed_to() -> None:
    form = our_forms().by_number["01"]
    nothing = prefilled(form, known_of(Row, {}, owner="Cô Lan", opened="15:00 22/11/2026", words=WORDS))
    assert (nothing["age"], nothing["state"]) == ("11–14 tuổi", "Bắt nạt trên mạng, Bị lừa")
    assert nothing.keys() & {"child", "called", "area", "informant_phone", "place"} == set()
    items = {"nickname": "Na", "area": "Phường Thủ Đức", "phone": "0912345678"}
    agreed = prefilled(form, known_of(Row, items, owner="", opened="", words=WORDS))
    assert (agreed["called"], agreed["area"], agreed["informant_phone"]) == tuple(items.values())
    assert agreed.keys() & {"child", "officer"} == set()


def test_a_very_long_nickname_is_cut_to_its_field() -> None:
    form = our_forms().by_number["01"]
    known = known_of(Row, {"nickname": "Na" * 500}, owner="", opened="", words=WORDS)
    assert len(prefilled(form, known)["called"]) == 200
