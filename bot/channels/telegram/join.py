"""Joins Telegram when a token is set: by webhook with a public address, else by long polling."""

import asyncio
import contextlib

import structlog
from aiohttp import web
from telegram import Bot

from bot.channels.joining import Joining
from bot.channels.port import ChannelError, Ingest
from bot.channels.telegram.poll import poll
from bot.channels.telegram.receive import CHANNEL
from bot.channels.telegram.send import TelegramChannel
from bot.channels.telegram.setup import WEBHOOK_PATH, make_bot, prepare
from bot.channels.telegram.webhook import webhook_handler

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
    ingest = joining.add(TelegramChannel(bot))
    joining.work(_kept_joined(bot, ingest, settings.public_url, secret, joining.stop))
    return [] if settings.public_url is None else [web.post(WEBHOOK_PATH, webhook_handler(ingest, secret))]


async def _kept_joined(bot: Bot, ingest: Ingest, public_url: str | None, secret: str, stop: asyncio.Event) -> None:
    """Tell Telegram where updates go, again and again until it listens: the web chat must not wait for it."""
    while not stop.is_set():
        try:
            await prepare(bot, public_url, secret)
            break
        except ChannelError as error:
            log.error("telegram_unreachable", error=str(error))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), _RETRY_SECONDS)
    if public_url is None:
        await poll(bot, ingest, stop)
