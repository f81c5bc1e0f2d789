"""How a messenger is joined: what it is given when the product starts, and what it gives back."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from bot.channels.away import Away
from bot.channels.port import Channel, Ingest
from bot.settings import Settings
from store.clock import Clock
from store.database import Database
from store.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Joining:
    """What a messenger may use of the product that starts."""

    settings: Settings
    database: Database
    vault: Vault
    clock: Clock
    ingest: Ingest  # stores one message for good
    sorry: str  # said from memory where a message cannot be stored
    is_choice: Callable[[str], bool]  # whether this is the id of a choice, for messengers that bring it as a text
    channels: dict[str, Channel]  # those that can be written to
    stack: contextlib.AsyncExitStack  # closes what was opened
    stop: asyncio.Event

    def add(self, channel: Channel) -> Ingest:
        """Let a channel be written to; returns the way in that speaks up in its chats while nothing can be stored."""
        self.channels[channel.name] = channel
        away = Away(channel, self.ingest, self.sorry)
        self.stack.push_async_callback(away.close)
        return away.take_in

    def work(self, task: Awaitable[None]) -> None:
        """Let something go on beside everything else until the product stops."""
        running = asyncio.ensure_future(task)
        self.stack.push_async_callback(_ended, running)


Joiner = Callable[[Joining], list[web.RouteDef]]
"""Joins a messenger if it is set, and returns the routes by which it brings messages."""


async def _ended(task: asyncio.Future[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
