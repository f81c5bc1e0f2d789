from pathlib import Path

import pytest

from content.lint.helplines import directory, numbers
from content.tree import read_tree


def codes(root: Path, text: str) -> list[str]:
    (root / "vi/messages/flows.yml").write_text(f"- id: a\n  text:\n    all: '{text}'\n", encoding="utf-8")
    return [problem.code for problem in numbers(read_tree(root)) if "/messages/" in problem.place.file]


@pytest.mark.parametrize(
    "text",
    [
        "Gọi 111.", "Gọi 111 111 nhé", "Gọi 111, ngày đêm.", "Luật Trẻ em 2016, điều 51.", "Na mất 500.000 đồng.",
        "Mã OTP là dãy số 123456.", "Hơn 100 triệu", "100%", "Gọi 24/7", "Gọi 100 lần", "110 tuổi", "Ngày 20/11/2026",
        "Có 1.000 lượt xem", "Chơi 110 phút", "3.141592",
    ],
)  # fmt: skip
def test_what_passes(root: Path, text: str) -> None:
    assert codes(root, text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Gọi 113.", "Bấm 115 nhé", "18001567", "1800 1567", "Số 0912 345 678", "+84 912 345 678", "0912.345.678",
        "Gọi số 1022", "tổng đài 9999", "hotline: 19006789", "Call 911 now", "Gọi 111 hoặc 113",
        "Gọi 113 ngày đêm", "Gọi 113 bạn nhé", "Gọi 115 từ máy nào cũng được",
    ],
)  # fmt: skip
def test_what_must_be_in_the_directory(root: Path, text: str) -> None:
    assert codes(root, text) == ["KC202"]


def test_what_nobody_has_verified(root: Path) -> None:
    assert codes(root, "Gọi 1900 1234.") == ["KC203"]
    assert codes(root, "Gọi 19001234.") == ["KC203"]


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("  hidden: chưa gọi thử\n", "", "KC206"),
        (
            "  verified: {by: An, date: 2026-11-01}\n",
            "  verified: {by: An, date: 2026-11-01}\n  hidden: vì sao\n",
            "KC206",
        ),
        ("  hours: 24/7\n", '  hours: 24/7\n  province: "31"\n', "KC205"),
    ],
)
def test_an_entry_says_why_it_is_hidden_and_for_which_province(root: Path, before: str, after: str, code: str) -> None:
    file = root / "directory.yml"
    assert list(directory(read_tree(root))) == []
    file.write_text(file.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")
    assert [problem.code for problem in directory(read_tree(root))] == [code]


def test_a_province_of_the_places_may_have_a_helpline(root: Path) -> None:
    (root / "places").mkdir()
    (root / "places/units.tsv").write_text("31\tThành phố\tHải Phòng\n", encoding="utf-8")
    for name in ("former.tsv", "aliases.tsv"):
        (root / "places" / name).write_text("", encoding="utf-8")
    file = root / "directory.yml"
    text = file.read_text(encoding="utf-8").replace("  hours: 24/7\n", '  hours: null\n  province: "31"\n')
    file.write_text(text, encoding="utf-8")
    assert list(directory(read_tree(root))) == []
