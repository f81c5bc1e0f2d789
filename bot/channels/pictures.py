"""Drawings of ours as a channel shows them: how large, with which words, and rendered where nobody waits for it."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import structlog

from content import pictures
from content.errors import UnknownText

_SIZES: Mapping[str, tuple[int, int]] = {
    "cover": (640, 480),
    "certificate": (640, 480),
    "badge": (320, 320),
    "mascot": (320, 320),
}
# One at a time, apart from the threads that others wait for: a picture can wait, a disclosure cannot.
_PAINTER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pictures")
log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What is known of a picture before it is rendered: its pixels, its words and the version of its drawing."""

    id: str
    width: int
    height: int
    alt: str
    version: str


def shown(identifier: str | None, language: str) -> Shown | None:
    """Describe a picture; None where there is none, or none of this name any more: the words go without it."""
    if identifier is None:
        return None
    try:
        width, height = _SIZES[identifier.partition(".")[0]]
        alt, version = pictures.alternative(identifier, lang=language), pictures.version(identifier)
    except LookupError:
        log.error("picture_unknown")
        return None
    return Shown(id=identifier, width=width, height=height, alt=alt, version=version)


async def rendered(identifier: str, *, ground: str | None = None) -> bytes:
    """Return a picture as PNG, in the size of its kind. Raises UnknownText."""
    kind = identifier.partition(".")[0]
    if kind not in _SIZES:
        raise UnknownText(f"there is no picture {identifier}")
    width, _ = _SIZES[kind]
    painted = await asyncio.get_running_loop().run_in_executor(
        _PAINTER, lambda: pictures.picture(identifier, size=width, ground=ground)
    )
    return painted.png
