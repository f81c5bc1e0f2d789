"""The directory: numbers by place, any of which can be put into the box of a conversation as an approved line."""

import re

from aiohttp import web

from escalation import queue
from escalation.desk import wording
from escalation.desk.forms import fields
from escalation.desk.identity import STAFF
from escalation.desk.pages import page, redirect
from escalation.desk.services import SERVICES, DeskServices
from escalation.directory.services import Directory, Service
from escalation.errors import BadRequest
from escalation.permissions import require
from escalation.writing import drafts

_CASE_ID = re.compile(r"[0-9a-f]{32}")


class NoSuchService(BadRequest):
    """The directory has no number by that id."""

    status = 404
    message = "There is no such number in the directory."


def directory_of(services: DeskServices) -> Directory:
    """Return the directory of this hotline's content."""
    return Directory() if services.content is None else Directory.of(services.content)


async def show(request: web.Request) -> web.StreamResponse:
    """Show the numbers of a place, or of the whole country; from a case, those of where its child lives."""
    services, staff = request.config_dict[SERVICES], request[STAFF]
    require(staff, "directory.view")
    asked, case_id = request.query.get("q"), request.query.get("case", "")
    if not _CASE_ID.fullmatch(case_id):
        case_id = ""
    elif asked is None:
        asked = await _area_of(request, case_id)
    listing = directory_of(services).look(asked or "", wording.LANGUAGE.get())
    return await page(request, "directory.html", listing=listing, asked=asked or "", case_id=case_id)


async def put_line(request: web.Request) -> web.StreamResponse:
    """Put a number behind what is in the box of a conversation; nothing is sent."""
    services, staff = request.config_dict[SERVICES], request[STAFF]
    require(staff, "directory.view")
    require(staff, "case.reply")
    service = directory_of(services).service(request.match_info["service_id"])
    if service is None:
        raise NoSuchService
    case_id, now = (await fields(request)).get("case", ""), services.clock.now()
    async with services.database.transaction() as unit:
        row = await queue.locked(unit, services.vault, staff, case_id)
        begun = await drafts.of(unit, services.vault, staff, case_id)
        text = "\n".join([*([begun.text.rstrip()] if begun else []), line(service, row.audience)])
        await drafts.keep(unit, services.vault, staff, case_id, message_id="", text=text, now=now)
    return redirect(f"/cases/{case_id}")


def line(service: Service, audience: str) -> str:
    """Return the approved line by which a child or a parent is given a number; always in Vietnamese."""
    words = wording.words("vi")["records"]["directory"]
    told = words["line_parent" if audience == "parent" else "line_child"]
    said = str(told).format(label=service.label, number=service.number)
    return f"{said} {words['line_free']}" if service.free else said


async def _area_of(request: web.Request, case_id: str) -> str:
    services, staff = request.config_dict[SERVICES], request[STAFF]
    async with services.database.transaction() as unit:
        row = await queue.visible(unit, services.vault, staff, case_id)
        area = await queue.area_of(unit, services.vault, row)
        await queue.note(unit, staff, case_id, "case.directory", services.clock.now())
    return (area or "").rpartition("→")[2].strip()
