"""Search over cases. It is sent as a form and not as an address, so that no name stands in a browser's history."""

from collections.abc import Mapping
from http import HTTPStatus

from aiohttp import web

from escalation.desk.forms import fields
from escalation.desk.identity import STAFF
from escalation.desk.pages import page
from escalation.desk.services import SERVICES
from escalation.desk.views.directory import directory_of
from escalation.desk.views.filtering import bad_filter_words
from escalation.filters import BadFilter
from escalation.permissions import may, require
from escalation.search.find import Hits, find
from escalation.search.query import HARMS, STATES, URGENCIES, query_of
from escalation.staff.accounts import list_staff
from store.database import Transaction

FIELDS = ("number", "nickname", "province", "harm", "urgency", "state", "owner", "since", "until")


async def show(request: web.Request) -> web.StreamResponse:
    """Show the empty form."""
    require(request[STAFF], "case.search")
    return await _page(request, dict.fromkeys(FIELDS, ""))


async def search(request: web.Request) -> web.StreamResponse:
    """Show what was found; a refusal keeps the form as it was filled in."""
    services, staff, now = request.config_dict[SERVICES], request[STAFF], request.config_dict[SERVICES].clock.now()
    require(staff, "case.search")
    given = await fields(request)
    sent = {name: given.get(name, "") for name in FIELDS}
    directory = directory_of(services)
    try:
        async with services.database.transaction() as unit:
            query = query_of(sent, now, provinces=directory.provinces(), staff=await _owners(unit))
            hits = await find(unit, services.vault, directory, staff, query, now)
    except BadFilter as error:
        return await _page(request, sent, wrong=error)
    since = query.days.since.isoformat() if query.days.since else ""
    return await _page(request, sent | {"since": since}, hits=hits)


async def _page(
    request: web.Request, sent: Mapping[str, str], *, hits: Hits | None = None, wrong: BadFilter | None = None
) -> web.StreamResponse:
    services = request.config_dict[SERVICES]
    async with services.database.reading() as unit:
        owners = await _owners(unit)
    return await page(
        request,
        "search.html",
        status=wrong.status if wrong else HTTPStatus.OK,
        sent=sent,
        hits=hits,
        wrong=wrong.field if wrong else None,
        message=bad_filter_words(wrong) if wrong else None,
        owners=owners,
        provinces=directory_of(services).provinces(),
        harms=HARMS,
        urgencies=URGENCIES,
        states=STATES,
    )


async def _owners(unit: Transaction) -> dict[str, str]:
    """Return the names of those who may have a case, whether they still work here or not."""
    return {one.staff.id: one.staff.display_name for one in await list_staff(unit) if may(one.staff, "case.claim")}
