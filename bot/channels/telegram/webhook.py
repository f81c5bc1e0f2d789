"""Takes updates in by webhook: Telegram posts each one and repeats it until the answer is 2xx.

Repeating is asked for (503) only where storing failed. What is no update, or not one for this bot, is acknowledged and
dropped: Telegram holds back all later updates of a chat behind one that it has to repeat.
"""

import hmac
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Final

import structlog
from aiohttp import web
from telegram import Update

from bot.channels.bodies import read_body
from bot.channels.port import Ingest
from bot.channels.telegram.receive import CHANNEL, read_update, receive
from bot.channels.telegram.setup import check_secret

SECRET_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

log = structlog.get_logger(__name__)


def webhook_handler(ingest: Ingest, secret: str) -> Handler:
    """Return the handler of `POST` at `setup.WEBHOOK_PATH`.

    Answers 401 without the secret, 503 where `ingest` failed, else 200, once `ingest` has returned.
    Raises ValueError when the secret is not one that Telegram takes.
    """
    expected = check_secret(secret).encode()

    async def handle(request: web.Request) -> web.StreamResponse:
        # Before the body is read: whoever does not know the secret gets nothing parsed.
        given = request.headers.get(SECRET_HEADER, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, expected):
            return web.Response(status=HTTPStatus.UNAUTHORIZED)
        body = await read_body(request, CHANNEL)
        update = None if body is None else read_update(body)
        if update is None:
            return web.Response()
        return await _stored(ingest, update)

    return handle


async def _stored(ingest: Ingest, update: Update) -> web.Response:
    try:
        for received in receive(update):
            await ingest(CHANNEL, received)
    except Exception as error:  # noqa: BLE001 - whatever failed, Telegram keeps the update and repeats it
        # No traceback: the error of a database may hold the row, and the row a child's words.
        log.error("telegram.ingest_failed", update_id=update.update_id, error=type(error).__name__)
        return web.Response(status=HTTPStatus.SERVICE_UNAVAILABLE)
    if update.callback_query is None:
        return web.Response()
    # A webhook's answer may be a call itself; so the button's spinner stops without a request more.
    return web.json_response({"method": "answerCallbackQuery", "callback_query_id": update.callback_query.id})
