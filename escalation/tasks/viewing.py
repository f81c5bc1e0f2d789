"""Opening the tasks of one case: who may, what they see, and the entry that they looked."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from escalation import trail
from escalation.glass.breaking import readable
from escalation.glass.grants import Grant
from escalation.permissions import Staff, require
from escalation.tasks.calendar import WorkCalendar
from escalation.tasks.reading import Task, of_case
from store import conversations
from store.database import Transaction
from store.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseTasks:
    """The tasks of a case as one member of staff may see them."""

    case: Any
    glass: Grant | None
    tasks: tuple[Task, ...]


async def read_case(
    unit: Transaction, vault: Vault, staff: Staff, case_id: str, calendar: WorkCalendar, now: datetime
) -> CaseTasks:
    """Return every task of a case with its words, and write down who looked. Raises NotAllowed or NoSuchCase."""
    require(staff, "task.view")
    case, glass = await readable(unit, vault, staff, case_id, now)
    held = await conversations.read(unit, vault, case.conversation_id)
    found = await of_case(unit, held, case_id, calendar)
    detail = {"case": case_id} | ({"grant": glass.id} if glass else {})
    stream = trail.case_stream(case_id)
    await trail.record(unit, stream=stream, actor=staff.id, action="tasks.viewed", at=now, detail=detail)
    return CaseTasks(case=case, glass=glass, tasks=found)
