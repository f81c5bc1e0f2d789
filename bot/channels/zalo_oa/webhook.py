"""Takes events in by webhook: Zalo posts each one, wants its answer within 2 seconds, and may repeat it for 2 hours.

Nothing is taken whose signature is not right. An event is stored before the answer; where that takes too long or fails,
the answer is 503 and the event is stored later (see `spool`). A repeated or replayed event has the name of the first
and is one message with it; how old an event is does not matter, for a late one may be a child's.
"""

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any, Final

import structlog
from aiohttp import web

from bot import metrics
from bot.channels.bodies import read_body
from bot.channels.port import Ingest
from bot.channels.zalo_oa.receive import CHANNEL, IsChoice, Left, left, read_event, receive, timestamp_of
from bot.channels.zalo_oa.signature import HEADER, Signing

PATH: Final = "/channels/zalo_oa"
STORE_SECONDS: Final = 1.5  # of the 2 that Zalo waits
MAX_BODY: Final = 256 * 1024  # the longest event is far below it
_PROBES: Final = frozenset({b"", b"{}"})  # what the console posts, unsigned, when the address is saved

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
OnLeft = Callable[[Left], Awaitable[None]]

log = structlog.get_logger(__name__)


def webhook_handler(ingest: Ingest, signing: Signing, is_choice: IsChoice, on_left: OnLeft) -> Handler:
    """Return the handler of `POST` at `PATH`.

    Answers 401 without a right signature, 503 where an event is not stored yet, else 200.
    """

    async def handle(request: web.Request) -> web.StreamResponse:
        body = await read_body(request, CHANNEL, most=MAX_BODY)
        if body is None:
            return web.Response(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        if body.strip() in _PROBES:
            return web.Response()
        event = read_event(body)  # the time that is signed stands in the body
        given = request.headers.get(HEADER, "")
        if not signing.is_of(body, timestamp_of(event or {}), given):
            # A wrong secret looks the same, and then no child is heard: it is counted, and the doctor's page says so.
            metrics.WEBHOOK_REFUSED.labels(channel=CHANNEL).inc()
            log.warning("zalo_oa.wrong_signature")
            return web.Response(status=HTTPStatus.UNAUTHORIZED)
        return web.Response() if event is None else await _stored(event, ingest, is_choice, on_left)

    return handle


async def _stored(event: Mapping[str, Any], ingest: Ingest, is_choice: IsChoice, on_left: OnLeft) -> web.Response:
    stored = True
    for received in receive(event, is_choice):
        try:
            await ingest(CHANNEL, received)
        except Exception as error:  # noqa: BLE001 - whatever failed, it is stored later
            # No traceback: the error of a database may hold the row, and the row a child's words.
            log.error("zalo_oa.ingest_failed", error=type(error).__name__)
            stored = False
    gone = left(event)
    if gone is not None:
        try:
            await on_left(gone)
        except Exception as error:  # noqa: BLE001 - as above
            log.error("zalo_oa.leaving_not_noted", error=type(error).__name__)
            stored = False
    return web.Response(status=HTTPStatus.OK if stored else HTTPStatus.SERVICE_UNAVAILABLE)
