"""Gives a picture with the words that stand for it where it cannot be seen."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from content.errors import UnknownText
from content.pictures.catalogue import DRAWINGS, TOPICS
from content.pictures.certificate import certificate as draw_certificate
from content.pictures.rendering import png
from content.readers import read_pictures
from content.schema import CERTIFICATE, SOURCE_LANGUAGE
from content.wording import fill

SIZE = 640
_FOLDER = Path(__file__).parents[1]
_VERSION_DIGITS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture ready to be sent."""

    png: bytes
    alt: str
    """What it shows, in a sentence: never empty."""


def picture(identifier: str, *, size: int = SIZE, lang: str = SOURCE_LANGUAGE, ground: str | None = None) -> Picture:
    """Give `cover.<topic>`, `badge.<topic>`, `mascot.<mood>` or a certificate, `size` pixels wide; kept once rendered.

    A certificate names topic and day: `certificate.scam.2026-11-22`. `ground` is a colour to lay under the drawing, for
    messengers that cannot show what is transparent. Words that a language lacks are given in Vietnamese.

    Raises:
        UnknownText: there is no such picture, or no words for it.
        ValueError: no picture is made in this size.
        ContentError: a file of alternative texts is broken.
    """
    return Picture(png=_rendered(identifier, size, ground), alt=alternative(identifier, lang=lang))


def certificate(topic: str, day: date, *, size: int = SIZE, lang: str = SOURCE_LANGUAGE) -> Picture:
    """Give the card for a topic that was finished on this day; no name stands on it. Raises as `picture`."""
    return picture(certificate_id(topic, day), size=size, lang=lang)


def certificate_id(topic: str, day: date) -> str:
    """Name the card for a topic that was finished on this day."""
    return f"{CERTIFICATE}.{topic}.{day.isoformat()}"


def certificate_day(identifier: str) -> date | None:
    """Return the day that stands on a certificate; None for any other picture, and for what is none."""
    topic, day = _parts(identifier)
    return day if topic in TOPICS else None


def alternative(identifier: str, *, lang: str = SOURCE_LANGUAGE) -> str:
    """Give the words for a picture without rendering it. Raises UnknownText, ContentError as `picture`."""
    _drawn(identifier)
    topic, day = _parts(identifier)
    if day is None:
        return _alt(identifier, lang)
    places = {"badge": _alt(f"badge.{topic}", lang), "day": f"{day:%d/%m}/{day.year:04d}"}
    return fill(_alt(CERTIFICATE, lang), places)


@lru_cache(maxsize=256)
def version(identifier: str) -> str:
    """Name the drawing as it is now: content that changes it changes this. Raises UnknownText."""
    return hashlib.sha256(_drawn(identifier).encode()).hexdigest()[:_VERSION_DIGITS]


def _drawn(identifier: str) -> str:
    if identifier in DRAWINGS:
        return DRAWINGS[identifier]()
    topic, day = _parts(identifier)
    if day is None or topic not in TOPICS:
        raise UnknownText(f"there is no picture {identifier}")
    return draw_certificate(topic, day)


def _parts(identifier: str) -> tuple[str, date | None]:
    """Split the id of a certificate; without its one right spelling there is no day."""
    kind, _, rest = identifier.partition(".")
    topic, _, written = rest.partition(".")
    try:
        day = date.fromisoformat(written)
    except ValueError:
        return "", None
    return (topic, day) if kind == CERTIFICATE and day.isoformat() == written else ("", None)


@lru_cache(maxsize=256)  # at most some ten megabytes
def _rendered(identifier: str, size: int, ground: str | None) -> bytes:
    return png(_drawn(identifier), size, ground)


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
