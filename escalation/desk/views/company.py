"""What a counsellor does beside the answers: asks the child to wait a moment, asks a supervisor to listen."""

from aiohttp import web
from sqlalchemy import select

from escalation import pausing
from escalation.desk.forms import done, fields, whole_number
from escalation.desk.identity import STAFF
from escalation.desk.phrases import WAIT, phrases
from escalation.desk.services import SERVICES
from escalation.errors import BadRequest, LeaseLost
from escalation.permissions import require
from escalation.shift import listening
from escalation.tables import cases

_MAX_ID = 64


async def ask_to_wait(request: web.Request) -> web.StreamResponse:
    """Ask the child to wait, in the approved words for its age; they are taken from our file and not from the form."""
    services, staff, case_id = request.config_dict[SERVICES], request[STAFF], request.match_info["case_id"]
    require(staff, "case.reply")
    sent = await fields(request)
    if not 1 <= len(sent.get("id", "")) <= _MAX_ID:
        raise BadRequest
    async with services.database.transaction() as unit:
        row = (await unit.execute(select(cases).where(cases.c.id == case_id))).one_or_none()
        if row is None:
            raise LeaseLost
        ready = phrases(row.audience, row.band, staff.display_name)
        await pausing.ask_to_wait(
            unit,
            services.vault,
            staff,
            case_id,
            lease=whole_number(sent.get("lease")),
            message_id=sent["id"],
            text=next(phrase.text for phrase in ready if phrase.group == WAIT),
            now=services.clock.now(),
        )
    return done(request, f"/cases/{case_id}#reply")


async def invite(request: web.Request) -> web.StreamResponse:
    """Ask the supervisors to listen to this talk."""
    services, case_id = request.config_dict[SERVICES], request.match_info["case_id"]
    lease = whole_number((await fields(request)).get("lease"))
    async with services.database.transaction() as unit:
        await listening.invite(unit, request[STAFF], case_id, lease, services.clock.now())
    return done(request, f"/cases/{case_id}#reply")
