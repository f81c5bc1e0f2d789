"""The building blocks of every picture: plain shapes first, then the things that several pictures share.

A part is a piece of SVG markup. All parts are flat, round at their ends and corners, and without outlines; a line
that is needed has the width LINE. Lengths are units of the picture's own sheet.
"""

from content.pictures.palette import BARK, CORAL, INK, LEAF, MINT, PAPER, SAND, SKY, SUN, TEAL

LINE = 5.0
"""The width of a drawn line."""


def sheet(width: float, height: float, *parts: str) -> str:
    """Make a whole SVG document of parts."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" '
        f'height="{height:g}"><g stroke-linejoin="round" stroke-linecap="round">{"".join(parts)}</g></svg>\n'
    )


def group(*parts: str, at: tuple[float, float] = (0, 0), scale: float = 1, turn: float = 0) -> str:
    """Move parts drawn around (0, 0) to a place; `turn` is in degrees, clockwise."""
    moves = f"translate({at[0]:g} {at[1]:g})"
    if turn:
        moves += f" rotate({turn:g})"
    if scale != 1:
        moves += f" scale({scale:g})"
    return f'<g transform="{moves}">{"".join(parts)}</g>'


def mirrored(*parts: str) -> str:
    """Turn parts around so that left is right."""
    return f'<g transform="scale(-1 1)">{"".join(parts)}</g>'


def faint(opacity: float, *parts: str) -> str:
    """Let what lies below shine through."""
    return f'<g opacity="{opacity:g}">{"".join(parts)}</g>'


def circle(x: float, y: float, radius: float, fill: str) -> str:
    """Draw a disc."""
    return f'<circle cx="{x:g}" cy="{y:g}" r="{radius:g}" fill="{fill}"/>'


def ellipse(x: float, y: float, across: float, down: float, fill: str) -> str:
    """Draw an oval by its two radii."""
    return f'<ellipse cx="{x:g}" cy="{y:g}" rx="{across:g}" ry="{down:g}" fill="{fill}"/>'


def box(x: float, y: float, width: float, height: float, fill: str, corner: float = 6) -> str:
    """Draw a rectangle with round corners; (x, y) is its upper left."""
    return f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="{corner:g}" fill="{fill}"/>'


def shape(path: str, fill: str, edge: str | None = None, width: float = LINE) -> str:
    """Fill a path, with a rim where an edge is named."""
    rim = f' stroke="{edge}" stroke-width="{width:g}"' if edge else ""
    return f'<path d="{path}" fill="{fill}"{rim}/>'


def line(path: str, colour: str = INK, width: float = LINE) -> str:
    """Draw along a path."""
    return f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{width:g}"/>'


def heart(x: float, y: float, width: float, fill: str = CORAL) -> str:
    """Draw a heart around (x, y)."""
    path = "M0 9C-6 4-10 .5-10-4c0-6 7-7.5 10-2.5C3-11.5 10-10 10-4 10 .5 6 4 0 9z"
    return group(shape(path, fill), at=(x, y), scale=width / 20)


def star(x: float, y: float, width: float, fill: str = SUN) -> str:
    """Draw a star with soft points around (x, y)."""
    path = "M0-9L2.7-3.5 8.7-2.7 4.4 1.5 5.4 7.5 0 4.7-5.4 7.5-4.4 1.5-8.7-2.7-2.7-3.5z"
    return group(shape(path, fill, fill, 2.5), at=(x, y), scale=width / 20)


def shield(x: float, y: float, width: float, *sign: str, fill: str = TEAL) -> str:
    """Draw Nhím's shield around (x, y), with a heart or another sign drawn around (0, 0) about 12 wide."""
    path = "M0-13C5-10 9.5-9.4 14-9.4 14 2 10 10 0 15.5-10 10-14 2-14-9.4-9.5-9.4-5-10 0-13z"
    return group(shape(path, fill, PAPER, 2.5), *(sign or (heart(0, 1, 14, PAPER),)), at=(x, y), scale=width / 30)


def bubble(x: float, y: float, width: float, height: float, fill: str = PAPER, *, left: bool = True) -> str:
    """Draw a speech bubble around (x, y); its tail points down to the left, or to the right."""
    side = -1 if left else 1
    foot = y + height / 2
    near, far = x + side * width * 0.32, x + side * width * 0.06
    tail = f"M{near:g} {foot - 4:g}L{near + side * 3:g} {foot + 11:g} {far:g} {foot - 4:g}z"
    corner = min(width, height) * 0.36
    return box(x - width / 2, y - height / 2, width, height, fill, corner) + shape(tail, fill, fill, 3)


def phone(x: float, y: float, width: float, height: float, *on_screen: str, screen: str = SKY) -> str:
    """Draw a phone or tablet around (x, y); what its screen shows is drawn around (0, 0)."""
    rim = min(width, height) * 0.11
    return group(
        box(-width / 2, -height / 2, width, height, INK, rim * 1.9),
        box(-width / 2 + rim, -height / 2 + rim, width - 2 * rim, height - 2 * rim, screen, rim),
        *on_screen,
        at=(x, y),
    )


def cloud(x: float, y: float, width: float, fill: str = PAPER) -> str:
    """Draw a small cloud around (x, y)."""
    parts = (circle(-14, 2, 9, fill), circle(0, -4, 13, fill), circle(14, 2, 10, fill), box(-22, 0, 44, 12, fill, 6))
    return group(*parts, at=(x, y), scale=width / 46)


def sparkle(x: float, y: float, width: float, fill: str = SUN) -> str:
    """Draw a four-pointed glint around (x, y)."""
    return group(shape("M0-10Q2-2 10 0 2 2 0 10-2 2-10 0-2-2 0-10z", fill), at=(x, y), scale=width / 20)


def lotus(x: float, y: float, width: float, fill: str = "#ee9aa0") -> str:
    """Draw a lotus around (x, y): three petals behind, three in front, and a leaf below."""
    back, front = "#f6c3c1", fill
    parts = (
        ellipse(0, 17, 30, 6, LEAF),
        shape("M-4 14C-24 10-27-2-26-8-14-8-6 2-4 14zM4 14C24 10 27-2 26-8 14-8 6 2 4 14z", back),
        shape("M-2 15C-20 6-18-12-14-18-6-12 0 0-2 15zM2 15C20 6 18-12 14-18 6-12 0 0 2 15z", front),
        shape("M0 16C-13 4-8-16 0-24 8-16 13 4 0 16z", back),
    )
    return group(*parts, at=(x, y), scale=width / 56)


def paper_boat(x: float, y: float, width: float) -> str:
    """Draw a folded paper boat around (x, y)."""
    parts = (
        shape("M-13 6L0-18 13 6z", "#e6e0d2", "#e6e0d2", 3),
        shape("M0-18L13 6H0z", PAPER, PAPER, 3),
        shape("M-30-4L-17 14H17L30-4 0 8z", PAPER, PAPER, 3),
        shape("M-30-4L-17 14H0V8z", "#f0eadc", "#f0eadc", 3),
    )
    return group(*parts, at=(x, y), scale=width / 60)


def palm_hat(x: float, y: float, width: float) -> str:
    """Draw a conical palm-leaf hat (nón lá) around (x, y)."""
    parts = (
        shape("M-30 12L0-15 30 12Q0 19-30 12z", "#f0d59a", "#f0d59a", 4),
        line("M-19 4Q0 9 19 4M-10-4Q0-1 10-4", "#cfa95c", 2),
    )
    return group(*parts, at=(x, y), scale=width / 62)


def helmet(x: float, y: float, width: float) -> str:
    """Draw an open motorbike helmet around (x, y)."""
    parts = (
        shape("M-27 12C-28-28 28-28 27 12z", CORAL, CORAL, 4),
        line("M0-16V6", PAPER, 5),
        box(-32, 8, 64, 9, "#b9503f", 4.5),
    )
    return group(*parts, at=(x, y), scale=width / 64)


def rice_bowl(x: float, y: float, width: float) -> str:
    """Draw a bowl of rice with chopsticks around (x, y)."""
    parts = (
        line("M6-10L32-30M12-6L37-24", BARK, 3.5),
        shape("M-25-2C-22-22 22-22 25-2z", PAPER),
        shape("M-28-2H28C28 16 16 22 11 22H-11C-16 22-28 16-28-2z", SKY, SKY, 3),
        line("M-22 6H22", PAPER, 3),
    )
    return group(*parts, at=(x, y), scale=width / 62)


def kite(x: float, y: float, width: float) -> str:
    """Draw a kite with its tail around (x, y)."""
    parts = (
        line("M0 26C10 36-8 42 4 54", SAND, 3),
        shape("M0-28L22-4 0 26-22-4z", CORAL, CORAL, 4),
        shape("M0-28L22-4H0z", SUN),
        shape("M0 26L-22-4H0z", MINT),
    )
    return group(*parts, at=(x, y), scale=width / 48)
