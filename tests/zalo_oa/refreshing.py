"""A process that renews the tokens of the account, and dies by SIGKILL at the step it is told to; run it by `-m`.

Arguments: the database, the server, and the step, or "none". What it may call with afterwards is printed.
"""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from typing import Any

from bot.channels.zalo_oa import oauth
from bot.channels.zalo_oa.oauth import App
from bot.channels.zalo_oa.request import ZaloRequest
from bot.channels.zalo_oa.tokens import Alarm, Tokens
from store import messenger_tokens
from store.clock import MovableClock
from store.database import Database
from store.messenger_tokens import Trouble
from tests.store.keys import VAULT
from tests.zalo_oa.server import APP_ID, APP_SECRET

STEPS = ("before the call", "before the store", "in the store", "after the store")


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _deadly(step: str) -> None:
    """Let the process die at a step."""
    refresh, put = oauth.refresh, messenger_tokens.put

    async def refreshing(request: ZaloRequest, app: App, token: str) -> oauth.Fresh:
        if step == "before the call":
            _die()
        fresh = await refresh(request, app, token)
        if step == "before the store":
            _die()
        return fresh

    async def putting(*given: Any, **named: Any) -> None:
        await put(*given, **named)
        if step == "in the store":
            _die()

    oauth.refresh, messenger_tokens.put = refreshing, putting


@contextlib.asynccontextmanager
async def looking_after(database: Database, server: str, ahead: float, alarm: Alarm) -> AsyncIterator[Tokens]:
    """Open what looks after the tokens, by a clock that is some seconds ahead."""
    clock = MovableClock()
    clock.advance(ahead)
    request, app = ZaloRequest(base_url=server, oauth_url=server), App(id=APP_ID, secret=APP_SECRET)
    tokens = Tokens(database=database, vault=VAULT, clock=clock, request=request, app=app, alarm=alarm)
    yield tokens
    await tokens.close()
    await request.close()


async def main(url: str, server: str, step: str) -> None:
    async def alarm(_: Trouble) -> None:
        """Tell nobody: the test asks the next process."""

    _deadly(step)
    database = Database(url)
    async with looking_after(database, server, 0, alarm) as tokens:
        await tokens.look()
        if step == "after the store":
            _die()
        print(await tokens.access(), flush=True)
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
