"""Pictures as they are asked for: small, of the size wanted, the same each time, with words in both languages."""

import struct
from datetime import date

import pytest

from content.errors import UnknownText
from content.pictures import (
    Picture,
    alternative,
    certificate,
    certificate_day,
    certificate_id,
    picture,
    version,
)
from content.pictures.catalogue import DRAWINGS
from content.pictures.rendering import LARGEST, SMALLEST, png

MOST_BYTES = 100 * 1024
DAY = date(2026, 11, 22)


def dimensions(data: bytes) -> tuple[int, int]:
    """Read width and height from a PNG's head."""
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", data[16:24])
    return int(width), int(height)


@pytest.mark.parametrize("name", sorted(DRAWINGS))
def test_a_picture_weighs_little_at_its_largest(name: str) -> None:
    assert len(png(DRAWINGS[name](), LARGEST)) <= MOST_BYTES


@pytest.mark.parametrize("topic", ["fake_news", "family_rules"])  # those with the busiest signs
def test_a_certificate_weighs_little_at_its_largest(topic: str) -> None:
    assert len(certificate(topic, DAY, size=LARGEST).png) <= MOST_BYTES


@pytest.mark.parametrize(
    ("name", "expected"),
    [("cover.scam", (128, 96)), ("badge.gaming", (128, 128)), ("mascot.calm", (128, 128))],
)
def test_the_size_is_the_width_in_pixels(name: str, expected: tuple[int, int]) -> None:
    assert dimensions(picture(name, size=128).png) == expected


def test_a_picture_is_640_wide_unless_told() -> None:
    assert dimensions(picture("cover.help_seeking").png) == (640, 480)


@pytest.mark.parametrize("name", sorted(DRAWINGS))
def test_the_same_drawing_gives_the_same_bytes(name: str) -> None:
    assert png(DRAWINGS[name](), 96) == png(DRAWINGS[name](), 96) == picture(name, size=96).png


def test_pictures_differ() -> None:
    assert len({picture(name, size=SMALLEST).png for name in DRAWINGS}) == len(DRAWINGS)


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_picture_has_words_of_its_own(lang: str) -> None:
    words = [picture(name, size=SMALLEST, lang=lang).alt for name in DRAWINGS]
    assert all(words)
    assert len(set(words)) == len(words)


def test_the_languages_differ() -> None:
    for name in DRAWINGS:
        assert picture(name, size=SMALLEST).alt != picture(name, size=SMALLEST, lang="en").alt


def test_a_language_without_words_falls_back_to_vietnamese() -> None:
    assert picture("mascot.hello", size=SMALLEST, lang="tyz").alt == picture("mascot.hello", size=SMALLEST).alt


def test_a_certificate_says_its_badge_and_its_day() -> None:
    card = certificate("scam", DAY, size=320)
    assert isinstance(card, Picture)
    assert dimensions(card.png) == (320, 240)
    assert "22/11/2026" in card.alt
    assert picture("badge.scam", size=SMALLEST).alt in card.alt
    assert picture("badge.scam", size=SMALLEST, lang="en").alt in certificate("scam", DAY, size=320, lang="en").alt


@pytest.mark.parametrize("name", ["", "cover", "cover.cooking", "mascot.angry", "certificate", "../cover.scam"])
def test_an_unknown_picture_is_refused_by_name(name: str) -> None:
    with pytest.raises(UnknownText, match="no picture"):
        picture(name)


def test_a_certificate_of_an_unknown_topic_is_refused() -> None:
    with pytest.raises(UnknownText, match="cooking"):
        certificate("cooking", DAY)


@pytest.mark.parametrize("size", [0, -1, SMALLEST - 1, LARGEST + 1])
def test_a_size_that_is_not_made_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="pixels wide"):
        picture("cover.scam", size=size)


def test_a_certificate_is_a_picture_by_its_id_and_only_in_one_spelling() -> None:
    name = certificate_id("scam", DAY)
    assert name == "certificate.scam.2026-11-22"
    assert picture(name, size=SMALLEST) == certificate("scam", DAY, size=SMALLEST)
    assert certificate_day(name) == DAY
    for other in ("certificate.scam.20261122", "certificate.cooking.2026-11-22", "badge.scam", "certificate.scam.", ""):
        assert certificate_day(other) is None


def test_words_are_given_without_rendering_and_only_for_what_is_drawn() -> None:
    assert alternative("badge.scam", lang="en") == picture("badge.scam", size=SMALLEST, lang="en").alt
    with pytest.raises(UnknownText, match="no picture"):
        alternative("certificate")


def test_each_drawing_has_a_version_of_its_own_that_stays() -> None:
    names = [*DRAWINGS, certificate_id("scam", DAY)]
    assert len({version(name) for name in names}) == len(names)
    version.cache_clear()
    assert version("cover.scam") == version("cover.scam")
    with pytest.raises(UnknownText):
        version("cover.cooking")


def test_a_ground_is_laid_under_what_is_transparent() -> None:
    assert picture("badge.scam", size=SMALLEST, ground="#fffdf8").png != picture("badge.scam", size=SMALLEST).png
