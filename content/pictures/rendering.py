"""Turns a drawing into a PNG: in memory, without fonts, the same bytes each time."""

from resvg_py import svg_to_bytes

SMALLEST, LARGEST = 64, 960
"""The widths in pixels that a picture may be asked for; the largest still stays under 100 KB."""


def png(svg: str, size: int, ground: str | None = None) -> bytes:
    """Render a drawing `size` pixels wide, its height in proportion, on nothing or on a colour.

    Raises:
        ValueError: the size is outside SMALLEST to LARGEST.
    """
    if not SMALLEST <= size <= LARGEST:
        raise ValueError(f"a picture is {SMALLEST} to {LARGEST} pixels wide, not {size}")
    return svg_to_bytes(svg_string=svg, width=size, background=ground, skip_system_fonts=True)
