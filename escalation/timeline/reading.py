"""The timeline of one case from the database."""

import json

from sqlalchemy import select

from escalation import trail
from escalation.permissions import Staff, may
from escalation.tables import consent
from escalation.tables import trail as trail_table
from escalation.timeline.folding import Decided, Entry, Happened, fold
from store.database import Transaction


async def timeline_of(unit: Transaction, staff: Staff, case_id: str) -> tuple[Entry, ...]:
    """Return what happened in a case, oldest first, as this person may know it; ask for sight before."""
    stream = trail_table.c.stream == trail.case_stream(case_id)
    rows = await unit.execute(select(trail_table).where(stream).order_by(trail_table.c.number))
    happened = [Happened(at=row.at, actor=row.actor, action=row.action, detail=json.loads(row.detail)) for row in rows]
    ledger = await unit.execute(select(consent).where(consent.c.case_id == case_id).order_by(consent.c.number))
    decided = [Decided(at=row.at, item=row.item, decision=row.decision) for row in ledger]
    return fold(happened, decided, supervising=may(staff, "case.take_over"))
