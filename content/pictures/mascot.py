"""Nhím, a small hedgehog with a shield, in its moods. It never cries and never frightens."""

from collections.abc import Mapping
from dataclasses import dataclass

from content.pictures.palette import BARK, BLUSH, CREAM, FUR, INK, MINT, PAPER, SAND, SKY, SUN, TAN
from content.pictures.parts import circle, ellipse, group, heart, line, shape, sheet, shield, sparkle, star

SIZE = 240
_SPIKES = (
    "M0-42L6-33 15.5-39 18-28.5 29-31 27-20.5 38.5-19 33-10 43-5 34 2 41.5 10 30.5 13.5 34.5 23.5"
    " 23 23 22.5 33.5 12.5 29 8 39 0 31.5-8 39-12.5 29-22.5 33.5-23 23-34.5 23.5-30.5 13.5-41.5 10"
    "-34 2-43-5-33-10-38.5-19-27-20.5-29-31-18-28.5-15.5-39-6-33z"
)
_TUFT = "M-16-12C-20-24-12-28-10-25-9-32-3-31 0-26 3-31 9-32 10-25 12-28 20-24 16-12z"
_FACE = "M0-11C6-18 16-19 21-12c5 6 6 14 6 20C27 24 15 34 0 34S-27 24-27 8c0-6 1-14 6-20 5-7 15-6 21 1z"
_WIDTH = 2.4  # of a line in a face


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pose:
    """What changes from mood to mood: everything else is the same Nhím."""

    eyes: str
    mouth: str
    front: tuple[str, ...]
    """Shield and paws, before the body."""
    around: tuple[str, ...] = ()
    """What floats in the air beside it."""
    lean: float = 0
    """Degrees, clockwise."""


def nhim(mood: str, *, at: tuple[float, float], scale: float = 1, wears: str = "", alone: bool = False) -> str:
    """Draw Nhím around a place, about 90 units wide at scale 1; a light rim keeps it apart from what is dark.

    `wears` is drawn over the head: (0, -30) is the crown. Only where it is alone is there room for what its mood
    puts into the air.

    Raises:
        KeyError: Nhím knows no such mood.
    """
    pose = _POSES[mood]
    return group(
        group(_body(), pose.eyes, _NOSE, pose.mouth, wears, *pose.front, turn=pose.lean),
        *(pose.around if alone else ()),
        at=at,
        scale=scale,
    )


def mascot(mood: str) -> str:
    """Draw a whole picture of Nhím alone, on nothing, right on light and on dark."""
    return sheet(SIZE, SIZE, nhim(mood, at=(SIZE / 2, SIZE / 2 + 6), scale=1.98, alone=True))


def _body() -> str:
    feet = ellipse(-17, 37, 9, 5.5, TAN) + ellipse(17, 37, 9, 5.5, TAN)
    rim = shape(_SPIKES, PAPER, PAPER, 10) + ellipse(-17, 37, 12, 8, PAPER) + ellipse(17, 37, 12, 8, PAPER)
    ears = "".join(circle(x, -13, 8, TAN) + circle(x * 0.98, -12.5, 4.4, BLUSH) for x in (-23, 23))
    cheeks = ellipse(-19.5, 7, 4.4, 2.9, BLUSH) + ellipse(19.5, 7, 4.4, 2.9, BLUSH)
    return rim + shape(_SPIKES, BARK, BARK, 5) + shape(_TUFT, FUR, FUR, 3) + feet + ears + shape(_FACE, CREAM) + cheeks


_NOSE = ellipse(0, 4, 4.2, 3.1, INK)


def _open_eyes(look: tuple[float, float] = (0, 0)) -> str:
    """Open the eyes; `look` moves the glint against the way they look, and the eyes a little with it."""
    x, y = look
    return "".join(
        circle(side * 12 + x * 0.6, -1 + y * 0.6, 4.8, INK)
        + circle(side * 12 + 1.6 + x * 1.5, -2.7 + y * 1.2, 1.6, PAPER)
        for side in (-1, 1)
    )


_LAUGHING = line("M-16.5 .5Q-12-5.5-7.5 .5M7.5 .5Q12-5.5 16.5 .5", INK, _WIDTH + 0.4)
_RESTING = line("M-16.5-2.5Q-12 2.5-7.5-2.5M7.5-2.5Q12 2.5 16.5-2.5", INK, _WIDTH + 0.4)
_SMILE = line("M-4.6 9.5Q0 13.2 4.6 9.5", INK, _WIDTH)
_SMALL_SMILE = line("M-3 10Q0 12 3 10", INK, _WIDTH)
_GRIN = shape("M-5.5 9.5Q0 8.7 5.5 9.5 5 16 0 16T-5.5 9.5z", INK, INK, 1.5) + ellipse(0, 14.3, 2.8, 1.6, BLUSH)
_PONDERING = line("M-1.5 10.8Q2 11.6 5 9.6", INK, _WIDTH)

_SHIELD = shield(0, 27, 26)


def _paw(x: float, y: float) -> str:
    return circle(x, y, 5.2, SAND)


def _arm(from_x: float, from_y: float, x: float, y: float) -> str:
    """Stretch an arm out to a paw."""
    return line(f"M{from_x:g} {from_y:g}L{x:g} {y:g}", TAN, 8.5) + circle(x, y, 6.2, SAND)


_HELD = (_SHIELD, _paw(-14, 26), _paw(14, 26))

_POSES: Mapping[str, _Pose] = {
    "hello": _Pose(
        eyes=_open_eyes(),
        mouth=_GRIN,
        front=(_SHIELD, _paw(-14, 26), _arm(23, 20, 40, 2)),
        around=(line("M41-13Q49-10 50-2M44-21Q56-17 57-5", SUN, 3),),
        lean=-3,
    ),
    "listening": _Pose(
        eyes=_open_eyes((1.6, 0)),
        mouth=_SMALL_SMILE,
        front=(_SHIELD, _paw(-14, 26), _arm(27, 18, 33, -2)),
        around=(line("M46-16Q50-9 46-2M53-21Q60-9 53 3", SKY, 3),),
        lean=5,
    ),
    "thinking": _Pose(
        eyes=_open_eyes((1.5, -2)),
        mouth=_PONDERING,
        front=(_SHIELD, _paw(-14, 26), _arm(25, 27, 13, 18)),
        around=(
            circle(36, -34, 3.4, PAPER),
            circle(42, -40.5, 5, PAPER),
            circle(36, -34, 2.2, SKY),
            circle(42, -40.5, 3.6, SKY),
            circle(50, -47, 7.5, PAPER),
            circle(50, -47, 5.8, SKY),
        ),
    ),
    "happy": _Pose(
        eyes=_LAUGHING,
        mouth=_GRIN,
        front=(_arm(-23, 20, -39, 4), _arm(23, 20, 39, 4), _SHIELD),
        around=(sparkle(-46, -30, 13), sparkle(47, -34, 16), heart(-36, -46, 10), star(33, -49, 9)),
    ),
    "calm": _Pose(
        eyes=_RESTING,
        mouth=_SMALL_SMILE,
        front=_HELD,
        around=(
            line("M-54-33Q-49-38-44-33T-34-33", MINT, 3),
            line("M31-42Q36-47 41-42T51-42M37-32Q42-37 47-32T57-32", MINT, 3),
        ),
    ),
    "proud": _Pose(
        eyes=_LAUGHING,
        mouth=_SMILE,
        front=(shield(0, 30, 31, star(0, 0.5, 17)), _paw(-16.5, 29), _paw(16.5, 29)),
        around=(sparkle(-44, -34, 14), sparkle(45, -36, 14), sparkle(-50, 25, 9), sparkle(51, 24, 9)),
    ),
}  # fmt: skip

MOODS = tuple(_POSES)
"""Every mood that Nhím can be drawn in."""
