"""The shift board for supervisors, live; the break and the limits of everybody."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from escalation.desk import live
from escalation.desk.forms import fields, whole_number
from escalation.desk.identity import STAFF
from escalation.desk.pages import fragment, page, redirect
from escalation.desk.services import SERVICES
from escalation.desk.views.presence import Keeper, is_present
from escalation.permissions import require
from escalation.shift import load
from escalation.shift.board import shift_board
from escalation.shift.charts import charts
from escalation.shift.limits import MOST_CHILDREN
from escalation.staff.accounts import names_of, staff_stream
from escalation.trail import record
from store.signals import QUEUE


async def show(request: web.Request) -> web.StreamResponse:
    """Show the board with the charts; the look goes into the trail."""
    services, staff = request.config_dict[SERVICES], request[STAFF]
    now = services.clock.now()
    async with services.database.transaction() as unit:
        board = await shift_board(unit, services.vault, staff, services.limits, now)
        drawn = await charts(unit, services.vault, staff, now)
        names, present = await names_of(unit), await is_present(unit, staff, now)
        await record(unit, stream=staff_stream(staff.id), actor=staff.id, action="shift.viewed", at=now)
    values: dict[str, Any] = {"board": board, "charts": drawn, "names": names, "most": MOST_CHILDREN}
    return await page(request, "shift.html", present=present, **values)


async def events(request: web.Request) -> web.StreamResponse:
    """Send the board anew whenever it changes; the charts stay as they were drawn."""
    services, staff = request.config_dict[SERVICES], request[STAFF]
    require(staff, "shift.view")
    keeper = Keeper(services, staff)

    async def look() -> tuple[object, Callable[[], Awaitable[str]]]:
        now = services.clock.now()
        async with services.database.reading() as unit:
            board = await shift_board(unit, services.vault, staff, services.limits, now)
            names, present = await names_of(unit), await is_present(unit, staff, now)
        await keeper.keep(present=present)
        values = {"board": board, "names": names, "most": MOST_CHILDREN, "present": present, "staff": staff}
        return (board, names, present), lambda: fragment(request.config_dict, services, "_shift.html", **values)

    return await live.stream(request, "shift", (QUEUE,), look)


async def take_break(request: web.Request) -> web.StreamResponse:
    """Rest for a while: one press; being ready again ends it."""
    services, staff = request.config_dict[SERVICES], request[STAFF]
    async with services.database.transaction() as unit:
        await load.begin_break(unit, staff, services.limits, services.clock.now())
    return redirect("/")


async def set_limit(request: web.Request) -> web.StreamResponse:
    """Give one member of staff a limit of their own."""
    services, staff = request.config_dict[SERVICES], request[STAFF]
    children = whole_number((await fields(request)).get("children"))
    async with services.database.transaction() as unit:
        await load.set_limit(unit, staff, request.match_info["staff_id"], children, services.clock.now())
    return redirect("/shift")
