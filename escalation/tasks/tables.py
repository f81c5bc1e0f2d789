"""The table of tasks. Words of staff are sealed under the conversation's key; the rest is ids, kinds and times."""

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table

from store.tables import metadata
from store.types import UtcDateTime

task = Table(
    "task",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("case_id", String(32), nullable=False),
    Column("conversation_id", String(32), nullable=False),
    Column("kind", String(20), nullable=False),  # urgent_assessment | plan | own
    Column("state", String(8), nullable=False),  # open | done | dropped | void
    Column("version", Integer, nullable=False),  # rises at every change: nobody acts on what they did not see
    Column("counts_from", UtcDateTime, nullable=False),  # the receipt, from which the law's time runs
    Column("due_at", UtcDateTime),  # of an own task; the law's deadlines follow from the calendar
    Column("assignee_id", String(32)),  # None: whoever has the case
    Column("made_by", String(40), nullable=False),  # a member of staff, or the system for what the law asks
    Column("title_sealed", LargeBinary),
    Column("note_sealed", LargeBinary),  # what came of it, or why it was not needed
    Column("ended_by", String(32)),
    Column("ended_at", UtcDateTime),
    Column("alarmed_at", UtcDateTime),  # its being overdue was told
)
Index("ix_task_case_id", task.c.case_id)
Index("ix_task_assignee_id", task.c.assignee_id, task.c.state)
Index("ix_task_state", task.c.state, task.c.alarmed_at)
# What the law asks is asked once in a case.
Index(
    "uq_task_legal",
    task.c.case_id,
    task.c.kind,
    unique=True,
    sqlite_where=task.c.kind != "own",
    postgresql_where=task.c.kind != "own",
)
