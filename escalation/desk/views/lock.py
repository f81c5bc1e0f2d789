"""The lock: covers the desk when nobody is at it, and says whether a child waits, without any of its words."""

from http import HTTPStatus

from aiohttp import web

from escalation.desk.carry import Carried, carried, safe_path
from escalation.desk.forms import done, fields
from escalation.desk.gate import UNLOCK_FIELD
from escalation.desk.identity import SESSION, STAFF, TOKEN
from escalation.desk.pages import error_words, page, wants_json
from escalation.desk.services import SERVICES
from escalation.errors import EscalationError
from escalation.held import held_by
from escalation.staff import locks
from escalation.staff.errors import WrongPin


async def lock_page(request: web.Request, error: EscalationError) -> web.StreamResponse:
    """Answer a request that met the lock: the PIN goes on to what was meant, a form with all that was typed."""
    return await _lock_page(request, await carried(request), error)


async def show(request: web.Request) -> web.StreamResponse:
    """Show the lock; the desk's script covers its page with it."""
    return await _lock_page(request, Carried(path="/", fields=None), None)


async def lock(request: web.Request) -> web.StreamResponse:
    """Lock this session, by hand or because nobody touched the page."""
    services = request.config_dict[SERVICES]
    async with services.database.transaction() as unit:
        await locks.lock(unit, request[STAFF].id, request[TOKEN], services.clock.now())
    return done(request, "/lock")


async def unlock(request: web.Request) -> web.StreamResponse:
    """Open the lock by PIN and go on."""
    services = request.config_dict[SERVICES]
    sent = await fields(request)
    typed, now = sent.get(UNLOCK_FIELD, ""), services.clock.now()
    try:
        await locks.unlock(services.database, request[STAFF].id, request[TOKEN], typed, now)
    except WrongPin as error:
        if wants_json(request):
            raise
        return await _lock_page(request, Carried(path=safe_path(sent.get("to")), fields=None), error)
    return done(request, safe_path(sent.get("to")))


async def active(_request: web.Request) -> web.StreamResponse:
    """Hear from a page that somebody used a key or a pointer; that it was asked is all that counts."""
    return web.Response(status=HTTPStatus.NO_CONTENT)


async def _lock_page(request: web.Request, then: Carried, error: EscalationError | None) -> web.StreamResponse:
    services, session = request.config_dict[SERVICES], request[SESSION]
    async with services.database.reading() as unit:
        held = await held_by(unit, session.staff.id)
    return await page(
        request,
        "lock.html",
        status=HTTPStatus.LOCKED if error else HTTPStatus.OK,
        staff=None,
        who=session.staff,
        has_pin=session.has_pin,
        held=held,
        then=then,
        message=error_words(error) if isinstance(error, WrongPin) else None,
    )
