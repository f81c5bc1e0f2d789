"""What happened in a case, in order; without a word of the child or of the staff."""

from aiohttp import web

from escalation import trail
from escalation.desk.identity import STAFF
from escalation.desk.pages import page
from escalation.desk.services import SERVICES
from escalation.desk.timeline_words import sentence
from escalation.glass.breaking import readable
from escalation.staff.accounts import names_of
from escalation.timeline.reading import timeline_of


async def show(request: web.Request) -> web.StreamResponse:
    """Show the timeline, the newest first; the look goes into the trail."""
    services, staff = request.config_dict[SERVICES], request[STAFF]
    case_id, now = request.match_info["case_id"], services.clock.now()
    async with services.database.transaction() as unit:
        case, glass = await readable(unit, services.vault, staff, case_id, now)
        found = await timeline_of(unit, staff, case_id)
        await trail.record(
            unit,
            stream=trail.case_stream(case_id),
            actor=staff.id,
            action="timeline.viewed",
            at=now,
            detail={"case": case_id} | ({"grant": glass.id} if glass else {}),
        )
        names = await names_of(unit)
    told = tuple((entry, sentence(entry, names)) for entry in reversed(found))
    return await page(request, "timeline.html", case=case, case_id=case_id, glass=glass, told=told)
