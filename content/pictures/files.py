"""Writes every picture to a folder, to be looked at or to be printed."""

from datetime import date
from pathlib import Path

from resvg_py import svg_to_bytes

from content.pictures.catalogue import DRAWINGS, TOPICS
from content.pictures.certificate import certificate
from content.pictures.contact_sheet import contact_sheet
from content.pictures.rendering import png

_SHEET_WIDTH = 1120


def write_pictures(folder: Path, size: int, day: date) -> int:
    """Write SVG and PNG of every picture and of the contact sheet; returns how many pictures there are.

    Raises:
        OSError: the folder cannot be made or written.
        ValueError: no picture is made in this size.
    """
    folder.mkdir(parents=True, exist_ok=True)
    drawings = {name: draw() for name, draw in DRAWINGS.items()}
    drawings |= {f"certificate.{topic}": certificate(topic, day) for topic in TOPICS}
    for name, svg in drawings.items():
        (folder / f"{name}.svg").write_text(svg, encoding="utf-8")
        (folder / f"{name}.png").write_bytes(png(svg, size))
    overview = contact_sheet(day)
    (folder / "contact-sheet.svg").write_text(overview, encoding="utf-8")
    (folder / "contact-sheet.png").write_bytes(
        svg_to_bytes(svg_string=overview, width=_SHEET_WIDTH, skip_system_fonts=True)
    )
    return len(drawings)
