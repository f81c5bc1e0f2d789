"""Joins Telegram when a token is set: by webhook with a public address, else by long polling."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web
from telegram import Bot

from bot.channels import typing
from bot.channels.joining import Joining
from bot.channels.port import ChannelError, Ingest
from bot.channels.telegram.poll import poll
from bot.channels.telegram.receive import CHANNEL
from bot.channels.telegram.send import TelegramChannel
from bot.channels.telegram.setup import WEBHOOK_PATH, connect, make_bot, prepare
from bot.channels.telegram.webhook import webhook_handler
from store.alone import alone

_RETRY_SECONDS = 10.0
log = structlog.get_logger()


def join(joining: Joining) -> list[web.RouteDef]:
    """Join Telegram, if it is set; returns the route of its webhook, none where it is asked for updates."""
    settings = joining.settings
    if settings.telegram_token is None:
        return []
    # The word that Telegram shows with every update; the same in every process that has the keys.
    secret = joining.vault.address_hash(CHANNEL, "webhook")
    bot = make_bot(settings.telegram_token.get_secret_value(), settings.telegram_base_url)
    joining.stack.push_async_callback(bot.shutdown)
    ingest = typing.joined(joining, TelegramChannel(bot))
    if not joining.receives:
        joining.work(_until_done(joining.stop, lambda: connect(bot)))
        return []
    joining.work(_receiving(joining, bot, ingest, secret))
    return [] if settings.public_url is None else [web.post(WEBHOOK_PATH, webhook_handler(ingest, secret))]


async def _receiving(joining: Joining, bot: Bot, ingest: Ingest, secret: str) -> None:
    """Tell Telegram where updates go, and ask for them where it cannot bring them; one process of all asks."""
    public_url, stop = joining.settings.public_url, joining.stop
    await _until_done(stop, lambda: prepare(bot, public_url, secret))
    if public_url is None:
        await alone(joining.database, "telegram poll", lambda: poll(bot, ingest, stop), stop)


async def _until_done(stop: asyncio.Event, call: Callable[[], Awaitable[None]]) -> None:
    """Make a call again and again until Telegram takes it: the web chat must not wait for that."""
    while not stop.is_set():
        try:
            await call()
            break
        except ChannelError as error:
            log.error("telegram_unreachable", error=str(error))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), _RETRY_SECONDS)
