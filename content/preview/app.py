"""Serves the preview on this machine only, and tells open pages when a file was saved."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from http import HTTPStatus
from pathlib import Path
from typing import cast

from aiohttp import web
from aiohttp.typedefs import Handler
from aiohttp_sse import EventSourceResponse, sse_response

from content.preview.pages import FOLDER, KINDS, Wish, render_index, render_missing, render_piece
from content.preview.pieces import Kind
from content.preview.shelf import Shelf, View

HOST = "127.0.0.1"
LOOK_SECONDS = 0.2
_NAMES = frozenset({HOST, "localhost", "[::1]"})
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
}


class Newest:
    """Holds the newest view of the folder."""

    def __init__(self, shelf: Shelf, view: View) -> None:
        self.view = view
        self._shelf = shelf

    async def watch(self) -> None:
        """Look again and again."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            with contextlib.suppress(OSError):  # the folder is being moved: the next look sees where it went
                if await asyncio.to_thread(self._shelf.has_changed):
                    view = await asyncio.to_thread(self._shelf.look)
                    self.view = view or self.view


_NEWEST = web.AppKey("newest", Newest)
_STREAMS = web.AppKey("streams", set[EventSourceResponse])


def preview_app(root: Path) -> web.Application:
    """Make the application for a folder of content."""
    app = web.Application(middlewares=[_only_here])
    app[_STREAMS] = set()
    app.cleanup_ctx.append(_watching(Shelf(root.resolve())))
    app.on_response_prepare.append(_secure)
    app.on_shutdown.append(_end_streams)
    app.add_routes(
        [
            web.get("/", _index),
            web.get("/events", _events),
            web.get("/{kind:lesson|quiz|advice|message}/{key}", _piece),
        ]
    )
    app.router.add_static("/static", FOLDER / "static")
    return app


def _watching(shelf: Shelf) -> Callable[[web.Application], AsyncIterator[None]]:
    async def running(app: web.Application) -> AsyncIterator[None]:
        view = await asyncio.to_thread(shelf.look)
        app[_NEWEST] = Newest(shelf, cast("View", view))  # the first look always has something to show
        task = asyncio.create_task(app[_NEWEST].watch())
        yield
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    return running


@web.middleware
async def _only_here(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse a name that is not this machine's: another site's name may have been pointed at it."""
    name = request.host.rpartition(":")[0] if not request.host.endswith("]") and ":" in request.host else request.host
    if name not in _NAMES:
        raise web.HTTPMisdirectedRequest(text="xem trước: mở bằng http://127.0.0.1")
    return await handler(request)


async def _secure(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(_HEADERS)


async def _index(request: web.Request) -> web.Response:
    return _html(render_index(request.app[_NEWEST].view, Wish.of(request.query)))


async def _piece(request: web.Request) -> web.Response:
    kind, key = cast("Kind", request.match_info["kind"]), request.match_info["key"]
    view, wish = request.app[_NEWEST].view, Wish.of(request.query)
    page = render_piece(view, wish, kind, key)
    if page is None:
        return _html(render_missing(view, wish, f"{KINDS[kind]} {key}"), HTTPStatus.NOT_FOUND)
    return _html(page)


def _html(text: str, status: int = HTTPStatus.OK) -> web.Response:
    return web.Response(text=text, content_type="text/html", status=status)


async def _events(request: web.Request) -> web.StreamResponse:
    """Send the newest version, now and after every change."""
    newest, streams = request.app[_NEWEST], request.app[_STREAMS]
    async with sse_response(request) as response:
        streams.add(response)
        sent = ""
        with contextlib.suppress(ConnectionResetError):
            while response.is_connected():
                if newest.view.version != sent:
                    sent = newest.view.version
                    await response.send(sent, event="version")
                await asyncio.sleep(LOOK_SECONDS)
        streams.discard(response)
    return response


async def _end_streams(app: web.Application) -> None:
    streams = app[_STREAMS]
    for response in tuple(streams):
        with contextlib.suppress(RuntimeError):
            response.stop_streaming()


async def serve(root: Path, port: int) -> None:
    """Serve until the process is stopped.

    Raises:
        OSError: the port is taken.
    """
    runner = web.AppRunner(preview_app(root), access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, HOST, port).start()
        print(f"Xem trước: http://{HOST}:{port}/ (dừng: Ctrl+C)", flush=True)  # noqa: T201 - what its author clicks
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()
