"""Takes events in by webhook: Meta posts them in batches and repeats a batch until the answer is 200.

Each message of a batch is stored by itself; 200 comes only when all are, and those that are known when they come again.
What is no event, or not one for this page, is acknowledged and dropped.
"""

import asyncio
import hashlib
import hmac
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Final

import structlog
from aiohttp import web

from bot.channels.bodies import as_object, read_body
from bot.channels.messenger.receive import CHANNEL, events_in, receive
from bot.channels.messenger.request import Page
from bot.channels.port import Ingest, Received

SIGNATURE_HEADER: Final = "X-Hub-Signature-256"
_LONGEST_CHALLENGE: Final = 256
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
log = structlog.get_logger(__name__)


def verification_handler(verify_token: str) -> Handler:
    """Return the handler of `GET`, by which Meta asks whether this address wants its events."""

    async def handle(request: web.Request) -> web.StreamResponse:
        query = request.query
        given = query.get("hub.verify_token", "").encode("utf-8", "surrogateescape")
        is_known = hmac.compare_digest(given, verify_token.encode())
        challenge = query.get("hub.challenge", "")
        if query.get("hub.mode") != "subscribe" or not is_known or not 0 < len(challenge) <= _LONGEST_CHALLENGE:
            return web.Response(status=HTTPStatus.FORBIDDEN)
        return web.Response(text=challenge.encode("utf-8", "replace").decode())

    return handle


def webhook_handler(ingest: Ingest, page: Page) -> Handler:
    """Return the handler of `POST`: 401 without Meta's signature, 503 where `ingest` failed for one, else 200."""

    async def handle(request: web.Request) -> web.StreamResponse:
        body = await read_body(request, CHANNEL)
        # Before anything is parsed: whoever does not know the secret gets nothing read.
        if body is None or not _is_signed(request, body, page.app_secret):
            return web.Response(status=HTTPStatus.UNAUTHORIZED)
        return web.Response(
            status=HTTPStatus.OK if await _stored(ingest, body, page) else HTTPStatus.SERVICE_UNAVAILABLE
        )

    return handle


def _is_signed(request: web.Request, body: bytes, secret: str) -> bool:
    expected = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    given = request.headers.get(SIGNATURE_HEADER, "").encode("utf-8", "surrogateescape")
    return hmac.compare_digest(given, expected.encode())


async def _stored(ingest: Ingest, body: bytes, page: Page) -> bool:
    """Store every message of a batch; tells whether all were.

    People do not wait for one another: a database that hangs must not take longer for many than for one.
    """
    people: dict[str, list[Received]] = {}
    for event in events_in(as_object(body)):
        for received in receive(event, page.id):
            people.setdefault(received.address, []).append(received)
    return all(await asyncio.gather(*(_stored_of_one(ingest, said) for said in people.values())))


async def _stored_of_one(ingest: Ingest, said: list[Received]) -> bool:
    """Store what one person did, in order; after a failure the rest waits for the repeat."""
    try:
        for received in said:
            await ingest(CHANNEL, received)
    except Exception as error:  # noqa: BLE001 - whatever failed, Meta keeps the batch and repeats it
        # No traceback: the error of a database may hold the row, and the row a child's words.
        log.error("messenger.ingest_failed", channel=CHANNEL, error=type(error).__name__)
        return False
    return True
