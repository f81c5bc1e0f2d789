"""Accounts, for the admin: list, create, switch off, end sessions, hand out a link for a lost phone."""

from typing import Any

from aiohttp import web

from escalation.desk.forms import fields
from escalation.desk.identity import SESSION, STAFF
from escalation.desk.pages import PREFIX, error_words, page, redirect
from escalation.desk.proof import require_step_up
from escalation.desk.services import SERVICES
from escalation.desk.views.setup import shown_code
from escalation.errors import BadRequest
from escalation.permissions import NATIONAL, require
from escalation.staff import accounts, notices, resets, sessions
from escalation.staff.errors import NameTaken, StepUpNeeded
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
        await require_step_up(request)
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
    except (BadRequest, NameTaken, StepUpNeeded) as error:
        return await _list(request, status=error.status, sent=sent, message=error_words(error))
    return await page(request, "staff_created.html", person=shown_code(made, secret))


async def deactivate(request: web.Request) -> web.StreamResponse:
    """Switch an account off; an admin cannot switch off the account they are using."""
    services, admin = request.config_dict[SERVICES], request[STAFF]
    require(admin, "staff.manage")
    staff_id = request.match_info["staff_id"]
    if staff_id == admin.id:
        raise BadRequest
    await require_step_up(request)
    async with services.database.transaction() as unit:
        await accounts.deactivate(unit, services.vault, staff_id, now=services.clock.now(), by=admin.id)
    return redirect("/staff")


async def show_one(request: web.Request) -> web.StreamResponse:
    """Show where somebody is signed in; the look goes into the trail."""
    services, admin, now = request.config_dict[SERVICES], request[STAFF], request.config_dict[SERVICES].clock.now()
    require(admin, "staff.manage")
    async with services.database.transaction() as unit:
        account = await accounts.account_of(unit, request.match_info["staff_id"])
        open_now = await sessions.open_sessions(unit, account.staff.id, now)
        stream = accounts.staff_stream(account.staff.id)
        await record(unit, stream=stream, actor=admin.id, action="staff.sessions_listed", at=now)
    return await page(request, "staff_one.html", account=account, sessions=open_now)


async def end_session(request: web.Request) -> web.StreamResponse:
    """End one session of somebody, or all of them; ending lets nobody in, so it asks for no code."""
    services, admin, now = request.config_dict[SERVICES], request[STAFF], request.config_dict[SERVICES].clock.now()
    require(admin, "staff.manage")
    staff_id, session_id = request.match_info["staff_id"], request.match_info.get("session_id")
    async with services.database.transaction() as unit:
        await accounts.account_of(unit, staff_id)
        if session_id is None:
            await sessions.end_others(unit, staff_id, keep=None, now=now)
        else:
            await sessions.end_one(unit, staff_id, session_id, now)
        stream = accounts.staff_stream(staff_id)
        await record(unit, stream=stream, actor=admin.id, action="staff.session_ended", at=now)
        await notices.add(unit, staff_id, "session_ended", now)
    return redirect(f"/staff/{staff_id}")


async def make_reset_link(request: web.Request) -> web.StreamResponse:
    """Show the one-time link by which somebody who lost their phone puts a new authenticator in place."""
    services, admin = request.config_dict[SERVICES], request[STAFF]
    require(admin, "staff.manage")
    await require_step_up(request)
    async with services.database.transaction() as unit:
        owner, token = await resets.make_link(unit, request.match_info["staff_id"], by=admin, now=services.clock.now())
    # Behind a proxy this process does not see the address that people use.
    address = services.public_url or str(request.url.origin())
    return await page(request, "reset_link.html", owner=owner, link=f"{address}{PREFIX}/reset/{token}")


async def _list(request: web.Request, *, message: str | None = None, **values: Any) -> web.StreamResponse:
    services, admin = request.config_dict[SERVICES], request[STAFF]
    require(admin, "staff.manage")
    async with services.database.transaction() as unit:
        known = await accounts.list_staff(unit)
        stream = accounts.staff_stream(admin.id)
        await record(unit, stream=stream, actor=admin.id, action="staff.listed", at=services.clock.now())
    values |= {"accounts": known, "roles": accounts.ROLES, "proved": request[SESSION].proved(services.clock.now())}
    return await page(request, "staff.html", message=message, **values)
