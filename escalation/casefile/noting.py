"""What is done with a case file, into the case's trail. It wakes no page: a form saves itself every second."""

from datetime import datetime
from typing import Any

from escalation import trail
from escalation.permissions import Staff
from store.database import Transaction


async def note(unit: Transaction, staff: Staff, case_id: str, action: str, now: datetime, **detail: Any) -> None:
    """Write one entry: ids, numbers of forms and names of fields, never what they say."""
    await trail.record(
        unit,
        stream=trail.case_stream(case_id),
        actor=staff.id,
        action=action,
        at=now,
        detail={"case": case_id, **detail},
    )
