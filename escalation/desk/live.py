"""Server-sent events: a page hears of a change by the database's wake-up, or seconds later by its own look."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import structlog
from aiohttp import web
from aiohttp_sse import EventSourceResponse

from escalation.desk.identity import signed_in
from escalation.desk.services import SERVICES
from escalation.desk.turns import Turns
from escalation.errors import EscalationError

_log = structlog.get_logger("desk")
_BEAT_SECONDS = 10.0  # `static/live.js` gives a line up that says nothing for half a minute
STREAMS = web.AppKey("streams", set[EventSourceResponse])

# What a page shows now: something comparable, and the text to send when it differs from what was sent last.
Look = Callable[[], Awaitable[tuple[object, Callable[[], Awaitable[str]]]]]


async def stream(
    request: web.Request,
    event: str,
    topics: tuple[str, ...],
    look: Look,
    *,
    typing: str | None = None,
    turns: Turns | None = None,
) -> web.StreamResponse:
    """Send `event` at once and whenever what `look` finds has changed, as long as the session lasts.

    While there is nothing new, the event "beat" tells a page that its line is whole: one that died tells nobody.
    Whenever the topic `typing` stirs, an event "typing" is sent beside it. Pages that all look when anything changes
    do so in `turns`.

    When the session ends or the sight is refused, the page is told by the event "gone" and the stream ends.
    """
    services = request.config_dict[SERVICES]
    response = EventSourceResponse()
    await response.prepare(request)
    with services.database.signals.listen(*topics) as waiter:
        async with _open(request, response), _passing_on(request, response, typing):
            last: object = None
            sent_at = time.monotonic()
            while response.is_connected():
                try:
                    async with turns.turn() if turns else contextlib.nullcontext():
                        await signed_in(request)
                        seen, render = await look()
                        text = await render() if seen != last else None
                except EscalationError as error:
                    await response.send(type(error).__name__, event="gone")
                    break
                if text is not None:
                    await response.send(text, event=event)
                    sent_at = time.monotonic()
                elif time.monotonic() - sent_at >= _BEAT_SECONDS:
                    await response.send("1", event="beat")
                    sent_at = time.monotonic()
                last = seen
                await waiter.wait(services.database.signals.until_next_look())
    return response


@contextlib.asynccontextmanager
async def _open(request: web.Request, response: EventSourceResponse) -> AsyncIterator[None]:
    streams = request.config_dict[STREAMS]
    streams.add(response)
    try:
        # A page that was closed while something was being sent is no failure.
        with contextlib.suppress(ConnectionResetError, TimeoutError):
            async with response:
                yield
    except Exception as error:  # noqa: BLE001 - a boundary: the stream has begun, so no page can tell of it any more
        # The page connects again by itself. Only the kind is logged: the text may quote a child.
        _log.error("desk.stream_failed", kind=type(error).__name__, route=request.match_info.route.name)
    finally:
        streams.discard(response)


@contextlib.asynccontextmanager
async def _passing_on(request: web.Request, response: EventSourceResponse, topic: str | None) -> AsyncIterator[None]:
    if topic is None:
        yield
        return

    async def pass_on() -> None:
        await response.send("1", event="typing")

    async with request.config_dict[SERVICES].database.signals.whenever(topic, pass_on):
        yield


async def end_streams(app: web.Application) -> None:
    """Let every open page go when the server stops, so that stopping takes no minute."""
    streams = app[STREAMS]
    for response in tuple(streams):
        with contextlib.suppress(RuntimeError):
            response.stop_streaming()
    await asyncio.sleep(0)
