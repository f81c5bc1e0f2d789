"""Tasks as staff read them: those of a case, one's own, those of the area; and which are overdue."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import or_, select

from escalation import queue, trail
from escalation.permissions import Staff, require
from escalation.staff.accounts import staff_stream
from escalation.tables import cases
from escalation.tasks.calendar import WorkCalendar
from escalation.tasks.law import ASSESSMENT, Left, deadline, left
from escalation.tasks.tables import task
from store import conversations
from store.conversations import Conversation
from store.database import Transaction
from store.vault import Sealer, Vault

Kind = Literal["urgent_assessment", "plan", "own"]
State = Literal["open", "done", "dropped", "void"]
AT_MOST = 300
"""A list shows this many, the most pressing first; more than that no shift can read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One task. Words stand in it only where its case, or the task itself, is the reader's own business."""

    id: str
    case_id: str
    kind: Kind
    state: State
    version: int
    counts_from: datetime
    due_at: datetime
    assignee_id: str | None
    made_by: str
    ended_by: str | None
    ended_at: datetime | None
    title: str = ""
    note: str = ""

    @property
    def last_moment(self) -> datetime:
        """Return the last minute in which it is in time, as people say it: a term of days ends at 23:59."""
        return self.due_at - timedelta(minutes=1) if self.kind == "plan" else self.due_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One open task beside what tells its case from others; no words of the child."""

    task: Task
    left: Left
    urgency: str
    band: str | None
    audience: str
    with_id: str | None
    """Whose task it is: the one it was given to, else who has the case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """One open task of a case for its page, with the time that it has left."""

    task: Task
    left: Left


def due_at_of(row: Any, calendar: WorkCalendar) -> datetime:
    """Return until when the task of a row has to be done. Pure."""
    due: datetime = row.due_at if row.kind == "own" else deadline(row.kind, row.counts_from, calendar)
    return due


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptTask:
    """One task of a case as its own person may know it: what is owed and how far it is, without words of staff."""

    kind: Kind
    state: State
    counts_from: datetime
    due_at: datetime | None  # of a task that staff made; when one of the law is due follows from its kind
    ended_at: datetime | None


async def kept_tasks(unit: Transaction, case_id: str) -> tuple[KeptTask, ...]:
    """Return which tasks of a case are kept, oldest first; nothing is opened."""
    mine = select(task).where(task.c.case_id == case_id).order_by(task.c.counts_from, task.c.kind, task.c.id)
    return tuple(
        KeptTask(kind=row.kind, state=row.state, counts_from=row.counts_from, due_at=row.due_at, ended_at=row.ended_at)
        for row in (await unit.execute(mine)).all()
    )


async def of_case(unit: Transaction, held: Conversation, case_id: str, calendar: WorkCalendar) -> tuple[Task, ...]:
    """Return every task of a case with its words, open and pressing ones first; ask for sight before."""
    rows = (await unit.execute(select(task).where(task.c.case_id == case_id))).all()
    found = [_opened(held.sealer, row, calendar) for row in rows]
    return tuple(sorted(found, key=lambda one: (one.state != "open", one.due_at, one.id)))


async def open_in(
    unit: Transaction, vault: Vault, case_id: str, calendar: WorkCalendar, now: datetime
) -> tuple[Open, ...]:
    """Return the open tasks of a case, the most pressing first; ask for sight before."""
    mine = (task.c.case_id == case_id) & (task.c.state == "open")
    found = (await unit.execute(select(task.c.conversation_id).where(mine))).first()
    if found is None:
        return ()
    held = await conversations.read(unit, vault, found.conversation_id)
    return tuple(beside(one, calendar, now) for one in await of_case(unit, held, case_id, calendar) if is_open(one))


def is_open(one: Task) -> bool:
    """Tell whether a task is still to be done."""
    return one.state == "open"


def beside(one: Task, calendar: WorkCalendar, now: datetime) -> Open:
    """Return a task beside the time that it has left. Pure."""
    return Open(task=one, left=left_of(one, calendar, now))


def left_of(one: Task, calendar: WorkCalendar, now: datetime) -> Left:
    """Return how much time a task has left. Pure."""
    return left(one.kind, one.counts_from, one.due_at, now, calendar)


async def listed(
    unit: Transaction, vault: Vault, staff: Staff, calendar: WorkCalendar, now: datetime, *, of_area: bool
) -> tuple[Listed, ...]:
    """Return the open tasks of this person, or of all cases that they may see; the look goes into the trail.

    An own task has its words only where it is this person's: those of others are read in their cases.
    """
    require(staff, "task.view")
    rows = (await unit.execute(_open_tasks(None if of_area else staff.id))).all()
    pressing = sorted(rows, key=lambda row: (due_at_of(row, calendar), row.id))
    shown: dict[str, bool] = {}
    found: list[Listed] = []
    for row in pressing:
        if row.case_id not in shown:
            case = (await unit.execute(select(cases).where(cases.c.id == row.case_id))).one()
            shown[row.case_id] = await queue.shows(unit, vault, staff, case)
        if shown[row.case_id]:
            found.append(await _listed(unit, vault, staff, row, calendar, now))
        if len(found) == AT_MOST:
            break
    await trail.record(
        unit,
        stream=staff_stream(staff.id),
        actor=staff.id,
        action="tasks.listed",
        at=now,
        detail={"of": "area" if of_area else "own", "count": len(found)},
    )
    return tuple(found)


async def overdue(unit: Transaction, calendar: WorkCalendar, now: datetime) -> tuple[tuple[str, str], ...]:
    """Return case and task of everything that is overdue and has not been told yet."""
    untold = (task.c.state == "open") & task.c.alarmed_at.is_(None)
    # No deadline of the law is shorter than that, so the rest need not be read.
    maybe = or_(task.c.due_at <= now, task.c.due_at.is_(None) & (task.c.counts_from <= now - ASSESSMENT))
    rows = (await unit.execute(select(task).where(untold, maybe))).all()
    return tuple((row.case_id, row.id) for row in rows if due_at_of(row, calendar) <= now)


def _open_tasks(staff_id: str | None) -> Any:
    of_its_case = (cases.c.urgency, cases.c.band, cases.c.audience, cases.c.owner_id)
    joined = select(task, *of_its_case).join(cases, cases.c.id == task.c.case_id)
    to_do = joined.where(task.c.state == "open")
    if staff_id is None:
        return to_do
    has_case = task.c.assignee_id.is_(None) & (cases.c.owner_id == staff_id)
    return to_do.where(or_(task.c.assignee_id == staff_id, has_case))


async def _listed(
    unit: Transaction, vault: Vault, staff: Staff, row: Any, calendar: WorkCalendar, now: datetime
) -> Listed:
    whose = row.assignee_id or row.owner_id
    if row.kind == "own" and whose == staff.id:
        held = await conversations.read(unit, vault, row.conversation_id)
        one = replace(_opened(held.sealer, row, calendar), note="")
    else:
        one = _closed(row, calendar)
    return Listed(
        task=one,
        left=left_of(one, calendar, now),
        urgency=row.urgency,
        band=row.band,
        audience=row.audience,
        with_id=whose,
    )


def _opened(sealer: Sealer, row: Any, calendar: WorkCalendar) -> Task:
    title = "" if row.title_sealed is None else sealer.open(title_place(row.id), row.title_sealed)
    note = "" if row.note_sealed is None else sealer.open(note_place(row.id), row.note_sealed)
    return replace(_closed(row, calendar), title=title, note=note)


def _closed(row: Any, calendar: WorkCalendar) -> Task:
    return Task(
        id=row.id,
        case_id=row.case_id,
        kind=row.kind,
        state=row.state,
        version=row.version,
        counts_from=row.counts_from,
        due_at=due_at_of(row, calendar),
        assignee_id=row.assignee_id,
        made_by=row.made_by,
        ended_by=row.ended_by,
        ended_at=row.ended_at,
    )


def title_place(task_id: str) -> str:
    """Return the place that a task's words are sealed for."""
    return f"task/{task_id}/title"


def note_place(task_id: str) -> str:
    """Return the place that the word on a task's end is sealed for."""
    return f"task/{task_id}/note"
