"""Being ready for children: switched by hand, kept up by the open page every 30 s."""

from datetime import datetime

from aiohttp import web
from sqlalchemy import select

from escalation import queue
from escalation.desk.forms import done, fields
from escalation.desk.identity import STAFF
from escalation.desk.services import SERVICES
from escalation.permissions import Staff, require
from escalation.staff.accounts import staff_stream
from escalation.tables import presence
from escalation.trail import record
from store.database import Transaction
from store.signals import QUEUE


async def is_present(unit: Transaction, staff: Staff, now: datetime) -> bool:
    """Tell whether this person is ready for children now."""
    until: datetime | None = (
        await unit.execute(select(presence.c.until).where(presence.c.staff_id == staff.id))
    ).scalar_one_or_none()
    return until is not None and until > now


async def change(request: web.Request) -> web.StreamResponse:
    """Say "ready" (again) or "resting"; only a change is written into the trail."""
    services, staff = request.config_dict[SERVICES], request[STAFF]
    require(staff, "queue.view")
    on = (await fields(request)).get("on") == "1"
    now = services.clock.now()
    async with services.database.transaction() as unit:
        before = await is_present(unit, staff, now)
        await queue.mark_present(unit, staff, now, on=on)
        if before != on:
            action = "staff.ready" if on else "staff.resting"
            await record(unit, stream=staff_stream(staff.id), actor=staff.id, action=action, at=now)
            unit.signal(QUEUE)
    return done(request, "/")
