"""Accounts, for the admin: list, create, switch off."""

from typing import Any

from aiohttp import web

from escalation.desk.forms import fields
from escalation.desk.identity import STAFF
from escalation.desk.pages import error_words, page, redirect
from escalation.desk.services import SERVICES
from escalation.desk.views.setup import shown_code
from escalation.errors import BadRequest
from escalation.permissions import NATIONAL, require
from escalation.staff import accounts
from escalation.staff.errors import NameTaken
from escalation.trail import record

_EMPTY = {"name": "", "display_name": "", "role": "counsellor", "area": NATIONAL}


async def show(request: web.Request) -> web.StreamResponse:
    """List every account."""
    return await _list(request, sent=_EMPTY)


async def create(request: web.Request) -> web.StreamResponse:
    """Make an account and show the secret of its codes, once."""
    services, admin = request.config_dict[SERVICES], request[STAFF]
    require(admin, "staff.manage")
    sent = _EMPTY | await fields(request)
    try:
        async with services.database.transaction() as unit:
            made, secret = await accounts.create_staff(
                unit,
                services.vault,
                name=sent["name"],
                display_name=sent["display_name"],
                role=sent["role"],
                area=sent["area"],
                password=sent.get("password", ""),
                now=services.clock.now(),
                by=admin.id,
            )
    except (BadRequest, NameTaken) as error:
        return await _list(request, status=error.status, sent=sent, message=error_words(error))
    return await page(request, "staff_created.html", person=shown_code(made, secret))


async def deactivate(request: web.Request) -> web.StreamResponse:
    """Switch an account off; an admin cannot switch off the account they are using."""
    services, admin = request.config_dict[SERVICES], request[STAFF]
    require(admin, "staff.manage")
    staff_id = request.match_info["staff_id"]
    if staff_id == admin.id:
        raise BadRequest
    async with services.database.transaction() as unit:
        await accounts.deactivate(unit, staff_id, now=services.clock.now(), by=admin.id)
    return redirect("/staff")


async def _list(request: web.Request, *, message: str | None = None, **values: Any) -> web.StreamResponse:
    services, admin = request.config_dict[SERVICES], request[STAFF]
    require(admin, "staff.manage")
    async with services.database.transaction() as unit:
        known = await accounts.list_staff(unit)
        stream = accounts.staff_stream(admin.id)
        await record(unit, stream=stream, actor=admin.id, action="staff.listed", at=services.clock.now())
    return await page(request, "staff.html", accounts=known, roles=accounts.ROLES, message=message, **values)
