"""Verified numbers by province, and what a place is called today; all of it from `content/`.

A number that nobody has verified is not in it (`content/directory.yml`). The bodies of a commune stand without numbers:
the law names them (Law on Children 2016 art. 51, Decree 56/2017/NĐ-CP art. 25), and no list of their numbers is ours.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from content.library import Content
from content.places.lookup import Found, Places
from content.places.names import key, words
from content.schema import Helpline

MOST_READINGS = 8
MOST_CHARACTERS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One number in the language of whoever reads it. `free` and `hours` are None where no source says."""

    id: str
    number: str
    label: str
    note: str
    who: str
    hours: str | None
    free: bool | None
    province: str | None  # the code of the one province it is for


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What the directory answers. `place` is the one that was meant; `readings` all that may have been, if several."""

    place: Found | None
    readings: tuple[Found, ...]
    here: tuple[Service, ...]  # of that province, or whatever the words fit
    everywhere: tuple[Service, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """The numbers that may be given, and the places they are for."""

    helplines: tuple[Helpline, ...] = ()
    places: Places | None = None

    @classmethod
    def of(cls, content: Content) -> "Directory":
        """Take what `content` holds."""
        return cls(helplines=content.helplines, places=content.places)

    def look(self, text: str, language: str = "vi") -> Listing:
        """Answer words that name a place, today's or former, or a service; accents may be left out.

        Without words it gives the numbers for the whole country.
        """
        asked = text[:MOST_CHARACTERS]
        everywhere = self._services(language, None)
        readings = self.places.find(asked, MOST_READINGS) if self.places is not None else ()
        place = self.places.one(asked) if self.places is not None else None
        if place is not None:
            here = self._services(language, place.province.code)
            return Listing(place=place, readings=_others(readings, place), here=here, everywhere=everywhere)
        if readings or not asked.strip():
            return Listing(place=None, readings=readings, here=(), everywhere=everywhere)
        return Listing(place=None, readings=(), here=self._named(asked, language), everywhere=everywhere)

    def service(self, service_id: str, language: str = "vi") -> Service | None:
        """Return one number by its id."""
        return next((_said(one, language) for one in self.helplines if one.id == service_id), None)

    def province_of(self, area: str) -> str | None:
        """Return the code of the province that an area means, as a child gave it, or None where it means none."""
        found = self.places.one(area.rpartition("→")[2]) if self.places is not None else None
        return None if found is None else found.province.code

    def provinces(self) -> Mapping[str, str]:
        """Return the full name of every province by its code, ordered by their names without accents."""
        known = self.places.units.provinces if self.places is not None else ()
        return {one.code: one.full for one in sorted(known, key=lambda one: key(words(one.name)))}

    def _services(self, language: str, province: str | None) -> tuple[Service, ...]:
        return tuple(_said(one, language) for one in self.helplines if one.province == province)

    def _named(self, text: str, language: str) -> tuple[Service, ...]:
        """Return the services whose words hold every word of `text`, whatever its accents."""
        wanted = set(key(words(text)).split())
        services = [_said(one, language) for one in self.helplines]
        return tuple(one for one in services if wanted and wanted <= set(_bare(one).split()))


def _bare(service: Service) -> str:
    return key(words(f"{service.number} {service.label} {service.note} {service.who}"))


def _others(readings: tuple[Found, ...], place: Found) -> tuple[Found, ...]:
    """Leave readings out where there is nothing to choose."""
    return readings if any(one.province != place.province for one in readings) else ()


def _said(helpline: Helpline, language: str) -> Service:
    def words_of(told: Mapping[str, str]) -> str:
        return told.get(language) or told.get("vi", "")

    return Service(
        id=helpline.id,
        number=helpline.number,
        label=words_of(helpline.label),
        note=words_of(helpline.note),
        who=words_of(helpline.who),
        hours=helpline.hours,
        free=helpline.free,
        province=helpline.province,
    )
