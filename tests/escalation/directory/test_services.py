"""The directory: by place of today or of before, by words without accents, and never a number that nobody verified."""

import pytest

from content.library import Content
from escalation.directory.services import Directory


@pytest.fixture(scope="module")
def directory() -> Directory:
    return Directory.of(Content.load())


def numbers(found: object) -> list[str]:
    return [one.number for one in found]  # type: ignore[attr-defined]


def test_without_words_it_gives_the_numbers_of_the_whole_country(directory: Directory) -> None:
    listing = directory.look("")
    assert (listing.place, listing.readings, listing.here) == (None, (), ())
    assert "111" in numbers(listing.everywhere)


@pytest.mark.parametrize("typed", ["Hải Phòng", "hai phong", "HAI PHONG", "tp hai phong", "Hải Dương"])
def test_a_province_of_today_or_of_before_has_its_own_line(directory: Directory, typed: str) -> None:
    listing = directory.look(typed)
    assert listing.place is not None
    assert listing.place.province.name == "Hải Phòng"
    assert numbers(listing.here) == ["18006605"]
    assert "111" in numbers(listing.everywhere)


def test_a_former_district_tells_what_it_was_and_which_communes_have_its_ground(directory: Directory) -> None:
    place = directory.look("quan 7").place
    assert place is not None
    assert place.was == "Quận 7, Thành phố Hồ Chí Minh"
    assert "Tân Hưng" in {commune.name for commune in place.communes}


def test_a_name_of_several_communes_is_asked_back_and_not_guessed(directory: Directory) -> None:
    listing = directory.look("tân hưng")
    assert listing.place is None
    assert len({one.province.code for one in listing.readings}) > 1


@pytest.mark.parametrize(("typed", "number"), [("cong an", "113"), ("Cấp cứu", "115"), ("18006605", "18006605")])
def test_a_service_is_found_by_its_words_and_its_number(directory: Directory, typed: str, number: str) -> None:
    assert number in numbers(directory.look(typed).here)


def test_words_that_mean_nothing_find_nothing_and_leave_the_countrys_numbers(directory: Directory) -> None:
    listing = directory.look("zzz qqq")
    assert (listing.place, listing.readings, listing.here) == (None, (), ())
    assert "111" in numbers(listing.everywhere)


def test_a_number_that_nobody_verified_is_nowhere(directory: Directory) -> None:
    hidden = {"02623951567", "1900545559", "18009069", "0963061414", "0796863111"}
    for typed in ("", "Đắk Lắk", "Hồ Chí Minh", "Ngày Mai", "VN-COP", *hidden):
        listing = directory.look(typed)
        assert not hidden & {*numbers(listing.here), *numbers(listing.everywhere)}


def test_it_speaks_english_where_there_are_english_words(directory: Directory) -> None:
    assert directory.look("", "en").everywhere[0].label == "Child protection hotline 111"


@pytest.mark.parametrize(
    ("area", "name"),
    [
        ("Hải Phòng", "Thành phố Hải Phòng"),
        ("em o hai phong → Thành phố Hải Phòng", "Thành phố Hải Phòng"),
        ("lê chân → Phường Lê Chân, Thành phố Hải Phòng", "Thành phố Hải Phòng"),
        ("hà giang", "Tỉnh Tuyên Quang"),
    ],
)
def test_the_area_that_a_child_gave_means_one_province(directory: Directory, area: str, name: str) -> None:
    code = directory.province_of(area)
    assert code is not None
    assert directory.provinces()[code] == name


def test_an_area_that_names_no_place_means_none(directory: Directory) -> None:
    assert directory.province_of("nhà bà ngoại") is None


def test_there_are_34_provinces(directory: Directory) -> None:
    names = list(directory.provinces().values())
    assert (len(names), names[0]) == (34, "Tỉnh An Giang")


def test_an_empty_directory_answers_too() -> None:
    empty = Directory()
    assert empty.look("hai phong").everywhere == ()
    assert (empty.province_of("Hải Phòng"), dict(empty.provinces())) == (None, {})
