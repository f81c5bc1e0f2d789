"""Gives a picture with the words that stand for it where it cannot be seen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from content.errors import UnknownText
from content.pictures.catalogue import DRAWINGS
from content.pictures.certificate import certificate as draw_certificate
from content.pictures.rendering import png
from content.readers import read_pictures
from content.schema import CERTIFICATE, SOURCE_LANGUAGE
from content.wording import fill

SIZE = 640
_FOLDER = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture ready to be sent."""

    png: bytes
    alt: str
    """What it shows, in a sentence: never empty."""


def picture(identifier: str, *, size: int = SIZE, lang: str = SOURCE_LANGUAGE) -> Picture:
    """Give `cover.<topic>`, `badge.<topic>` or `mascot.<mood>`, `size` pixels wide; kept once it was rendered.

    Words that a language lacks are given in Vietnamese.

    Raises:
        UnknownText: there is no such picture, or no words for it.
        ValueError: no picture is made in this size.
        ContentError: a file of alternative texts is broken.
    """
    if identifier not in DRAWINGS:
        raise UnknownText(f"there is no picture {identifier}")
    return Picture(png=_rendered(identifier, size), alt=_alt(identifier, lang))


def certificate(topic: str, day: date, *, size: int = SIZE, lang: str = SOURCE_LANGUAGE) -> Picture:
    """Give the card for a topic that was finished on this day; no name stands on it.

    Raises:
        UnknownText: there is no such topic, or no words for it.
        ValueError: no picture is made in this size.
        ContentError: a file of alternative texts is broken.
    """
    if f"badge.{topic}" not in DRAWINGS:
        raise UnknownText(f"there is no certificate for {topic}")
    places = {"badge": _alt(f"badge.{topic}", lang), "day": f"{day:%d/%m}/{day.year:04d}"}
    return Picture(png=png(draw_certificate(topic, day), size), alt=fill(_alt(CERTIFICATE, lang), places))


@lru_cache(maxsize=256)  # at most some ten megabytes
def _rendered(identifier: str, size: int) -> bytes:
    return png(DRAWINGS[identifier](), size)


def _alt(identifier: str, lang: str) -> str:
    known = (_alts(lang).get(identifier), _alts(SOURCE_LANGUAGE).get(identifier))
    found = next((alt for alt in known if alt), None)
    if found is None:
        raise UnknownText(f"{identifier} has no alternative text")
    return found


@lru_cache
def _alts(lang: str) -> Mapping[str, str]:
    path = _FOLDER / lang / "pictures.yml"
    if not path.is_file():
        return {}
    read = read_pictures(f"content/{lang}/pictures.yml", path.read_text(encoding="utf-8"), lang=lang)
    return {words.id: words.alt for words in read}
