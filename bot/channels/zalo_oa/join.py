"""Joins a Zalo Official Account when its app is set: events come by webhook, the tokens are kept, messages are sent."""

import functools
from dataclasses import replace

from aiohttp import web

from bot import alerting
from bot.channels.joining import Joining
from bot.channels.pace import Pace
from bot.channels.patience import within
from bot.channels.port import Received
from bot.channels.zalo_oa.receive import CHANNEL, Left
from bot.channels.zalo_oa.send import ZaloOaChannel
from bot.channels.zalo_oa.setup import app_of, request_of, signing_of
from bot.channels.zalo_oa.spool import Spool
from bot.channels.zalo_oa.tokens import Tokens
from bot.channels.zalo_oa.webhook import PATH, STORE_SECONDS, webhook_handler
from store import conversations
from store.messenger_tokens import Trouble

_LOOK_SECONDS = 1.0
_PER_CHAT_SECOND = 2.0


def join(joining: Joining) -> list[web.RouteDef]:
    """Join the account, if it is set; returns the route of its webhook."""
    settings = joining.settings
    app, signing = app_of(settings), signing_of(settings)
    if app is None or signing is None:
        return []
    request = request_of(settings)
    joining.stack.push_async_callback(request.close)
    tokens = Tokens(
        database=joining.database,
        vault=joining.vault,
        clock=joining.clock,
        request=request,
        app=app,
        alarm=functools.partial(_alarm, joining),
    )
    joining.stack.push_async_callback(tokens.close)
    joining.work(tokens.keep(joining.stop))
    channel = ZaloOaChannel(
        request,
        tokens,
        pace=Pace(per_second=settings.zalo_oa_per_second, per_chat_second=_PER_CHAT_SECOND),
        template=settings.zalo_oa_button_template,
        has_left=functools.partial(_has_left, joining),
    )
    spool = Spool(replace(joining, ingest=functools.partial(_in_time, joining)).add(channel))
    joining.stack.push_async_callback(spool.close)
    handler = webhook_handler(spool.take_in, signing, joining.is_choice, functools.partial(_left, joining))
    return [web.post(PATH, handler)]


async def _in_time(joining: Joining, channel: str, received: Received) -> None:
    """Store one message for good, or raise TimeoutError while Zalo still waits for the answer."""
    await within(STORE_SECONDS, _store(joining, channel, received))


async def _store(joining: Joining, channel: str, received: Received) -> None:
    await joining.ingest(channel, received)


async def _left(joining: Joining, gone: Left) -> None:
    await within(STORE_SECONDS, _note_left(joining, gone))


async def _note_left(joining: Joining, gone: Left) -> None:
    async with joining.database.transaction() as unit:
        await conversations.leave(unit, joining.vault, CHANNEL, gone.address, gone.at)


async def _has_left(joining: Joining, address: str) -> bool:
    """Tell whether nothing may be sent; while the database is away nobody is known to have left."""
    try:
        return await within(_LOOK_SECONDS, _look(joining, address))
    except Exception:  # noqa: BLE001 - the one message that is sent meanwhile gives 111 to who has just written
        return False


async def _look(joining: Joining, address: str) -> bool:
    async with joining.database.reading() as unit:
        return await conversations.has_left(unit, joining.vault, CHANNEL, address)


async def _alarm(joining: Joining, trouble: Trouble) -> None:
    """Tell the operator by every way that is set; what to do stands in the words for this kind."""
    kind = "tokens_refused" if trouble == "refused" else "tokens_unreachable"
    await alerting.tell_operator(alerting.carriers(joining.settings), kind, joining.clock.now())
