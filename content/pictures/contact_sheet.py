"""All pictures on one sheet, on light and on dark, so that one look tells whether they are of one hand."""

import re
from collections.abc import Sequence
from datetime import date

from content.pictures.badges import badge
from content.pictures.catalogue import TOPICS
from content.pictures.certificate import certificate
from content.pictures.covers import cover
from content.pictures.mascot import MOODS, mascot
from content.pictures.parts import box, group, sheet

_LIGHT, _DARK = "#f7f3ea", "#101817"  # the paper of the children's page, by day and by night
_COLUMNS, _CELL, _GAP = 7, 240.0, 12.0
_ROW = 180.0
_SCALE = 0.71
_WHOLE = re.compile(r"^<svg[^>]*>|</svg>\s*$")


def contact_sheet(day: date) -> str:
    """Draw the sheet; the certificates are dated with `day`."""
    covers = _rows([cover(topic) for topic in TOPICS])
    badges = _rows([badge(topic) for topic in TOPICS])
    alone = _rows([*(mascot(mood) for mood in MOODS), certificate(TOPICS[0], day)])
    rows = [*covers, *badges, *alone]
    # The second half of badges and all moods stand in the dark, so that both backgrounds are seen.
    light = len(covers) + len(badges) - 1
    width, height = _COLUMNS * _CELL, len(rows) * (_ROW + _GAP)
    edge = light * (_ROW + _GAP)
    return sheet(
        width,
        height,
        box(0, 0, width, height, _DARK, 0),
        box(0, 0, width, edge, _LIGHT, 0),
        *(group(row, at=(_GAP / 2, index * (_ROW + _GAP) + _GAP / 2)) for index, row in enumerate(rows)),
    )


def _rows(drawings: Sequence[str]) -> list[str]:
    return [
        "".join(
            group(_WHOLE.sub("", drawing), at=(column * _CELL, 0), scale=_SCALE)
            for column, drawing in enumerate(drawings[start : start + _COLUMNS])
        )
        for start in range(0, len(drawings), _COLUMNS)
    ]
