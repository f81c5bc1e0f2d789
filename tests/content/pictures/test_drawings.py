"""Every drawing is a whole SVG document of our own parts, and of no letter."""

import re
from collections.abc import Callable
from datetime import date
from functools import partial
from xml.etree import ElementTree as ET

import pytest

from content.library import Content
from content.pictures import palette
from content.pictures.catalogue import DRAWINGS, TOPICS
from content.pictures.certificate import certificate
from content.pictures.contact_sheet import contact_sheet
from content.pictures.mascot import MOODS, mascot
from content.pictures.motifs import MOTIFS
from content.pictures.topics import MOOD_OF

ALL: dict[str, Callable[[], str]] = {
    **DRAWINGS,
    **{f"certificate.{topic}": partial(certificate, topic, date(2026, 11, 22)) for topic in TOPICS},
}
SVG = "{http://www.w3.org/2000/svg}"
ALLOWED = {f"{SVG}{name}" for name in ("svg", "g", "path", "circle", "ellipse", "rect", "clipPath")}


def test_every_topic_that_is_taught_is_drawn_and_lit() -> None:
    assert set(Content.load().topics) == set(MOTIFS) == set(MOOD_OF)
    assert {f"{kind}.{topic}" for kind in ("cover", "badge") for topic in MOTIFS} <= set(DRAWINGS)


def test_nhim_has_six_moods_or_more_and_each_looks_different() -> None:
    assert {"hello", "listening", "thinking", "happy", "calm", "proud"} <= set(MOODS)
    assert len({mascot(mood) for mood in MOODS}) == len(MOODS)


@pytest.mark.parametrize("name", sorted(ALL))
def test_a_drawing_is_valid_and_holds_shapes_alone(name: str) -> None:
    root = ET.fromstring(ALL[name]())  # noqa: S314 - our own text
    assert {element.tag for element in root.iter()} <= ALLOWED
    assert not any((element.text or "").strip() for element in root.iter())
    assert {element.attrib["d"][0] for element in root.iter(f"{SVG}path")} <= {"M"}


@pytest.mark.parametrize("name", sorted(ALL))
def test_a_drawing_points_at_nothing_outside_itself(name: str) -> None:
    svg = ALL[name]().replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert "http" not in svg
    assert "href" not in svg
    assert set(re.findall(r"url\(([^)]*)\)", svg)) <= {"#card"}


@pytest.mark.parametrize("kind", ["cover", "badge", "mascot", "certificate"])
def test_pictures_of_one_kind_have_one_size(kind: str) -> None:
    opening = {re.match(r"<svg[^>]*>", draw())[0] for name, draw in ALL.items() if name.startswith(f"{kind}.")}  # type: ignore[index]
    assert len(opening) == 1


def test_the_palette_is_small() -> None:
    colours = {colour.lower() for draw in ALL.values() for colour in re.findall(r'"(#[0-9a-fA-F]{3,8})"', draw())}
    named = {value for value in vars(palette).values() if isinstance(value, str) and value.startswith("#")}
    assert len(colours) <= 56
    assert len(named & colours) == len(named)


def test_a_certificate_shows_its_day() -> None:
    first, second = certificate("scam", date(2026, 1, 2)), certificate("scam", date(2034, 5, 6))
    assert first != second
    assert first == certificate("scam", date(2026, 1, 2))


def test_a_certificate_can_show_every_figure() -> None:
    days = (date(2034, 5, 16), date(2027, 9, 28))
    assert all(ET.fromstring(certificate("gaming", day)) is not None for day in days)  # noqa: S314


@pytest.mark.parametrize("unknown", ["", "cooking"])
def test_what_is_not_drawn_is_a_key_error(unknown: str) -> None:
    with pytest.raises(KeyError):
        certificate(unknown, date(2026, 1, 1))
    with pytest.raises(KeyError):
        mascot(unknown)


def test_the_contact_sheet_holds_every_picture() -> None:
    whole = contact_sheet(date(2026, 11, 22))
    ET.fromstring(whole)  # noqa: S314
    for name, draw in DRAWINGS.items():
        assert re.sub(r"^<svg[^>]*>|</svg>\s*$", "", draw()) in whole, name
