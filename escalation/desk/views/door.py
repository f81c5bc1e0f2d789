"""In and out: sign in, sign out."""

from aiohttp import web

from escalation import queue
from escalation.desk.forms import fields
from escalation.desk.identity import STAFF, TOKEN, drop_cookie, set_cookie, token_of
from escalation.desk.pages import error_words, page, redirect
from escalation.desk.services import SERVICES
from escalation.staff.errors import SignInRefused, TryLater
from escalation.staff.sign_in import sign_in, sign_out


async def show(request: web.Request) -> web.StreamResponse:
    """Show the sign-in form."""
    return await page(request, "sign_in.html", name="", message=None)


async def enter(request: web.Request) -> web.StreamResponse:
    """Check name, password and code; a counsellor who comes in is ready for children until they say otherwise."""
    services = request.config_dict[SERVICES]
    sent = await fields(request)
    now = services.clock.now()
    try:
        staff, token = await sign_in(
            services.database,
            services.vault,
            name=sent.get("name", ""),
            password=sent.get("password", ""),
            code=sent.get("code", ""),
            address=request.remote or "",
            now=now,
            old_token=token_of(request),
        )
    except (SignInRefused, TryLater) as error:
        return await page(
            request, "sign_in.html", status=error.status, name=sent.get("name", ""), message=error_words(error)
        )
    if staff.role == "counsellor":
        async with services.database.transaction() as unit:
            await queue.mark_present(unit, staff, now)
    response = redirect("/")
    set_cookie(response, services, token)
    return response


async def leave(request: web.Request) -> web.StreamResponse:
    """End the session."""
    services = request.config_dict[SERVICES]
    await sign_out(services.database, request[STAFF], request[TOKEN], services.clock.now())
    response = redirect("/sign-in")
    drop_cookie(response, services)
    return response
