"""The rule that every page but the door needs a session, and that a locked one answers with nothing but the lock."""

from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from escalation.desk.forms import fields
from escalation.desk.identity import SESSION, STAFF, TOKEN, route_name, signed_in
from escalation.desk.language import answer_as_chosen
from escalation.desk.services import SERVICES
from escalation.staff import locks
from escalation.staff.errors import Locked

PUBLIC = frozenset(
    {
        "sign_in",
        "enter",
        "recover",
        "recover_enter",
        "setup",
        "set_up",
        "reset",
        "reset_begin",
        "reset_finish",
        "static",
    }
)
UNLOCK_FIELD = "unlock"


@web.middleware
async def require_session(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let nobody past the door without a session. A form that was sent while locked goes on once it brings the PIN."""
    resource: Any = request.match_info.http_exception
    if resource is None and route_name(request) not in PUBLIC:
        try:
            request[STAFF] = await signed_in(request)
        except Locked:
            await answer_as_chosen(request, request[SESSION].staff)
            await _unlock(request)
            request[STAFF] = await signed_in(request)
    return await handler(request)


async def _unlock(request: web.Request) -> None:
    typed = (await fields(request)).get(UNLOCK_FIELD) if request.method == "POST" else None
    if typed is None:
        raise Locked
    services, staff = request.config_dict[SERVICES], request[SESSION].staff
    await locks.unlock(services.database, staff.id, request[TOKEN], typed, services.clock.now())
