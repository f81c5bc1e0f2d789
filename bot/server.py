"""The HTTP front: page, chat API, desk, webhooks, health and metrics. No query string is ever logged."""

import hmac
from collections.abc import Awaitable, Callable
from pathlib import Path

import structlog
from aiohttp import web
from prometheus_client import generate_latest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.channels.web import export, typing
from bot.channels.web.pictures import PLACE, picture_handler
from bot.channels.web.privacy import PATH as PRIVACY
from bot.channels.web.privacy import privacy_handler
from bot.channels.web.receive import WebChat, openapi_json
from bot.channels.web.send import events_handler
from content.library import Content
from store.clock import MovableClock
from store.database import Database

STATIC = Path(__file__).parent / "channels" / "web" / "static"
_STATIC_PREFIX = "/chat/static"
_LOOPBACK = {"127.0.0.1", "::1"}
# `style-src 'self'` and `script-src 'self'`: everything the page needs comes from here, nothing is inline.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
NOT_STORED = "Máy đang bận, tin chưa gửi được. Bạn thử lại nhé. Nếu cần giúp ngay, gọi 111 (miễn phí, ngày đêm)."
log = structlog.get_logger()
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class AdvanceBody(BaseModel):
    """How far the test clock moves."""

    model_config = ConfigDict(extra="forbid")

    advance_seconds: float = Field(ge=0, le=400 * 86_400)


async def _secure(request: web.Request, response: web.StreamResponse) -> None:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    # The harmless page must come up at once when someone leaves in a hurry, even without a network.
    kept = "public, max-age=300" if request.path.startswith(_STATIC_PREFIX) else "no-store"
    response.headers.setdefault("Cache-Control", kept)


@web.middleware
async def _kind_failures(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer a failure of ours in words: nothing was stored, try again; and whom to call meanwhile."""
    try:
        return await handler(request)
    except web.HTTPException:
        raise
    except Exception as error:  # noqa: BLE001  # the boundary: the database may be away, and a child still gets 111
        log.error("request_failed", error=type(error).__name__)
        return web.json_response({"error": NOT_STORED}, status=503, headers={"Retry-After": "2"})


def chat_routes(chat: WebChat) -> list[web.RouteDef]:
    """Return the child's page and the web chat API."""

    async def page(_request: web.Request) -> web.FileResponse:
        return web.FileResponse(STATIC / "index.html")

    async def icon(_request: web.Request) -> web.FileResponse:
        return web.FileResponse(STATIC / "icon.svg")

    return [
        web.get("/", page),
        web.get("/favicon.ico", icon),
        web.post("/chat/api/sessions", chat.create_session),
        web.post("/chat/api/messages", chat.post_message),
        web.get("/chat/api/events", events_handler(chat)),
        web.post(export.PLACE, export.export_handler(chat)),
        web.post(typing.PLACE, typing.typing_handler(chat)),
        web.get("/chat/api/openapi.json", openapi_json),
        web.get(f"{PLACE}/{{version}}/{{file}}", picture_handler(chat.clock)),
    ]


def privacy_routes(content: Content, *, case_years: int, vital_interest: bool = False) -> list[web.RouteDef]:
    """Return the privacy notice; `case_years` is how long a case's words are kept after it ended."""
    return [web.get(PRIVACY, privacy_handler(content, case_years=case_years, vital_interest=vital_interest))]


def health_routes(database: Database, metrics_token: str | None) -> list[web.RouteDef]:
    """Return /healthz (is the database there) and /metrics (this machine, or with the token)."""

    async def healthz(_request: web.Request) -> web.Response:
        try:
            async with database.reading():
                return web.json_response({"status": "ok"})
        except Exception:  # noqa: BLE001  # whatever keeps the database away, the answer is the same
            return web.json_response({"status": "the database cannot be reached"}, status=503)

    async def metrics(request: web.Request) -> web.Response:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        # Bytes, because a header may hold letters that compare_digest refuses in text.
        known = hmac.compare_digest(given.encode("utf-8", "surrogateescape"), (metrics_token or "").encode())
        allowed = known if metrics_token else request.remote in _LOOPBACK
        if not allowed:
            return web.Response(status=403, text="metrics: from this machine, or with KHIEN_METRICS_TOKEN")
        return web.Response(body=generate_latest(), content_type="text/plain", charset="utf-8")

    return [web.get("/healthz", healthz), web.get("/metrics", metrics)]


def clock_routes(clock: MovableClock, wake: Callable[[], None]) -> list[web.RouteDef]:
    """Return POST /test/clock, by which tests move time; only ever mounted with a test clock."""

    async def advance(request: web.Request) -> web.Response:
        try:
            body = AdvanceBody.model_validate_json(await request.read())
        except ValidationError:
            return web.json_response({"error": 'send {"advance_seconds": number >= 0}'}, status=422)
        clock.advance(body.advance_seconds)
        wake()
        return web.json_response({"now": clock.now().isoformat()})

    return [web.post("/test/clock", advance)]


def application(routes: list[web.RouteDef], rooms: dict[str, web.Application]) -> web.Application:
    """Return the web application with its secure headers; `rooms` are mounted under their prefixes."""
    app = web.Application(client_max_size=1024 * 1024, middlewares=[_kind_failures])
    app.on_response_prepare.append(_secure)
    app.add_routes(routes)
    app.router.add_static(_STATIC_PREFIX, STATIC)
    for prefix, room in rooms.items():
        app.add_subapp(prefix, room)
    return app
