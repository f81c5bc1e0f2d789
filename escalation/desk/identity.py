"""Who is asking: the session cookie, what it stands for, and whether it is locked."""

from dataclasses import replace
from datetime import datetime

from aiohttp import web

from escalation.desk.services import SERVICES
from escalation.permissions import Staff
from escalation.staff import devices, locks, sessions
from escalation.staff.errors import Locked, SignedOut
from escalation.staff.sessions import Session

STAFF = web.RequestKey("staff", Staff)
TOKEN = web.RequestKey("token", str)
SESSION = web.RequestKey("session", Session)
# What a page does by itself says nothing about whether anyone is there.
_QUIET = frozenset(
    {"queue_events", "case_events", "shift_events", "casefile_news", "renew", "presence", "lock_page", "lock"}
)
_BY_ITSELF = "again"  # in the query of a page that a browser without scripts loads anew by itself
# A lock covers words. It lets nobody lose a child: the lease goes on as long as the page is open (ADR 0031).
_WHILE_LOCKED = frozenset({"lock_page", "lock", "unlock", "sign_out", "renew"})
_MAX_AGE = int(sessions.LIFE["browser"].total_seconds())

# The prefix binds a cookie to this host and this address alone. Browsers demand https for it, or their own machine.
COOKIE = "__Host-khien"
_MARK = "__Host-khien-mark"


def set_cookie(response: web.StreamResponse, token: str) -> None:
    """Give the browser its token."""
    _set(response, COOKIE, token, _MAX_AGE)


def drop_cookie(response: web.StreamResponse) -> None:
    """Take the token from the browser."""
    response.del_cookie(COOKIE, path="/", httponly=True, samesite="Strict", secure=True)


def set_mark(response: web.StreamResponse, mark: str) -> None:
    """Mark the browser as one in which a name has signed in (`escalation.staff.devices`)."""
    _set(response, _MARK, mark, devices.LIFE_SECONDS)


def _set(response: web.StreamResponse, name: str, value: str, seconds: int) -> None:
    response.set_cookie(name, value, max_age=seconds, path="/", httponly=True, samesite="Strict", secure=True)


def token_of(request: web.Request) -> str | None:
    """Return the token that the browser sent."""
    return request.cookies.get(COOKIE)


def mark_of(request: web.Request) -> str | None:
    """Return the mark of an earlier sign-in that the browser sent."""
    return request.cookies.get(_MARK)


def route_name(request: web.Request) -> str:
    """Return the name of the route asked for, or nothing when there is none."""
    return request.match_info.route.name or ""


async def signed_in(request: web.Request) -> Staff:
    """Return whose session this request belongs to; raises SignedOut, or Locked where the lock covers the route."""
    services = request.config_dict[SERVICES]
    token = token_of(request)
    if token is None:
        raise SignedOut
    now = services.clock.now()
    async with services.database.reading() as unit:
        session = await sessions.who(unit, token, "browser", now)
    request[TOKEN] = token
    if locks.is_due(session, services.lock_after, now):
        async with services.database.transaction() as unit:
            await locks.lock(unit, session.staff.id, token, now)
        session = replace(session, locked=True)
    request[SESSION] = session
    if session.locked and route_name(request) not in _WHILE_LOCKED:
        raise Locked
    if not session.locked and _counts(request, session, now):
        async with services.database.transaction() as unit:
            await sessions.touch(unit, token, now)
    return session.staff


def _counts(request: web.Request, session: Session, now: datetime) -> bool:
    """Tell whether this is the person's own doing, and late enough after the last one to be written down."""
    route = route_name(request)
    if route in _QUIET or _BY_ITSELF in request.query:
        return False
    # A page tells of keys and pointers once a minute only, so each time counts.
    return route == "active" or sessions.is_stale(session, now)
