"""Being ready for children: switched by hand, kept up while a page is open.

A page keeps it up by a beat every 30 s, and its open stream does so on the server: browsers slow down the clocks of
pages in the background, and a counsellor must not stop being ready because of that. Neither ever switches it on; but
after a lost line or a restart of the server it comes back by itself, so that nobody rests without knowing.
"""

from datetime import datetime, timedelta

from aiohttp import web
from sqlalchemy import select

from escalation import queue
from escalation.desk.forms import done, fields
from escalation.desk.identity import STAFF
from escalation.desk.services import SERVICES, DeskServices
from escalation.permissions import Staff, require
from escalation.shift.load import end_break
from escalation.staff.accounts import staff_stream
from escalation.tables import presence
from escalation.trail import record
from store.database import Transaction
from store.signals import QUEUE

_COMES_BACK = timedelta(minutes=15)


async def is_present(unit: Transaction, staff: Staff, now: datetime) -> bool:
    """Tell whether this person means to be ready: they said so, and their page was here within a quarter of an hour."""
    until: datetime | None = (
        await unit.execute(select(presence.c.until).where(presence.c.staff_id == staff.id))
    ).scalar_one_or_none()
    return until is not None and until + _COMES_BACK > now


class Keeper:
    """Keeps one person ready for as long as their stream is open, unless they said that they rest."""

    _EVERY = timedelta(seconds=20)

    def __init__(self, services: DeskServices, staff: Staff) -> None:
        self._services = services
        self._staff = staff
        self._kept_at: datetime | None = None

    async def keep(self, *, present: bool) -> None:
        """Hear whether the person is ready now; every 20 s this is written anew."""
        now = self._services.clock.now()
        if not present or (self._kept_at is not None and now - self._kept_at < self._EVERY):
            return
        self._kept_at = now
        async with self._services.database.transaction() as unit:
            if await is_present(unit, self._staff, now):
                await queue.mark_present(unit, self._staff, now)


async def change(request: web.Request) -> web.StreamResponse:
    """Say "ready" (1), "resting" (0) or "as before" (keep); only a change is written into the trail."""
    services, staff = request.config_dict[SERVICES], request[STAFF]
    require(staff, "queue.view")
    said = (await fields(request)).get("on")
    now = services.clock.now()
    async with services.database.transaction() as unit:
        before = await is_present(unit, staff, now)
        on = before if said == "keep" else said == "1"
        if on or before:
            await queue.mark_present(unit, staff, now, on=on)
        if said == "1":
            await end_break(unit, staff, now)
        if before != on:
            action = "staff.ready" if on else "staff.resting"
            await record(unit, stream=staff_stream(staff.id), actor=staff.id, action=action, at=now)
            unit.signal(QUEUE)
    return done(request, "/")
