"""What children and parents complained of, for supervisors: the list without words, and one complaint with them."""

from aiohttp import web

from escalation import complaints
from escalation.desk.identity import STAFF
from escalation.desk.pages import page
from escalation.desk.services import SERVICES
from escalation.staff.accounts import staff_stream
from escalation.trail import record


async def show(request: web.Request) -> web.StreamResponse:
    """List the complaints that this supervisor may read; the look goes into the trail."""
    services, staff = request.config_dict[SERVICES], request[STAFF]
    async with services.database.transaction() as unit:
        found = await complaints.listed(unit, services.vault, staff)
        stream = staff_stream(staff.id)
        await record(unit, stream=stream, actor=staff.id, action="complaints.listed", at=services.clock.now())
    return await page(request, "complaints.html", complaints=found)


async def read(request: web.Request) -> web.StreamResponse:
    """Show one complaint; it is read from here on, and the trail says by whom."""
    services, staff = request.config_dict[SERVICES], request[STAFF]
    complaint_id, now = request.match_info["complaint_id"], services.clock.now()
    async with services.database.transaction() as unit:
        found, text = await complaints.read(unit, services.vault, staff, complaint_id, now)
    return await page(request, "complaint.html", complaint=found, text=text)
