"""Shows that an answer is on its way, once a message is stored; not while a counsellor is there, nor to who leaves.

Whether the counsellor types is not known here; so during a talk nothing is shown, rather than something untrue.
"""

import asyncio
import contextlib
from dataclasses import dataclass, field
from typing import Protocol

from bot.batch import asks_to_leave
from bot.channels.joining import Joining
from bot.channels.port import Channel, Ingest, Received
from bot.flows.contact import talking
from bot.state import State, from_json
from store import conversations


class ShowsTyping(Channel, Protocol):
    """A messenger that can show that somebody types."""

    async def show_typing(self, address: str) -> None:
        """Show it for a few seconds. Raises what a call can raise."""
        ...


@dataclass(slots=True)
class Typing:
    """Stores by `ingest`, then shows in the chat that it is being answered, beside the work."""

    joining: Joining
    channel: ShowsTyping
    ingest: Ingest
    _showing: set[asyncio.Task[None]] = field(default_factory=set)

    async def take_in(self, channel: str, received: Received) -> None:
        """Store one message for good; raises what `ingest` raises."""
        await self.ingest(channel, received)
        if not asks_to_leave(received.choice, received.text):
            showing = asyncio.create_task(self._show(received.address))
            self._showing.add(showing)
            showing.add_done_callback(self._showing.discard)

    async def _show(self, address: str) -> None:
        # Whatever goes wrong, only the sign is missing.
        with contextlib.suppress(Exception):
            if await self._bot_answers(address):
                await self.channel.show_typing(address)

    async def _bot_answers(self, address: str) -> bool:
        joining = self.joining
        async with joining.database.reading() as unit:
            held = await conversations.find(unit, joining.vault, self.channel.name, address)
        state = State() if held is None or held.state is None else from_json(held.state)
        return not talking(state, joining.clock.now())

    async def close(self) -> None:
        """Drop what is still being shown."""
        for showing in tuple(self._showing):
            showing.cancel()
        await asyncio.gather(*self._showing, return_exceptions=True)


def joined(joining: Joining, channel: ShowsTyping) -> Ingest:
    """Let a channel be written to; returns the way in that shows typing, and speaks up where nothing can be stored."""
    typing = Typing(joining, channel, joining.add(channel))
    joining.stack.push_async_callback(typing.close)
    return typing.take_in
