"""One cover for each topic: its sign large, and Nhím beside it in a mood that fits."""

from collections.abc import Mapping
from dataclasses import dataclass

from content.pictures.mascot import nhim
from content.pictures.motifs import MOTIFS
from content.pictures.palette import BARK, CORAL, LEAF, LILAC, PAPER, SAND, STONE, SUN
from content.pictures.parts import (
    box,
    bubble,
    circle,
    cloud,
    ellipse,
    faint,
    group,
    heart,
    helmet,
    kite,
    line,
    palm_hat,
    paper_boat,
    rice_bowl,
    shape,
    sheet,
    sparkle,
    star,
)
from content.pictures.topics import MOOD_OF

WIDTH, HEIGHT = 320, 240
_GROUND = 206.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scene:
    """What a cover holds besides its sign."""

    mood: str
    behind: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    wears: str = ""
    sign: tuple[float, float] = (220, 122)
    """Where the middle of the topic's sign is."""
    scale: float = 1.5
    nhim: tuple[float, float] = (84, 160)


def cover(topic: str) -> str:
    """Draw a topic's cover: a card with round corners, right on light and on dark.

    Raises:
        KeyError: no such topic is drawn.
    """
    light, scene = MOOD_OF[topic], _SCENES[topic]
    corner = 26
    edge = f'<clipPath id="card"><rect width="{WIDTH}" height="{HEIGHT}" rx="{corner}"/></clipPath>'
    return sheet(
        WIDTH,
        HEIGHT,
        edge,
        '<g clip-path="url(#card)">',
        box(0, 0, WIDTH, HEIGHT, light.tint, 0),
        faint(0.65, circle(*scene.sign, 96, PAPER)),
        ellipse(WIDTH / 2, _GROUND + 72, 240, 90, light.ground),
        *scene.behind,
        group(MOTIFS[topic](), at=scene.sign, scale=scene.scale),
        nhim(scene.mood, at=scene.nhim, scale=1.38, wears=scene.wears),
        *scene.before,
        "</g>",
    )


def _book_bag(x: float, y: float) -> str:
    parts = (
        line("M-10-22Q0-36 10-22", BARK),
        box(-22, -24, 44, 48, CORAL, 12),
        box(-15, 0, 30, 18, "#b9503f", 6),
        line("M-19.5-6H19.5", SUN, 4),
        star(0, 9, 11),
    )
    return group(*parts, at=(x, y))


def _grass(x: float, y: float) -> str:
    return line(f"M{x:g} {y:g}l-5-12M{x + 5:g} {y:g}l0-16M{x + 10:g} {y:g}l5-12", LEAF, 4)


_HOLDING = line("M206 136V184", BARK, 10.5) + circle(205, 168, 9, SAND)  # the umbrella, before Nhím
_FLAG = line("M0 0V-46", BARK) + shape("M2-46L30-37 2-28z", CORAL, CORAL, 3)
_YARN = "".join(
    (
        line("M12 10C34 20 30-2 46 8", LILAC, 4),
        circle(0, 0, 20, LILAC),
        line("M-14-8Q0-18 12-12M-18 4Q0-10 18-2M-12 14Q4 0 17 8", "#cbbde3", 3),
    )
)

_SCENES: Mapping[str, _Scene] = {
    "scam": _Scene(mood="thinking", sign=(220, 128), behind=(line("M223-4V40", "#4a5a63", 6.5), cloud(40, 46, 52))),
    "cyberbullying": _Scene(
        mood="hello",
        sign=(206, 110),
        scale=1.75,
        nhim=(148, 170),
        behind=(cloud(50, 52, 60),),
        before=(
            ellipse(276, 204, 15, 6, STONE),
            ellipse(248, 213, 9, 4, STONE),
            ellipse(64, 212, 11, 4.5, STONE),
            _HOLDING,
        ),
    ),
    "harmful_content": _Scene(mood="calm", scale=1.45, before=(paper_boat(216, 204, 66),)),
    "grooming": _Scene(mood="thinking", scale=1.42, sign=(224, 122)),
    "privacy": _Scene(
        mood="hello",
        wears=palm_hat(0, -34, 62),
        scale=1.55,
        sign=(226, 126),
        behind=(cloud(112, 40, 46),),
        before=(_grass(150, 204), _grass(298, 206)),
    ),
    "screen_time": _Scene(mood="happy", sign=(204, 142), scale=1.25, behind=(kite(284, 60, 60), cloud(150, 42, 44))),
    "fake_news": _Scene(mood="thinking", sign=(226, 118), scale=1.62),
    "gaming": _Scene(
        mood="happy",
        scale=1.5,
        sign=(230, 136),
        nhim=(80, 160),
        behind=(group(_FLAG, at=(230, 114), scale=1.4), sparkle(292, 66, 22), sparkle(160, 70, 16)),
    ),
    "password_security": _Scene(mood="proud", wears=helmet(0, -27, 62), scale=1.42, sign=(222, 122)),
    "digital_footprint": _Scene(mood="hello", scale=1.45, sign=(228, 116), before=(_book_bag(158, 198),)),
    "ai_deepfake": _Scene(mood="listening", sign=(226, 122), scale=1.5, behind=(cloud(120, 44, 46),)),
    "body_safety": _Scene(mood="proud", sign=(226, 124), scale=1.6),
    "family_rules": _Scene(mood="happy", sign=(232, 112), scale=1.4, before=(rice_bowl(170, 206, 62),)),
    "help_seeking": _Scene(
        mood="listening",
        sign=(230, 124),
        scale=1.48,
        behind=(group(bubble(0, 0, 58, 44, PAPER), heart(0, 0, 22), at=(158, 62)),),
        before=(group(_YARN, at=(164, 200)),),
    ),
}
