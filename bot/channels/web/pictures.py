"""Pictures on the children's page: what a reply says of one, and where its PNG is fetched."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from bot.cards import day_of
from bot.channels.pictures import rendered, shown
from content.errors import UnknownText
from content.pictures import certificate_day, version
from store.clock import Clock
from store.retention import TALK

PLACE = "/chat/pictures"
# The address names the version of the drawing, so that what it gives never changes.
_KEPT = "public, max-age=31536000, immutable"
_FILE = re.compile(r"((?:cover|badge|mascot|certificate)\.[a-z_]+(?:\.\d{4}-\d\d-\d\d)?)\.png")


def image_of(body: dict[str, Any]) -> dict[str, Any] | None:
    """Return the picture of a message as the page's reply names it, with its size so that its place is kept."""
    picture = shown(body.get("picture"), body.get("language", ""))
    if picture is None:
        return None
    url = f"{PLACE}/{picture.version}/{picture.id}.png"
    return {"url": url, "alt": picture.alt, "width": picture.width, "height": picture.height}


def picture_handler(clock: Clock) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Return the handler of GET /chat/pictures/<version>/<id>.png: 404 for all but a drawing of ours as it is now."""

    async def png(request: web.Request) -> web.Response:
        file = _FILE.fullmatch(request.match_info["file"])
        if file is None or not _is_given(file[1], request.match_info["version"], clock):
            raise web.HTTPNotFound
        return web.Response(body=await rendered(file[1]), content_type="image/png", headers={"Cache-Control": _KEPT})

    return png


def _is_given(identifier: str, asked: str, clock: Clock) -> bool:
    """Tell whether this picture may be rendered: a certificate only as long as a talk is kept, not for every day."""
    day = certificate_day(identifier)
    if day is not None and not 0 <= (day_of(clock.now()) - day).days <= TALK.days:
        return False
    try:
        return version(identifier) == asked
    except UnknownText:
        return False
