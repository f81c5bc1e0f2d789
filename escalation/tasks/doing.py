"""What staff do with tasks: begin a plan, add one of their own, finish, put aside, take up again, give to somebody.

Every act holds conversation and case, names the version that it was made on, and leaves ids and kinds in the trail.
"""

from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import insert, select, update

from escalation import queue, restrictions
from escalation.errors import NoSuchCase, WrongState
from escalation.locks import hold_case
from escalation.permissions import Staff, in_area, may, require
from escalation.staff.accounts import staff_of
from escalation.tables import staff as staff_table
from escalation.tasks import owing
from escalation.tasks.errors import BadTask, NoReasonWhy, NoSuchTask, TaskChanged
from escalation.tasks.reading import State, note_place, title_place
from escalation.tasks.tables import task
from store import conversations
from store.database import Transaction
from store.ids import new_id
from store.vault import Vault

MAX_TITLE_CHARACTERS = 200
MAX_NOTE_CHARACTERS = 1000
FARTHEST = timedelta(days=366)
Event = Literal["finish", "drop", "take_up"]

# The whole life of a task, beside `void`: its case was taken back or erased, and nothing leads out of that.
TRANSITIONS: dict[tuple[State, Event], State] = {
    ("open", "finish"): "done",
    ("open", "drop"): "dropped",
    ("done", "take_up"): "open",
    ("dropped", "take_up"): "open",
}
_ACTIONS: dict[Event, str] = {"finish": "task.done", "drop": "task.dropped", "take_up": "task.taken_up"}


async def begin_plan(unit: Transaction, vault: Vault, staff: Staff, case_id: str, now: datetime) -> None:
    """Begin the plan of the law for a case that did not ask for it by its urgency; its time runs from the receipt.

    Raises NoSuchCase, or WrongState where it is begun already or the child took the case back.
    """
    require(staff, "task.do")
    row = await queue.locked(unit, vault, staff, case_id)
    _not_taken_back(row)
    known = (task.c.case_id == case_id) & (task.c.kind == "plan")
    if (await unit.execute(select(task.c.id).where(known))).first() is not None:
        raise WrongState
    task_id = await owing.write(
        unit, case_id, row.conversation_id, kind="plan", counts_from=row.opened_at, made_by=staff.id
    )
    await queue.note(unit, staff, case_id, "task.begun", now, task=task_id, kind="plan")


async def add(
    unit: Transaction, vault: Vault, staff: Staff, case_id: str, *, title: str, due_at: datetime, now: datetime
) -> None:
    """Add a task of one's own to a case. Raises NoSuchCase, BadTask or WrongState."""
    require(staff, "task.do")
    words = " ".join(title.split())
    if not words or len(words) > MAX_TITLE_CHARACTERS or not now < due_at <= now + FARTHEST:
        raise BadTask
    row = await queue.locked(unit, vault, staff, case_id)
    _not_taken_back(row)
    held = await conversations.lock(unit, vault, row.conversation_id)
    task_id = new_id()
    await unit.execute(
        insert(task).values(
            id=task_id,
            case_id=case_id,
            conversation_id=row.conversation_id,
            kind="own",
            state="open",
            version=1,
            counts_from=now,
            due_at=due_at,
            assignee_id=staff.id,
            made_by=staff.id,
            title_sealed=held.sealer.seal(title_place(task_id), words),
        )
    )
    await queue.note(unit, staff, case_id, "task.added", now, task=task_id, kind="own")


async def step(
    unit: Transaction,
    vault: Vault,
    staff: Staff,
    task_id: str,
    event: Event,
    *,
    version: int,
    note: str = "",
    now: datetime,
) -> str:
    """Finish a task, put it aside for a reason, or take it up again; returns its case.

    Raises NoSuchTask, NoReasonWhy, TaskChanged or WrongState.
    """
    require(staff, "task.do")
    words = note.strip()
    if len(words) > MAX_NOTE_CHARACTERS or (event == "drop" and not words):
        raise NoReasonWhy
    row = await _locked(unit, vault, staff, task_id, version)
    after = TRANSITIONS.get((row.state, event))
    if after is None:
        raise WrongState
    held = await conversations.lock(unit, vault, row.conversation_id)
    ended = after != "open"
    values: dict[str, Any] = {
        "state": after,
        "ended_by": staff.id if ended else None,
        "ended_at": now if ended else None,
    }
    if words:
        values["note_sealed"] = held.sealer.seal(note_place(task_id), words)
    await _change(unit, row, values)
    await queue.note(unit, staff, row.case_id, _ACTIONS[event], now, task=task_id, kind=row.kind)
    case_id: str = row.case_id
    return case_id


async def give(
    unit: Transaction, vault: Vault, staff: Staff, task_id: str, *, version: int, to_id: str, now: datetime
) -> str:
    """Make a task somebody's: anybody may take one; giving it to another is a supervisor's act. Returns its case.

    Raises NotAllowed, NoSuchTask, BadTask where that person may not see the case, TaskChanged or WrongState.
    """
    require(staff, "task.do" if to_id == staff.id else "task.assign")
    row = await _locked(unit, vault, staff, task_id, version)
    if row.state != "open":
        raise WrongState
    case = await queue.visible(unit, vault, staff, row.case_id)
    if to_id not in {one.id for one in await takers(unit, vault, case)}:
        raise BadTask
    await _change(unit, row, {"assignee_id": to_id})
    await queue.note(unit, staff, row.case_id, "task.given", now, task=task_id, kind=row.kind, to=to_id)
    case_id: str = row.case_id
    return case_id


async def takers(unit: Transaction, vault: Vault, case: Any) -> tuple[Staff, ...]:
    """Return who may have a task of the case of a row: active, of its area, not declined by its child; by name."""
    rows = (await unit.execute(select(staff_table).where(staff_table.c.active.is_(True)))).all()
    area = await queue.area_of(unit, vault, case)
    kept_away = {one.staff_id for one in await restrictions.of_case(unit, case.id)}
    found = (one for one in map(staff_of, rows) if may(one, "task.do") and one.id not in kept_away)
    return tuple(sorted((one for one in found if in_area(one, area)), key=lambda one: one.display_name))


async def case_of(unit: Transaction, vault: Vault, staff: Staff, task_id: str) -> str:
    """Return the case of a task that this person may see; raises NoSuchTask."""
    case_id = (await unit.execute(select(task.c.case_id).where(task.c.id == task_id))).scalar_one_or_none()
    if case_id is None:
        raise NoSuchTask
    try:
        await queue.visible(unit, vault, staff, case_id)
    except NoSuchCase as error:
        raise NoSuchTask from error
    return str(case_id)


async def _locked(unit: Transaction, vault: Vault, staff: Staff, task_id: str, version: int) -> Any:
    """Hold conversation, case and task, in that order; returns the task's row."""
    await hold_case(unit, await case_of(unit, vault, staff, task_id))
    await case_of(unit, vault, staff, task_id)  # again, now that nobody can change who may see it
    row = (await unit.execute(select(task).where(task.c.id == task_id).with_for_update())).one()
    if row.version != version:
        raise TaskChanged
    return row


async def _change(unit: Transaction, row: Any, values: dict[str, Any]) -> None:
    await unit.execute(update(task).where(task.c.id == row.id).values(version=row.version + 1, **values))


def _not_taken_back(row: Any) -> None:
    if row.state == "withdrawn":
        raise WrongState
