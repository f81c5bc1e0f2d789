"""Our own files of places: complete, sorted, small, with their source, and every unit found by its own name."""

from collections import Counter

import pytest

from content.answers import fold
from content.library import CONTENT_FOLDER
from content.places.lookup import Places
from content.places.reader import FILES, read_places
from content.places.units import Commune, Province, Units

FOLDER = CONTENT_FOLDER / "places"


@pytest.fixture(scope="module")
def units() -> Units:
    return read_places("content/places", [(FOLDER / name).read_text(encoding="utf-8") for name in FILES])


@pytest.fixture(scope="module")
def places(units: Units) -> Places:
    return Places.of(units)


def test_there_are_as_many_units_as_the_resolutions_name(units: Units) -> None:
    assert Counter(province.kind for province in units.provinces) == {"Tỉnh": 28, "Thành phố": 6}
    assert Counter(commune.kind for commune in units.communes) == {"Xã": 2621, "Phường": 687, "Đặc khu": 13}
    assert (len(units.provinces), len(units.communes)) == (34, 3321)


def test_there_are_as_many_old_units_as_were_merged(units: Units) -> None:
    # Five island districts had no communes; 10,035 communes had.
    assert Counter(former.level for former in units.former) == {"province": 63, "district": 696, "commune": 10035}


def test_every_old_unit_became_something_of_one_province_and_every_new_commune_was_something(units: Units) -> None:
    for former in units.former:
        assert former.level == "province" or former.communes
        assert {commune.province for commune in former.communes} <= {former.province}
    became = {commune.code for former in units.former for commune in former.communes}
    assert became == {commune.code for commune in units.communes}


@pytest.mark.parametrize("name", ["units.tsv", "former.tsv"])
def test_the_files_are_small_and_say_where_they_come_from(name: str) -> None:
    text = (FOLDER / name).read_text(encoding="utf-8")
    head = "".join(line for line in text.splitlines(keepends=True) if line.startswith("#"))
    assert all(word in head for word in ("Source:", "Licence:", "Date:"))
    assert len(text.encode()) < 200_000


def test_the_units_stand_in_the_order_of_their_codes(units: Units) -> None:
    assert [province.code for province in units.provinces] == sorted(province.code for province in units.provinces)
    communes = [(commune.province.code, commune.code) for commune in units.communes]
    assert communes == sorted(communes)


def test_every_commune_is_the_one_meant_by_its_own_name_and_province(units: Units, places: Places) -> None:
    wrong = [commune.full for commune in units.communes if named(places, commune.full) != commune]
    assert wrong == []


def test_every_commune_is_found_by_its_bare_name_without_accents(units: Units, places: Places) -> None:
    def found(commune: Commune) -> bool:
        typed = fold(f"{commune.name} {commune.province.name}")
        return commune in [it.commune for it in places.find(typed, limit=99)]

    assert [commune.full for commune in units.communes if not found(commune)] == []


@pytest.mark.parametrize("spelling", ["{0.full}", "{0.name}", "tp {0.name}", "tỉnh {0.name}"])
def test_every_province_is_the_one_meant_by_its_name(units: Units, places: Places, spelling: str) -> None:
    for province in units.provinces:
        for typed in (spelling.format(province), fold(spelling.format(province))):
            found = places.one(typed)
            assert found is not None
            assert (typed, found.province) == (typed, province)


def test_every_old_unit_is_found_by_its_whole_old_name(units: Units, places: Places) -> None:
    lost = []
    for former in units.former[::7]:  # a seventh of them: all take seconds
        found = places.find(former.full, limit=99)
        expected = former.communes if former.level == "commune" else (former.province,)
        seen: list[Commune | Province | None] = [it.commune for it in found]
        seen += [it.province for it in found]
        lost += [former.full for unit in expected if unit not in seen]
    assert lost == []


def named(places: Places, text: str) -> Commune | None:
    found = places.one(text)
    return found.commune if found else None
