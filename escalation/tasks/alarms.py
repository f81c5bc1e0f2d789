"""What is overdue is told once: to the counsellor in the case, to the supervisors, and out of the house."""

from datetime import datetime

from sqlalchemy import select, update

from escalation import queue, trail
from escalation.cases import raise_alert
from escalation.locks import hold_case
from escalation.permissions import Staff, may
from escalation.tables import alert, cases
from escalation.tasks.calendar import WorkCalendar
from escalation.tasks.owing import SYSTEM
from escalation.tasks.reading import due_at_of, overdue
from escalation.tasks.tables import task
from store.database import Database, Transaction
from store.vault import Vault

LEGAL_OVERDUE = "legal_overdue"
TASK_OVERDUE = "task_overdue"


async def tell_overdue(database: Database, calendar: WorkCalendar, now: datetime) -> int:
    """Alert about every overdue task, each in a unit of work of its own; returns how many there were."""
    async with database.reading() as unit:
        found = await overdue(unit, calendar, now)
    for case_id, task_id in found:
        async with database.transaction() as unit:
            await _tell(unit, case_id, task_id, calendar, now)
    return len(found)


async def _tell(unit: Transaction, case_id: str, task_id: str, calendar: WorkCalendar, now: datetime) -> None:
    await hold_case(unit, case_id)
    mine = (task.c.id == task_id) & (task.c.state == "open") & task.c.alarmed_at.is_(None)
    row = (await unit.execute(select(task).where(mine).with_for_update())).one_or_none()
    if row is None or due_at_of(row, calendar) > now:  # again, under the lock
        return
    await unit.execute(update(task).where(task.c.id == task_id).values(alarmed_at=now))
    await raise_alert(unit, case_id, TASK_OVERDUE if row.kind == "own" else LEGAL_OVERDUE, now)
    await trail.record(
        unit,
        stream=trail.case_stream(case_id),
        actor=SYSTEM,
        action="task.overdue",
        at=now,
        detail={"case": case_id, "task": task_id, "kind": row.kind},
    )


async def alerted(unit: Transaction, vault: Vault, staff: Staff) -> frozenset[str]:
    """Return the cases, ended ones too, with something overdue that this supervisor has to look at."""
    if not may(staff, "case.take_over"):
        return frozenset()
    news = select(alert.c.case_id).where(alert.c.kind.in_((LEGAL_OVERDUE, TASK_OVERDUE)), alert.c.seen_at.is_(None))
    rows = (await unit.execute(select(cases).where(cases.c.id.in_(news)))).all()
    return frozenset([row.id for row in rows if await queue.shows(unit, vault, staff, row)])
