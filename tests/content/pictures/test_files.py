"""`khien content pictures` writes all of them."""

from pathlib import Path

from typer.testing import CliRunner

from content.cli import app
from content.pictures.catalogue import DRAWINGS, TOPICS


def test_every_picture_is_written_twice_and_the_contact_sheet(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "pictures"
    result = CliRunner().invoke(app, ["pictures", str(folder), "--size", "64"])
    assert result.exit_code == 0, result.output
    names = {*DRAWINGS, *(f"certificate.{topic}" for topic in TOPICS), "contact-sheet"}
    assert {path.name for path in folder.iterdir()} == {f"{name}.{kind}" for name in names for kind in ("svg", "png")}
    assert (folder / "cover.scam.svg").read_text("utf-8") == DRAWINGS["cover.scam"]()


def test_a_size_that_is_not_made_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["pictures", str(tmp_path / "out"), "--size", "5000"])
    assert result.exit_code == 2
    assert not (tmp_path / "out").exists()


def test_the_contact_sheet_of_the_documentation_is_small() -> None:
    sheet = Path(__file__).parents[3] / "docs" / "pictures" / "contact-sheet.png"
    assert sheet.stat().st_size < 300 * 1024
