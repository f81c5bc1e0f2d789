"""Takes events in by webhook.

When and how often Zalo repeats a delivery is not documented; a repeat is asked for (503) only where storing failed,
and the same message twice is one. What is no event, or not one for this bot, is acknowledged and dropped.
"""

import hmac
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Final

import structlog
from aiohttp import web

from bot.channels.bodies import read_body
from bot.channels.port import Ingest
from bot.channels.zalo_bot.receive import CHANNEL, read_event, receive
from bot.channels.zalo_bot.setup import check_secret

SECRET_HEADER: Final = "X-Bot-Api-Secret-Token"  # noqa: S105 - the header's name
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
log = structlog.get_logger(__name__)


def webhook_handler(ingest: Ingest, secret: str) -> Handler:
    """Return the handler of `POST` at `setup.WEBHOOK_PATH`.

    Answers 401 without the secret, 503 where `ingest` failed, else 200, once `ingest` has returned.
    Raises ValueError when the secret is not one that Zalo takes.
    """
    expected = check_secret(secret).encode()

    async def handle(request: web.Request) -> web.StreamResponse:
        # Before the body is read: whoever does not know the secret gets nothing parsed.
        given = request.headers.get(SECRET_HEADER, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, expected):
            return web.Response(status=HTTPStatus.UNAUTHORIZED)
        body = await read_body(request, CHANNEL)
        try:
            for received in receive(read_event(body or b"")):
                await ingest(CHANNEL, received)
        except Exception as error:  # noqa: BLE001 - whatever failed, Zalo may repeat it
            # No traceback: the error of a database may hold the row, and the row a child's words.
            log.error("zalo_bot.ingest_failed", channel=CHANNEL, error=type(error).__name__)
            return web.Response(status=HTTPStatus.SERVICE_UNAVAILABLE)
        return web.Response()

    return handle
