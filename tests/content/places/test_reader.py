"""A line of places that is wrong names its file, its number and how to mend it."""

from pathlib import Path

import pytest

from content.errors import ContentError
from content.library import Content
from content.places.reader import read_places
from content.tree import read_tree

UNITS = "# head\n01\tThành phố\tHà Nội\n00004\tPhường\tBa Đình\n00008\tPhường\tNgọc Hà\n"
FORMER = "01\tThành phố\tHà Nội\t01\n001\tQuận\tBa Đình\n00004\tp Điện Biên; p Kim Mã\n00008\tp Kim Mã\n"
ALIASES = "now\t01\thn; hnoi\nbefore\t001\tbđ\nonce\t01\thà tây\tTỉnh Hà Tây\n"


def test_whole_files_are_read() -> None:
    units = read_places("places", [UNITS, FORMER, ALIASES])
    assert [unit.full for unit in units.former] == [
        "Thành phố Hà Nội",
        "Quận Ba Đình, Thành phố Hà Nội",
        "Phường Điện Biên, Quận Ba Đình, Thành phố Hà Nội",
        "Phường Kim Mã, Quận Ba Đình, Thành phố Hà Nội",
    ]
    assert [commune.name for commune in units.former[3].communes] == ["Ba Đình", "Ngọc Hà"]
    assert [name for name, _ in units.aliases] == ["hn", "hnoi", "bđ", "hà tây"]


@pytest.mark.parametrize(
    ("before", "after", "file", "line", "code"),
    [
        ("00008\tPhường", "00004\tPhường", "units.tsv", 4, "KC014"),
        ("00008\tPhường", "8\tPhường", "units.tsv", 4, "KC013"),
        ("00004\tPhường\tBa Đình", "00004\tPhường", "units.tsv", 3, "KC013"),
        ("# head\n01\tThành phố\tHà Nội\n", "", "units.tsv", 1, "KC013"),
        ("Hà Nội\t01\n", "Hà Nội\t02\n", "former.tsv", 1, "KC014"),
        ("00008\tp Kim", "00009\tp Kim", "former.tsv", 4, "KC014"),
        ("p Kim Mã\n", "y Kim Mã\n", "former.tsv", 3, "KC013"),
        ("\tp Điện", "\t\tp Điện", "former.tsv", 3, "KC013"),
        ("p Điện Biên; ", "p Điện Biên\t", "former.tsv", 3, "KC013"),
        ("01\tThành phố\tHà Nội\t01\n", "", "former.tsv", 1, "KC013"),
        ("now\t01", "now\t02", "aliases.tsv", 1, "KC014"),
        ("before\t001", "before\t002", "aliases.tsv", 2, "KC014"),
        ("once", "ever", "aliases.tsv", 3, "KC013"),
    ],
)
def test_a_broken_line_names_its_file_line_and_code(before: str, after: str, file: str, line: int, code: str) -> None:
    texts = [
        text.replace(before, after, 1) if name == file else text
        for name, text in (("units.tsv", UNITS), ("former.tsv", FORMER), ("aliases.tsv", ALIASES))
    ]
    with pytest.raises(ContentError) as caught:
        read_places("places", texts)
    (problem,) = caught.value.problems
    assert (problem.place.file, problem.place.line, problem.code) == (f"places/{file}", line, code)


def test_a_folder_of_content_with_broken_places_is_not_loaded(root: Path) -> None:
    (root / "places").mkdir()
    for name, text in (("units.tsv", UNITS.replace("\t", " ")), ("former.tsv", FORMER), ("aliases.tsv", ALIASES)):
        (root / "places" / name).write_text(text, encoding="utf-8")
    assert [str(problem.place.file) for problem in read_tree(root).problems] == ["content/places/units.tsv"]
    with pytest.raises(ContentError, match="KC013"):
        Content.load(root)


def test_a_missing_file_of_places_is_named(root: Path) -> None:
    (root / "places").mkdir()
    (root / "places/units.tsv").write_text(UNITS, encoding="utf-8")
    with pytest.raises(ContentError, match=r"places/former.tsv:1: KC001"):
        Content.load(root)
