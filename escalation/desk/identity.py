"""Who is asking: the session cookie, and the rule that every page but the door needs one."""

from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from escalation.desk.services import SERVICES, DeskServices
from escalation.permissions import Staff
from escalation.staff import sessions
from escalation.staff.errors import SignedOut

STAFF = web.RequestKey("staff", Staff)
TOKEN = web.RequestKey("token", str)
PUBLIC = frozenset({"sign_in", "enter", "setup", "set_up", "static"})
# A stream stays open by itself, so it says nothing about whether anyone is there.
_QUIET = frozenset({"queue_events", "case_events", "shift_events"})
_MAX_AGE = int(sessions.LIFE["browser"].total_seconds())


def cookie_name(services: DeskServices) -> str:
    """Return the cookie's name; the `__Host-` prefix binds it to this host, and browsers demand https for it."""
    return "__Host-khien" if services.public_https else "khien_desk"


def set_cookie(response: web.StreamResponse, services: DeskServices, token: str) -> None:
    """Give the browser its token."""
    response.set_cookie(
        cookie_name(services),
        token,
        max_age=_MAX_AGE,
        path="/",
        httponly=True,
        samesite="Strict",
        secure=services.public_https,
    )


def drop_cookie(response: web.StreamResponse, services: DeskServices) -> None:
    """Take the token from the browser."""
    response.del_cookie(cookie_name(services), path="/", httponly=True, samesite="Strict", secure=services.public_https)


def token_of(request: web.Request) -> str | None:
    """Return the token that the browser sent."""
    return request.cookies.get(cookie_name(request.config_dict[SERVICES]))


def route_name(request: web.Request) -> str:
    """Return the name of the route asked for, or nothing when there is none."""
    return request.match_info.route.name or ""


async def signed_in(request: web.Request) -> Staff:
    """Return whose session this request belongs to; raises SignedOut."""
    services = request.config_dict[SERVICES]
    token = token_of(request)
    if token is None:
        raise SignedOut
    now = services.clock.now()
    async with services.database.reading() as unit:
        session = await sessions.who(unit, token, "browser", now)
    if sessions.is_stale(session, now) and route_name(request) not in _QUIET:
        async with services.database.transaction() as unit:
            await sessions.touch(unit, token, now)
    request[TOKEN] = token
    return session.staff


@web.middleware
async def require_session(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let nobody past the door without a session."""
    resource: Any = request.match_info.http_exception
    if resource is None and route_name(request) not in PUBLIC:
        request[STAFF] = await signed_in(request)
    return await handler(request)
