"""The page behind a reset link: password, a new authenticator, its first code, fresh recovery codes."""

from aiohttp import web

from escalation.desk.forms import fields
from escalation.desk.pages import error_words, page
from escalation.desk.services import SERVICES
from escalation.desk.views.setup import shown_code
from escalation.staff import resets
from escalation.staff.errors import CodeRefused, ProofRefused, TryLater


async def show(request: web.Request) -> web.StreamResponse:
    """Ask for the password while the link is good."""
    services, token = request.config_dict[SERVICES], request.match_info["token"]
    async with services.database.reading() as unit:
        row = await resets.owner_of(unit, token, services.clock.now())
    return await page(request, "reset.html", token=token, name=row.name, person=None, message=None)


async def begin(request: web.Request) -> web.StreamResponse:
    """Check the password and show the new authenticator's secret."""
    services, token = request.config_dict[SERVICES], request.match_info["token"]
    now, password = services.clock.now(), (await fields(request)).get("password", "")
    try:
        staff, secret = await resets.begin(services.database, services.vault, token, password, now)
    except (ProofRefused, TryLater) as error:
        async with services.database.reading() as unit:
            row = await resets.owner_of(unit, token, now)
        words = error_words(error)
        return await page(
            request, "reset.html", status=error.status, token=token, name=row.name, person=None, message=words
        )
    return await page(
        request, "reset.html", token=token, name=staff.name, person=shown_code(staff, secret), message=None
    )


async def finish(request: web.Request) -> web.StreamResponse:
    """Put the new authenticator in place and show the recovery codes, once."""
    services, token = request.config_dict[SERVICES], request.match_info["token"]
    now = services.clock.now()
    try:
        code = (await fields(request)).get("code", "")
        codes = await resets.finish(services.database, services.vault, token, code, now)
    except (CodeRefused, TryLater) as error:
        async with services.database.reading() as unit:
            staff, secret = await resets.pending(unit, services.vault, token, now)
        values = {
            "token": token,
            "name": staff.name,
            "person": shown_code(staff, secret),
            "message": error_words(error),
        }
        return await page(request, "reset.html", status=error.status, **values)
    return await page(request, "recovery_codes.html", codes=codes)
