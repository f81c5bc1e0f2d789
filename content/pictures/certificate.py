"""The card for finishing a topic: its badge, the day, Nhím. No name, and no letter: the message beside it has words.

The figures of the day are drawn here, so that no font is needed and every machine draws the same.
"""

from collections.abc import Mapping
from datetime import date

from content.pictures.badges import medal
from content.pictures.mascot import nhim
from content.pictures.palette import CORAL, INK, LILAC, MINT, PAPER, SKY, SUN
from content.pictures.parts import box, circle, ellipse, faint, group, line, lotus, sheet, sparkle
from content.pictures.topics import MOOD_OF

WIDTH, HEIGHT = 320, 240
_ADVANCE = 14.0
_FIGURES: Mapping[str, str] = {
    "0": "M5 1C10.3 1 10.3 15 5 15S-.3 1 5 1z",
    "1": "M2.5 4L6 1V15",
    "2": "M1.2 4.5C1.5-.3 9-.3 8.8 4.8 8.5 8.5 3 11 1 15H9.2",
    "3": "M1.5 2.5C4-.2 9 1 8.3 4.8 7.8 7.2 5.5 7.5 4.2 7.5 6.5 7.5 9 8.5 9 11.2 9 15.8 3 16 1 13",
    "4": "M7.2 15V1L.8 10.8H9.6",
    "5": "M8.5 1H2.6L2 7.2C5 5.3 9 6.5 9 10.5 9 15.5 3 16 1 13",
    "6": "M7.8 1.2C3.5 1.8 1 6 1 10.4 1 16.6 9 16.6 9 10.6 9 5.8 2.5 5.8 1.3 9.6",
    "7": "M1 1H9L4 15",
    "8": "M5 7.5C.8 6.8 1.2 1 5 1S9.2 6.8 5 7.5C-.3 8.3 0 15 5 15S10.3 8.3 5 7.5z",
    "9": "M2.2 14.8C6.5 14.2 9 10 9 5.6 9-.6 1-.6 1 5.4 1 10.2 7.5 10.2 8.7 6.4",
    "/": "M8 0L2 16",
}


def certificate(topic: str, day: date) -> str:
    """Draw the card for a topic that was finished on this day.

    Raises:
        KeyError: no such topic is drawn.
    """
    light = MOOD_OF[topic]
    edge = f'<clipPath id="card"><rect width="{WIDTH}" height="{HEIGHT}" rx="26"/></clipPath>'
    confetti = ((44, 40, CORAL), (182, 42, MINT), (204, 62, SUN), (278, 62, SKY), (32, 66, LILAC), (290, 96, CORAL))
    return sheet(
        WIDTH,
        HEIGHT,
        edge,
        '<g clip-path="url(#card)">',
        box(0, 0, WIDTH, HEIGHT, light.tone, 0),
        box(9, 9, WIDTH - 18, HEIGHT - 18, PAPER, 19),
        box(15, 15, WIDTH - 30, HEIGHT - 30, light.tint, 14),
        faint(0.7, circle(106, 104, 92, PAPER)),
        *(circle(x, y, 4, fill) for x, y, fill in confetti),
        sparkle(240, 46, 26),
        ellipse(243, 186, 52, 8, light.ground),
        nhim("proud", at=(243, 136), scale=1.22),
        group(medal(topic), at=(106, 100), scale=0.72),
        lotus(48, 202, 44),
        lotus(276, 202, 44),
        box(86, 194, 148, 27, PAPER, 13.5),
        _date(day),
        "</g>",
    )


def _date(day: date) -> str:
    written = f"{day:%d/%m}/{day.year:04d}"
    size = 0.86
    start = WIDTH / 2 - (len(written) * _ADVANCE - 4) * size / 2
    figures = (
        group(line(_FIGURES[sign], INK, 2.6), at=(start + index * _ADVANCE * size, 200.5), scale=size)
        for index, sign in enumerate(written)
    )
    return "".join(figures)
