"""Joins the Zalo Bot Platform when a token is set: by webhook with a public address, else by long polling."""

import asyncio
import contextlib
from typing import Final

import structlog
from aiohttp import web

from bot.channels import typing
from bot.channels.joining import Joining
from bot.channels.zalo_bot.errors import as_channel_error
from bot.channels.zalo_bot.poll import Poller
from bot.channels.zalo_bot.receive import CHANNEL
from bot.channels.zalo_bot.request import BotApi
from bot.channels.zalo_bot.send import ZaloBotChannel
from bot.channels.zalo_bot.setup import WEBHOOK_PATH, prepare
from bot.channels.zalo_bot.spool import Spool
from bot.channels.zalo_bot.webhook import webhook_handler
from store.alone import alone

_RETRY_SECONDS: Final = 10.0
log = structlog.get_logger()


def join(joining: Joining) -> list[web.RouteDef]:
    """Join Zalo's bot, if it is set; returns the route of its webhook, none where it is asked for events."""
    settings = joining.settings
    if settings.zalo_bot_token is None:
        return []
    # The word that Zalo shows with every event; the same in every process that has the keys.
    secret = joining.vault.address_hash(CHANNEL, "webhook")
    api = BotApi(settings.zalo_bot_token.get_secret_value(), settings.zalo_bot_base_url)
    joining.stack.push_async_callback(api.close)
    ingest = typing.joined(joining, ZaloBotChannel(api, settings.zalo_bot_permanent))
    if not joining.receives:
        return []
    if settings.public_url is not None:
        joining.work(_directed(api, settings.public_url, secret, joining.stop))
        return [web.post(WEBHOOK_PATH, webhook_handler(ingest, secret))]
    poller = Poller(api, ingest, Spool(settings.data_dir / CHANNEL, joining.vault))
    joining.work(_polled(joining, api, poller, secret))
    joining.stack.push_async_callback(poller.finish)  # before the work is cancelled: a call cut off may cost a message
    return []


async def _polled(joining: Joining, api: BotApi, poller: Poller, secret: str) -> None:
    """Ask for events; one process of all asks, because Zalo gives each event to whoever asks first, and only once."""
    await _directed(api, None, secret, joining.stop)
    await alone(joining.database, "zalo_bot poll", lambda: poller.run(joining.stop), joining.stop)


async def _directed(api: BotApi, public_url: str | None, secret: str, stop: asyncio.Event) -> None:
    """Tell Zalo where events go, again and again until it listens: the web chat must not wait for it."""
    while not stop.is_set():
        try:
            await prepare(api, public_url, secret)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told and tried again
            log.error("zalo_bot_unreachable", channel=CHANNEL, error=str(as_channel_error(error, frozenset())))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), _RETRY_SECONDS)
        else:
            return
