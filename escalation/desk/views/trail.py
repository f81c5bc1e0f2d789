"""The trail, for who supervises and who audits: read, checked, taken out as a sheet."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from escalation.audit import reading
from escalation.audit.filters import OTHERS, cursor_of, filter_of
from escalation.audit.sheet import sheet_of
from escalation.desk.forms import fields
from escalation.desk.identity import SESSION, STAFF
from escalation.desk.pages import page
from escalation.desk.proof import require_step_up
from escalation.desk.services import SERVICES
from escalation.desk.trail_words import facts
from escalation.desk.views.directory import directory_of
from escalation.desk.views.filtering import bad_filter_words
from escalation.filters import BadFilter
from escalation.permissions import Staff, may, require, shares_area
from escalation.staff.accounts import list_staff, names_of
from escalation.trail import BrokenLink
from store.database import Transaction

FIELDS = ("actor", "number", "action", "since", "until")


async def show(request: web.Request) -> web.StreamResponse:
    """Show a page of the trail."""
    return await _page(request, request.query)


async def check(request: web.Request) -> web.StreamResponse:
    """Walk every chain and show what came of it."""
    services, staff = request.config_dict[SERVICES], request[STAFF]
    require(staff, "trail.view")
    async with services.database.transaction() as unit:
        checked = await reading.check(unit, staff, services.clock.now())
    return await _page(request, {}, checked=checked)


async def export(request: web.Request) -> web.StreamResponse:
    """Give out what fits as a sheet; asks for a fresh code."""
    services, staff = request.config_dict[SERVICES], request[STAFF]
    require(staff, "trail.export")
    given = await fields(request)
    await require_step_up(request)
    try:
        async with services.database.transaction() as unit:
            asked = filter_of(given, staff=await _people(unit, staff))
            found = await reading.export(unit, services.vault, staff, asked, services.clock.now())
            names = await names_of(unit)
    except BadFilter as error:
        return await _page(request, {}, wrong=error)
    headers = {"Content-Disposition": 'attachment; filename="trail.csv"'}
    return web.Response(body=sheet_of(found, names), content_type="text/csv", charset="utf-8", headers=headers)


async def _page(
    request: web.Request,
    given: Mapping[str, str],
    *,
    wrong: BadFilter | None = None,
    checked: tuple[int, tuple[BrokenLink, ...]] | None = None,
) -> web.StreamResponse:
    services, staff, now = request.config_dict[SERVICES], request[STAFF], request.config_dict[SERVICES].clock.now()
    require(staff, "trail.view")
    leaf = None
    async with services.database.transaction() as unit:
        people = await _people(unit, staff)
        try:
            asked, before = filter_of(given, staff=people), cursor_of(given.get("before", ""))
            leaf = await reading.leaf(unit, services.vault, staff, asked, before, now)
        except BadFilter as error:
            wrong = wrong or error
        names = await names_of(unit)
    sent = {name: given.get(name, "") for name in FIELDS}
    values: dict[str, Any] = {
        "leaf": leaf,
        "sent": sent,
        "wrong": wrong.field if wrong else None,
        "message": bad_filter_words(wrong) if wrong else None,
        "checked": checked,
        "people": people,
        "names": names,
        "others": OTHERS,
        "facts": facts,
        "provinces": directory_of(services).provinces(),
        "narrowed": urlencode({name: value for name, value in sent.items() if value}),
        "first": not given.get("before"),
        "proved": request[SESSION].proved(now),
    }
    return await page(request, "trail.html", status=wrong.status if wrong else HTTPStatus.OK, **values)


async def _people(unit: Transaction, staff: Staff) -> dict[str, str]:
    """Return the names of those whose entries this person may ask for."""
    known = [one.staff for one in await list_staff(unit)]
    return {one.id: one.display_name for one in known if may(staff, "trail.whole") or shares_area(staff, one)}
