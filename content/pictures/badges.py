"""One badge for each topic, earned by finishing its quiz: a scalloped medal with the topic's sign and Nhím's shield."""

from math import cos, pi, sin

from content.pictures.motifs import MOTIFS
from content.pictures.palette import PAPER, Mood
from content.pictures.parts import circle, group, shape, sheet, shield, star
from content.pictures.topics import MOOD_OF

SIZE = 240
_BUMPS = 20


def badge(topic: str) -> str:
    """Draw a topic's badge on nothing, right on light and on dark.

    Raises:
        KeyError: no such topic is drawn.
    """
    return sheet(SIZE, SIZE, group(medal(topic), at=(SIZE / 2, SIZE / 2 - 4)))


def medal(topic: str) -> str:
    """Draw a badge around (0, 0), 220 wide, for a place on another picture."""
    mood = MOOD_OF[topic]
    return "".join(
        (
            _ribbons(mood),
            _scallop(98, PAPER),
            _scallop(92, mood.tone),
            circle(0, 0, 84, PAPER),
            circle(0, 0, 77, mood.tint),
            group(MOTIFS[topic](), at=(0, -6), scale=1.04),
            shield(0, 88, 52, star(0, 0.5, 16)),
        )
    )


def _ribbons(mood: Mood) -> str:
    left = "M-30 80L-58 112-44 110-38 118-8 92z"
    right = "M30 80L58 112 44 110 38 118 8 92z"
    return "".join(shape(path, PAPER, PAPER, 10) + shape(path, mood.tone, mood.tone, 3) for path in (left, right))


def _scallop(radius: float, fill: str) -> str:
    around = [2 * pi * bump / _BUMPS for bump in range(_BUMPS)]
    bumps = (circle(cos(turn) * radius, sin(turn) * radius, radius * 0.14, fill) for turn in around)
    return circle(0, 0, radius, fill) + "".join(bumps)
