"""What somebody tried in vain stands in their own stream of the trail: whose case it was, and by which address."""

import re

from escalation import trail
from escalation.casefile.errors import FormMoved
from escalation.errors import EscalationError, LeaseLost, NoSuchCase, NoSuchComplaint, NotAllowed
from escalation.permissions import Staff
from escalation.referrals.errors import ChangedMeanwhile, GateShut, NoSuchReferral
from escalation.staff.accounts import staff_stream
from escalation.tasks.errors import NoSuchTask, TaskChanged
from store.clock import Clock
from store.database import Database

DENIED = "access.denied"
_STALE = (LeaseLost, TaskChanged, ChangedMeanwhile, FormMoved)
_REFUSALS = (NotAllowed, NoSuchCase, NoSuchComplaint, NoSuchReferral, NoSuchTask, GateShut, *_STALE)
# An open page does these by itself; that its lease is lost says nothing of anybody's doing.
_BY_ITSELF = frozenset({"renew", "typing", "keep_draft"})
_ID = re.compile(r"[0-9a-f]{32}")


async def write_down(
    database: Database, clock: Clock, staff: Staff | None, error: EscalationError, *, route: str, subject: str
) -> None:
    """Write into the trail that a case, a complaint, a task or an act was denied, or came from a page that is stale.

    `subject` is the id asked for.

    An id that exists and one that does not leave the same entry, as they get the same answer.
    """
    if staff is None or not isinstance(error, _REFUSALS):
        return
    if isinstance(error, LeaseLost) and route in _BY_ITSELF:
        return
    detail = {"route": route, "why": type(error).__name__} | ({"id": subject} if _ID.fullmatch(subject) else {})
    async with database.transaction() as unit:
        stream = staff_stream(staff.id)
        await trail.record(unit, stream=stream, actor=staff.id, action=DENIED, at=clock.now(), detail=detail)
