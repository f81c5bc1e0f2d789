"""What a child types is understood as a place of today, and nothing that it types breaks the lookup."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from content.answers import fold
from content.library import Content
from content.places.lookup import Places
from content.places.units import Unit, Units

PLACES = Content.load().places
HCM = "Thành phố Hồ Chí Minh"
UNITS: list[Unit] = [*PLACES.units.provinces, *PLACES.units.communes, *PLACES.units.former[::9]]
NAMES = [unit.full for unit in UNITS]
SAID = st.lists(
    st.sampled_from(["em", "ở", "nhà", "q7", "p5", "tp", "tphcm", "sg", "quận", "xã", "12", "07", ",", "→", "Hà Nội"])
    | st.sampled_from(NAMES)
    | st.text(max_size=8),
    max_size=8,
).map(" ".join)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("hn", "Thành phố Hà Nội"), ("ha noi", "Thành phố Hà Nội"), ("hanoi", "Thành phố Hà Nội"),
        ("tphcm", HCM), ("TP.HCM", HCM), ("tp hồ chí minh", HCM), ("sg", HCM), ("sài gòn", HCM), ("saigon", HCM),
        ("tt huế", "Thành phố Huế"), ("thua thien hue", "Thành phố Huế"), ("hp", "Thành phố Hải Phòng"),
        ("dak lak", "Tỉnh Đắk Lắk"), ("Đăk Lăk", "Tỉnh Đắk Lắk"), ("qui nhon binh dinh", "Tỉnh Gia Lai"),
        ("Thanh Hoá", "Tỉnh Thanh Hóa"), ("Hồ Chí Minh city", HCM), ("district 7", HCM),
    ],
)  # fmt: skip
def test_short_and_careless_names_are_understood(typed: str, meant: str) -> None:
    found = PLACES.one(typed)
    assert found is not None
    assert found.province.full == meant


@pytest.mark.parametrize(
    ("typed", "meant", "was"),
    [
        ("Hà Tây", "Thành phố Hà Nội", "Tỉnh Hà Tây, đến năm 2008"),
        ("Bình Dương", HCM, "Tỉnh Bình Dương"),
        ("brvt", HCM, "Tỉnh Bà Rịa - Vũng Tàu"),
        ("bà rịa vũng tàu", HCM, "Tỉnh Bà Rịa - Vũng Tàu"),
        ("quận 7", HCM, f"Quận 7, {HCM}"),
        ("Q.07", HCM, f"Quận 7, {HCM}"),
        ("quận 9", HCM, f"Thành phố Thủ Đức, {HCM}"),
        ("huyện Củ Chi", HCM, f"Huyện Củ Chi, {HCM}"),
        ("dalat", "Tỉnh Lâm Đồng", "Thành phố Đà Lạt, Tỉnh Lâm Đồng"),
        ("p5 q3 tphcm", f"Phường Bàn Cờ, {HCM}", f"Phường 5, Quận 3, {HCM}"),
    ],
)
def test_an_old_name_gives_the_place_of_today_and_what_it_was(typed: str, meant: str, was: str) -> None:
    first = PLACES.find(typed)[0]
    assert (first.name, first.was) == (meant, was)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Hồng Bàng, Hải Phòng", "Phường Hồng Bàng, Thành phố Hải Phòng"),
        ("Hải Phòng, Hồng Bàng", "Phường Hồng Bàng, Thành phố Hải Phòng"),
        ("quận 7 tân hưng", f"Phường Tân Hưng, {HCM}"),
        ("xóm 3 xã diễn châu, nghệ an ạ", "Xã Diễn Châu, Tỉnh Nghệ An"),
        ("Pleiku Gia Lai", "Phường Pleiku, Tỉnh Gia Lai"),
        ("bình dương thủ dầu một", f"Phường Thủ Dầu Một, {HCM}"),
    ],
)
def test_a_second_name_tells_places_of_one_name_apart(typed: str, meant: str) -> None:
    assert PLACES.find(typed)[0].name == meant


def test_a_name_of_many_places_gives_them_all_and_no_single_one() -> None:
    found = PLACES.find("xã Tân Hòa", limit=99)
    assert len({it.province for it in found}) > 3
    assert PLACES.one("xã Tân Hòa") is None
    assert {it.name for it in PLACES.find("đn")} == {"Thành phố Đà Nẵng", "Tỉnh Đồng Nai"}
    assert PLACES.one("đn") is None


def test_places_of_one_name_in_one_province_give_the_province() -> None:
    assert {it.name for it in PLACES.find("Thủ Đức")} == {HCM, f"Phường Thủ Đức, {HCM}"}
    found = PLACES.one("Thủ Đức")
    assert found is not None
    assert found.name == HCM


def test_a_former_district_names_the_communes_on_its_ground() -> None:
    (found,) = PLACES.find("quận 7")
    assert {commune.name for commune in found.communes} == {"Tân Hưng", "Tân Thuận", "Phú Thuận", "Tân Mỹ"}


@pytest.mark.parametrize("typed", ["", "tp", "quận", "7", "xin chào bạn", "em không an toàn", "😀", "phường 99"])
def test_what_names_no_place_gives_none(typed: str) -> None:
    assert PLACES.find(typed) == ()
    assert PLACES.one(typed) is None


def test_changed_accents_put_a_place_behind_the_one_that_is_spelt_so() -> None:
    names = [it.name for it in PLACES.find("Hà Tĩnh")]
    assert names[0] == "Tỉnh Hà Tĩnh"
    assert PLACES.find("Hà Tình")[0].name == "Tỉnh Hà Tĩnh"


@pytest.mark.parametrize(
    ("text", "only"), [("Hải Phòng", True), ("xã Hồng Bàng, hải phòng", True), ("em ở Hải Phòng", False), ("", False)]
)
def test_a_text_of_names_alone_is_told_from_one_that_says_more(text: str, only: bool) -> None:
    assert PLACES.names_only(text) is only


@example("p q h tx tp 00 7 07")
@given(SAID)
def test_any_text_is_looked_up_without_error_and_within_the_limit(text: str) -> None:
    found = PLACES.find(text, limit=3)
    assert len(found) <= 3
    one = PLACES.one(text)
    assert one is None or one.province in PLACES.units.provinces
    assert PLACES.names_only(text) in {True, False}


@given(SAID)
def test_letters_large_or_small_and_signs_do_not_matter(text: str) -> None:
    plain = fold(text)
    assert PLACES.find(plain.upper()) == PLACES.find(plain) == PLACES.find(f" {plain.replace(' ', ', ')}!")


@given(st.sampled_from(NAMES))
def test_leaving_accents_out_never_loses_a_place(name: str) -> None:
    with_accents = {it.name for it in PLACES.find(name, limit=999)}
    assert with_accents <= {it.name for it in PLACES.find(fold(name), limit=999)}


def test_without_files_nothing_is_found() -> None:
    assert Places.of(Units()).find("Hà Nội") == ()
