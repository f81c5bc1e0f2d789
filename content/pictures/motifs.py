"""One sign for each topic, drawn around (0, 0) about 100 wide: the middle of its cover and of its badge."""

from collections.abc import Callable, Mapping

from content.pictures.palette import (
    BARK,
    CORAL,
    CREAM,
    INK,
    LEAF,
    LILAC,
    MINT,
    PAPER,
    SAND,
    SKY,
    SLATE,
    STONE,
    SUN,
    TAN,
    TEAL,
)
from content.pictures.parts import (
    box,
    bubble,
    circle,
    ellipse,
    group,
    heart,
    line,
    mirrored,
    phone,
    shape,
)


def gift_on_a_hook() -> str:
    """A present that hangs from a fishing hook: scam."""
    return "".join(
        (
            line("M2-62V-34C2-22-16-22-16-33", SLATE, 4.5),
            line("M-16-33L-20-28M-16-33L-11-29", SLATE, 4),
            shape("M2-12C-14-30-28-20-20-12zM2-12C18-30 32-20 24-12z", SUN, SUN, 4),
            box(-34, 4, 72, 44, CORAL),
            box(-40, -12, 84, 20, "#e98a78"),
            box(-5, -12, 14, 60, SUN, 2),
        )
    )


def umbrella_against_pebbles() -> str:
    """An umbrella that keeps unkind words off: cyberbullying."""
    return "".join(
        (
            group(bubble(-30, -44, 26, 18, STONE), turn=-8),
            bubble(8, -50, 24, 17, SLATE, left=False),
            bubble(40, -36, 20, 15, STONE, left=False),
            line("M0 6V40C0 52 16 52 16 41", BARK, 6),
            shape("M-48 12C-46-38 46-38 48 12Q40 3 32 12 24 3 16 12 8 3 0 12-8 3-16 12-24 3-32 12-40 3-48 12z", CORAL),
            shape("M-16 12C-16-8-8-22 0-25.5 8-22 16-8 16 12 8 3 0 12-8 3-16 12z", "#f0a08f"),
        )
    )


def covered_screen() -> str:
    """A tablet whose picture is struck out, put away: harmful content."""
    eye = (
        shape("M-26 0C-14-18 14-18 26 0 14 18-14 18-26 0z", PAPER),
        circle(0, 0, 9, SLATE),
        line("M-24 20L24-20", PAPER, 11),
        line("M-24 20L24-20", CORAL, 6),
    )
    return group(phone(0, 0, 96, 72, *eye, screen=LILAC), turn=-6)


def masked_avatar() -> str:
    """A profile picture that wears a party mask, for nobody sees who writes: grooming."""
    mask = "M-23-10C-14-15-6-12 0-8 6-12 14-15 23-10 26 6 8 8 0-1-8 8-26 6-23-10z"
    return "".join(
        (
            bubble(0, -8, 100, 84, LILAC),
            shape("M-32 34C-32 14-16 10 0 10S32 14 32 34z", CORAL),
            circle(0, -12, 23, CREAM),
            shape("M-23-14C-24-42 24-42 23-14 14-24-10-20-23-14z", BARK),
            shape(mask, SUN, SUN, 3),
            circle(-10, -6, 3.6, INK),
            circle(10, -6, 3.6, INK),
            line("M-5 5Q0 9 5 5", INK, 3),
        )
    )


def house_with_curtains() -> str:
    """A house whose curtains its child draws: privacy."""
    curtain = shape("M-22-16H-3C-4 0-10 8-22 16z", CORAL)
    return "".join(
        (
            box(-40, -8, 80, 56, CREAM, 4),
            box(22, -40, 11, 24, BARK, 3),
            shape("M-46-6L0-44 46-6z", "#b9503f", "#b9503f", 8),
            box(-22, 2, 44, 34, SKY, 4),
            group(curtain, mirrored(curtain), at=(0, 19)),
            line("M-26 3H26", BARK),
            line("M-26 38H26", BARK),
        )
    )


def alarm_clock() -> str:
    """A clock that rings the end: screen time."""
    return "".join(
        (
            line("M-22 32L-30 44M22 32L30 44", BARK, 7),
            group(ellipse(0, 0, 15, 11, CORAL), at=(-26, -34), turn=-40),
            group(ellipse(0, 0, 15, 11, CORAL), at=(26, -34), turn=40),
            box(-4, -50, 8, 16, BARK, 4),
            circle(0, 2, 39, CORAL),
            circle(0, 2, 30, PAPER),
            line("M0-18V2L13 11", INK),
            *(circle(x, y + 2, 2.6, STONE) for x, y in ((0, -25), (25, 0), (0, 25), (-25, 0))),
            circle(0, 2, 4, INK),
        )
    )


def flying_elephant() -> str:
    """A magnifying glass that finds wings on an elephant: fake news."""
    skin, ear = "#9db4c4", "#7f98aa"
    elephant = (
        shape("M2-6C-4-26 18-30 20-20 12-20 12-8 4-4z", PAPER, "#d9d3c4", 1.5),
        box(-8, 6, 8, 14, skin, 3),
        box(12, 6, 8, 14, skin, 3),
        ellipse(6, 3, 17, 12, skin),
        circle(-12, -4, 11, skin),
        line("M-21-2C-25 6-25 10-20 14", skin, 6),
        ellipse(-6, -5, 6, 8, ear),
        circle(-15, -6, 2, INK),
    )
    return "".join(
        (
            line("M22 22L44 44", BARK, 13),
            circle(-6, -6, 40, SLATE),
            circle(-6, -6, 33, "#dff0f7"),
            group(*elephant, at=(-5, -4), scale=1.05),
        )
    )


def controller() -> str:
    """A game controller: gaming."""
    body = "M-28-22H28C46-22 54 14 50 28 46 38 34 34 26 16H-26C-34 34-46 38-50 28-54 14-46-22-28-22z"
    return "".join(
        (
            shape(body, SLATE, SLATE, 4),
            box(-33, -8, 22, 8, PAPER, 3),
            box(-26, -15, 8, 22, PAPER, 3),
            circle(24, -13, 5, SUN),
            circle(24, 5, 5, CORAL),
            circle(15, -4, 5, MINT),
            circle(33, -4, 5, SKY),
            box(-5, -8, 10, 5, STONE, 2.5),
        )
    )


def padlock_and_key() -> str:
    """A closed padlock and its key: passwords."""
    return "".join(
        (
            line("M-28-4V-18C-28-46 12-46 12-18V-4", SLATE, 10),
            box(-42, -8, 68, 52, SUN, 12),
            circle(-8, 12, 8, INK),
            line("M-8 14V27", INK, 7),
            group(
                line("M0 0V42M0 30H11M0 41H9", TEAL, 8),
                circle(0, -8, 15, TEAL),
                circle(0, -8, 6, PAPER),
                at=(38, 0),
                turn=-18,
            ),
        )
    )


def paw_prints() -> str:
    """The prints of a cat in fresh cement: digital footprint."""
    pads = ((-15, -6, 5.5), (-6, -15, 6), (6, -15, 6), (15, -6, 5.5))
    one = "".join(
        (
            *(ellipse(x, y, radius, radius + 1.5, BARK) for x, y, radius in pads),
            shape("M0-5C9-5 15 5 12 11 9 16 4 12 0 12S-9 16-12 11C-15 5-9-5 0-5z", BARK),
        )
    )
    return "".join(
        (
            box(-48, -46, 96, 92, "#d5d2c8", 16),
            line("M-46 4H46", "#c3bfb2", 3),
            group(one, at=(-22, 26), turn=18, scale=0.9),
            group(one, at=(22, 2), turn=18, scale=0.9),
            group(one, at=(-14, -22), turn=18, scale=0.9),
        )
    )


def robot_parrot() -> str:
    """A parrot with an antenna, which repeats what it does not know: artificial intelligence."""
    return "".join(
        (
            line("M-10 36L-18 56M4 38L0 58", "#b9503f", 8),
            line("M-34 44H38", BARK, 7),
            shape("M-30 4C-30-34 30-34 28 4 28 30 12 44-4 44-20 44-30 26-30 4z", LEAF),
            shape("M-30 2C-38 12-36 30-20 38-14 26-18 8-30 2z", TEAL),
            line("M0-26V-40", SLATE, 4),
            circle(0, -44, 6, CORAL),
            circle(10, -4, 15, PAPER),
            circle(12, -4, 7, INK),
            circle(14.5, -6.5, 2.2, PAPER),
            shape("M25-8C42-8 44 10 36 20 34 10 28 8 22 8z", SUN, SUN, 3),
            box(-8, 18, 22, 16, "#d5e6c0", 4),
            *(circle(x, 26, 2.6, LEAF) for x in (-2, 3, 8)),
            line("M-6 44V50M8 44V50", SLATE, 4),
        )
    )


def open_hand() -> str:
    """An open hand that says no, with a heart in it: body safety."""
    fingers = "M-20 8V-26M-7 2V-38M7 2V-36M20 8V-24"
    return "".join(
        (
            line("M24 26L40 4", TAN, 13),
            line(fingers, TAN, 12.5),
            shape("M-26 4H26V18C26 36 16 46 0 46S-26 36-26 18z", TAN),
            heart(0, 20, 26, PAPER),
            line("M-38-34L-45-41M-42-16L-52-18M36-36L43-43", CORAL),
        )
    )


def basket_of_phones() -> str:
    """A rattan basket in which the family's phones sleep: family rules."""
    asleep = line("M-7-1Q-4.5 2-2 -1M2-1Q4.5 2 7-1", INK, 2.5)
    return "".join(
        (
            line("M-36-2C-30-54 30-54 36-2", BARK, 6),
            group(phone(0, 0, 30, 52, asleep, screen=MINT), at=(-17, -6), turn=-10),
            group(phone(0, 0, 30, 52, asleep, screen=SUN), at=(17, -6), turn=9),
            shape("M-42 4H42C42 32 34 44 26 44H-26C-34 44-42 32-42 4z", SAND, SAND, 5),
            line("M-40 17Q-27 11-13 17T13 17 40 17M-36 31Q-24 25-12 31T12 31 36 31", TAN),
            line("M-45 3H45", TAN, 9),
        )
    )


def flower_of_five() -> str:
    """A flower with a petal for each grown-up one can tell: seeking help."""
    petal = ellipse(0, -25, 14.5, 20, "#ef9a94")
    return "".join(
        (
            line("M0 10V56", LEAF, 6),
            shape("M0 46C6 32 20 30 28 34 24 46 12 52 0 46z", LEAF),
            *(group(petal, at=(0, -8), turn=turn) for turn in (0, 72, 144, 216, 288)),
            circle(0, -8, 17, PAPER),
            heart(0, -7, 21),
        )
    )


MOTIFS: Mapping[str, Callable[[], str]] = {
    "scam": gift_on_a_hook,
    "cyberbullying": umbrella_against_pebbles,
    "harmful_content": covered_screen,
    "grooming": masked_avatar,
    "privacy": house_with_curtains,
    "screen_time": alarm_clock,
    "fake_news": flying_elephant,
    "gaming": controller,
    "password_security": padlock_and_key,
    "digital_footprint": paw_prints,
    "ai_deepfake": robot_parrot,
    "body_safety": open_hand,
    "family_rules": basket_of_phones,
    "help_seeking": flower_of_five,
}
