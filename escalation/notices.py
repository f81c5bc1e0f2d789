"""What a fault that set a message aside means to the desk: an alert, and notices that may not be true any more."""

from datetime import datetime

from sqlalchemy import select

from escalation.cases import OPEN_STATES, raise_alert
from escalation.tables import alert, cases
from store.database import Transaction
from store.signals import QUEUE

UNREAD = "unread"


async def alert_unread(unit: Transaction, conversation_id: str, now: datetime) -> None:
    """Tell counsellor and supervisor of an open case, once until it is seen, that a message of it was set aside."""
    known = select(alert.c.case_id).where(alert.c.kind == UNREAD, alert.c.seen_at.is_(None))
    mine = (cases.c.conversation_id == conversation_id) & cases.c.state.in_(OPEN_STATES) & cases.c.id.not_in(known)
    for case_id in (await unit.execute(select(cases.c.id).where(mine))).scalars().all():
        await raise_alert(unit, case_id, UNREAD, now)
    unit.signal(QUEUE)


async def still_true(unit: Transaction, case_id: str, event: str, key: str) -> bool:
    """Tell whether what the desk did still stands; `key` is the notice's own, which ends in the lease of a claim.

    A counsellor's words always stand. One who joined under a claim that has ended did not: the bot would fall silent
    for nobody. A silence that is over is not told of any more.
    """
    row = (await unit.execute(select(cases.c.state, cases.c.lease).where(cases.c.id == case_id))).one_or_none()
    if row is None or row.state == "withdrawn":
        return False
    match event:
        case "said":
            return True
        case "joined":
            return bool(row.state == "claimed" and key.endswith(f":{row.lease}"))
        case "released":
            return bool(row.state == "waiting")
        case "closed":
            return bool(row.state == "closed")
        case _:
            return False
