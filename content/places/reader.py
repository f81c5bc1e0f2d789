"""Reads `units.tsv`, `former.tsv` and `aliases.tsv`; the head of each file says how its lines are made."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from content.errors import ContentError, Place, Problem
from content.places.units import Commune, Former, Province, Unit, Units

FILES = ("units.tsv", "former.tsv", "aliases.tsv")
_PROVINCE, _DISTRICT, _COMMUNE = re.compile(r"[0-9]{2}"), re.compile(r"[0-9]{3}"), re.compile(r"[0-9]{5}")
_FORM, _UNKNOWN = "KC013", "KC014"
_KINDS = {"p": "Phường", "t": "Thị trấn", "x": "Xã"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """A line that says something, in parts."""

    file: str
    number: int
    parts: tuple[str, ...]

    def wrong(self, code: str, message: str) -> ContentError:
        """Make the error that names this line."""
        return ContentError([Problem(place=Place(file=self.file, line=self.number), code=code, message=message)])


def read_places(folder: str, texts: Sequence[str]) -> Units:
    """Read the three files, given in the order of FILES.

    Raises:
        ContentError: a line is not in its form (KC013), or names a code that is not there or stands twice (KC014).
    """
    units, former, aliases = (list(_lines(f"{folder}/{name}", text)) for name, text in zip(FILES, texts, strict=True))
    provinces, communes = _read_units(units)
    old = _read_former(former, provinces, communes)
    return Units(
        provinces=tuple(provinces.values()),
        communes=tuple(communes.values()),
        former=tuple(unit for units in old.values() for unit in units),
        aliases=tuple(_read_aliases(aliases, provinces, old)),
    )


def _lines(file: str, text: str) -> Iterator[_Line]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            parts = tuple(part.strip() for part in line.split("\t"))
            read = _Line(file=file, number=number, parts=parts)
            if not all(parts):
                raise read.wrong(_FORM, "a part of the line is empty")
            yield read


def _read_units(lines: Sequence[_Line]) -> tuple[dict[str, Province], dict[str, Commune]]:
    provinces: dict[str, Province] = {}
    communes: dict[str, Commune] = {}
    province: Province | None = None
    for line in lines:
        code = line.parts[0]
        if code in provinces or code in communes:
            raise line.wrong(_UNKNOWN, f"the code {code} stands twice")
        match line.parts:
            case (_, kind, name) if _PROVINCE.fullmatch(code):
                provinces[code] = province = Province(code=code, kind=kind, name=name)
            case (_, kind, name) if _COMMUNE.fullmatch(code) and province is not None:
                communes[code] = Commune(code=code, kind=kind, name=name, province=province)
            case _:
                raise line.wrong(_FORM, "this is neither a province nor a commune below one")
    return provinces, communes


def _read_former(
    lines: Sequence[_Line], provinces: dict[str, Province], communes: dict[str, Commune]
) -> dict[str, list[Former]]:
    """Give the former units by the code of their province or district: itself first, then what was in it."""
    old: dict[str, list[Former]] = {}
    province: Former | None = None
    for block in _blocks(lines):
        head = block[0]
        if head.parts[0] in old:
            raise head.wrong(_UNKNOWN, f"the code {head.parts[0]} stands twice")
        match head.parts:
            case (code, kind, name, now) if _PROVINCE.fullmatch(code):
                if now not in provinces:
                    raise head.wrong(_UNKNOWN, f"there is no province {now}")
                province = Former(level="province", kind=kind, name=name, within=None, province=provinces[now])
                old[code] = [province]
            case (code, kind, name) if _DISTRICT.fullmatch(code) and province is not None:
                district = Former(level="district", kind=kind, name=name, within=province, province=province.province)
                old[code] = _read_district(district, block[1:], communes)
            case _:
                raise head.wrong(_FORM, "this is neither an old province, an old district nor a commune below one")
    return old


def _blocks(lines: Sequence[_Line]) -> Iterator[list[_Line]]:
    """Yield each old province or district with the lines of new communes below it."""
    block: list[_Line] = []
    for line in lines:
        if block and not (_COMMUNE.fullmatch(line.parts[0]) and _DISTRICT.fullmatch(block[0].parts[0])):
            yield block
            block = []
        block.append(line)
    if block:
        yield block


def _read_district(district: Former, lines: Sequence[_Line], communes: dict[str, Commune]) -> list[Former]:
    became: dict[str, list[Commune]] = {}
    ground: list[Commune] = []
    for line in lines:
        code, names = line.parts[0], line.parts[1:]
        if code not in communes:
            raise line.wrong(_UNKNOWN, f"there is no commune {code}")
        if len(names) > 1:
            raise line.wrong(_FORM, "old communes stand between semicolons in one part")
        ground.append(communes[code])
        for name in names[0].split("; ") if names else ():
            if name[:1] not in _KINDS or name[1:2] != " ":
                raise line.wrong(_FORM, f"“{name}” does not begin with p, t or x")
            became.setdefault(name, []).append(communes[code])
    whole = replace(district, communes=tuple(ground))
    return [whole, *(_old_commune(name, parts, whole) for name, parts in became.items())]


def _old_commune(name: str, parts: list[Commune], district: Former) -> Former:
    return Former(
        level="commune",
        kind=_KINDS[name[0]],
        name=name[2:],
        within=district,
        province=parts[0].province,
        communes=tuple(parts),
    )


def _read_aliases(
    lines: Sequence[_Line], provinces: dict[str, Province], old: dict[str, list[Former]]
) -> Iterator[tuple[str, Unit]]:
    for line in lines:
        unit: Unit
        match line.parts:
            case ("now", code, words) if code in provinces:
                unit = provinces[code]
            case ("before", code, words) if code in old:
                unit = old[code][0]
            case ("once", code, words, name) if code in provinces:
                unit = Former(level="province", kind="", name=name, within=None, province=provinces[code])
            case ("now" | "before" | "once", code, _, *_):
                raise line.wrong(_UNKNOWN, f"there is no code {code} in that list, or a part too many or too few")
            case _:
                raise line.wrong(_FORM, "a line begins with now, before or once, a code, and words")
        for word in words.split(";"):
            yield word.strip(), unit
