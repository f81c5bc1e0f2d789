"""In and out: sign in, by a recovery code where the phone is lost, and sign out."""

from collections.abc import Mapping

from aiohttp import web

from escalation import queue
from escalation.desk.browsers import family
from escalation.desk.forms import fields
from escalation.desk.identity import SESSION, TOKEN, drop_cookie, mark_of, set_cookie, set_mark, token_of
from escalation.desk.pages import error_words, page, redirect
from escalation.desk.services import SERVICES
from escalation.staff import devices
from escalation.staff.errors import SignInRefused, TryLater
from escalation.staff.sign_in import Visitor, sign_in, sign_out


async def show(request: web.Request) -> web.StreamResponse:
    """Show the sign-in form."""
    return await page(request, "sign_in.html", name="", message=None)


async def show_recover(request: web.Request) -> web.StreamResponse:
    """Show the form for whoever has no phone at hand."""
    return await page(request, "recover.html", name="", message=None)


async def enter(request: web.Request) -> web.StreamResponse:
    """Check name, password and code; a counsellor who comes in is ready for children until they say otherwise."""
    return await _enter(request, await fields(request), by_recovery=False)


async def recover(request: web.Request) -> web.StreamResponse:
    """Check name, password and recovery code; the way leads to the account, where a new authenticator is set up."""
    return await _enter(request, await fields(request), by_recovery=True)


async def _enter(request: web.Request, sent: Mapping[str, str], *, by_recovery: bool) -> web.StreamResponse:
    services, now = request.config_dict[SERVICES], request.config_dict[SERVICES].clock.now()
    visitor = Visitor(
        address=request.remote or "",
        browser=family(request.headers.get("User-Agent", "")),
        mark=mark_of(request),
        old_token=token_of(request),
    )
    try:
        staff, token = await sign_in(
            services.database,
            services.vault,
            name=sent.get("name", ""),
            password=sent.get("password", ""),
            code=sent.get("code", ""),
            visitor=visitor,
            now=now,
            by_recovery=by_recovery,
        )
    except (SignInRefused, TryLater) as error:
        template = "recover.html" if by_recovery else "sign_in.html"
        return await page(request, template, status=error.status, name=sent.get("name", ""), message=error_words(error))
    if staff.role == "counsellor":
        async with services.database.transaction() as unit:
            await queue.mark_present(unit, staff, now)
    response = redirect("/account" if by_recovery else "/")
    set_cookie(response, token)
    set_mark(response, devices.new_mark(services.vault, staff.name))
    return response


async def leave(request: web.Request) -> web.StreamResponse:
    """End the session."""
    services = request.config_dict[SERVICES]
    await sign_out(services.database, request[SESSION].staff, request[TOKEN], services.clock.now())
    response = redirect("/sign-in")
    drop_cookie(response)
    return response
