"""When a task begins and ends by itself: in the transaction that opens, raises, withdraws or erases its case."""

from datetime import datetime
from typing import Any

from sqlalchemy import exists, insert, or_, select, update

from escalation.tasks.law import Legal, owed
from escalation.tasks.tables import task
from store.database import Transaction
from store.ids import new_id

SYSTEM = "system"


async def owe(unit: Transaction, case_id: str, conversation_id: str, urgency: str, now: datetime) -> None:
    """Write down what the law asks at this urgency and is not written down yet; its time runs from `now`.

    Called under the lock of the conversation or the case, so that nothing is owed twice.
    """
    known = set((await unit.execute(select(task.c.kind).where(task.c.case_id == case_id))).scalars())
    for kind in owed(urgency):
        if kind not in known:
            await write(unit, case_id, conversation_id, kind=kind, counts_from=now, made_by=SYSTEM)


async def write(
    unit: Transaction,
    case_id: str,
    conversation_id: str,
    *,
    kind: Legal,
    counts_from: datetime,
    made_by: str,
) -> str:
    """Write down one task of the law; returns its id."""
    task_id = new_id()
    await unit.execute(
        insert(task).values(
            id=task_id,
            case_id=case_id,
            conversation_id=conversation_id,
            kind=kind,
            state="open",
            version=1,
            counts_from=counts_from,
            made_by=made_by,
        )
    )
    return task_id


async def forget(unit: Transaction, case_id: str) -> None:
    """Erase what staff wrote about the tasks of a case whose words go; what was still open is owed no more."""
    mine = task.c.case_id == case_id
    await unit.execute(update(task).where(mine).values(title_sealed=None, note_sealed=None))
    await unit.execute(update(task).where(mine, task.c.state == "open").values(state="void"))


def kept_of(case_id: Any) -> Any:
    """Return the condition that words of staff about tasks of a case are kept, or one of them is still open."""
    held = or_(task.c.title_sealed.is_not(None), task.c.note_sealed.is_not(None), task.c.state == "open")
    return exists().where(task.c.case_id == case_id, held)
