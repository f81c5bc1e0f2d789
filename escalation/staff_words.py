"""What staff wrote about a person, for that person: that it is kept, and, for the copy by hand, the words.

The words are about the child, so they are its data; but whoever holds its phone may be the one it fears. So what it
takes itself says what is kept and since when. The words are given by the operator, who has made sure of who asks and
may leave out what would endanger the child or others.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, select

from escalation.casefile.places import change_place, export_place, form_place
from escalation.casefile.tables import change, export, filled
from escalation.contact import summary_place
from escalation.glass.breaking import glass_place
from escalation.glass.tables import break_glass
from escalation.referrals import keeping
from escalation.referrals.tables import referral
from escalation.shift.notes import handover_place, shift_note_place
from escalation.shift.tables import handover, shift_note
from escalation.signing import reason_place
from escalation.tables import cases
from escalation.tasks.reading import note_place as task_note_place
from escalation.tasks.reading import title_place
from escalation.tasks.tables import task
from escalation.writing.notes import note_place
from escalation.writing.tables import note
from store.conversations import Conversation
from store.database import Transaction


@dataclass(frozen=True, slots=True)
class Written:
    """One kind of writing: where it stands, when it was written, and what it is sealed for."""

    kind: str
    column: Column[Any]
    at: Column[Any]
    place: Callable[[Any], str]

    @property
    def case(self) -> Column[Any]:
        """Return the column that says whose case it is."""
        return cases.c.id if self.column.table is cases else self.column.table.c.case_id


KINDS = (
    Written("summary", cases.c.summary_sealed, cases.c.closed_at, lambda row: summary_place(row.id)),
    Written("reason_without_a_yes", cases.c.reason_sealed, cases.c.reason_at, lambda row: reason_place(row.id)),
    Written("note", note.c.body_sealed, note.c.at, lambda row: note_place(row.case_id, row.number)),
    Written("hand_over", handover.c.note_sealed, handover.c.at, lambda row: handover_place(row.id)),
    Written("among_staff", shift_note.c.body_sealed, shift_note.c.at, lambda row: shift_note_place(row.id)),
    Written("form", filled.c.body_sealed, filled.c.saved_at, lambda row: form_place(row.case_id, row.form)),
    Written(
        "form_before",
        change.c.before_sealed,
        change.c.at,
        lambda row: change_place(row.case_id, row.form, row.version),
    ),
    Written("reason_of_a_paper", export.c.reason_sealed, export.c.at, lambda row: export_place(row.id)),
    Written("task", task.c.title_sealed, task.c.counts_from, lambda row: title_place(row.id)),
    Written("end_of_a_task", task.c.note_sealed, task.c.counts_from, lambda row: task_note_place(row.id)),
    Written("referral", referral.c.body_sealed, referral.c.at, lambda row: keeping.body_place(row.id)),
    Written("ground_of_a_referral", referral.c.reason_sealed, referral.c.at, lambda row: keeping.reason_place(row.id)),
    Written("packet_of_a_referral", referral.c.packet_sealed, referral.c.at, lambda row: keeping.packet_place(row.id)),
    Written("answer_to_a_referral", referral.c.answer_sealed, referral.c.at, lambda row: keeping.answer_place(row.id)),
    Written("reason_of_broken_glass", break_glass.c.reason_sealed, break_glass.c.at, lambda row: glass_place(row.id)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptWords:
    """Of one kind: how many writings about a case are kept, and when the first and the last were made."""

    kind: str
    count: int
    first_at: datetime
    last_at: datetime


async def kept_words(unit: Transaction, case_id: str) -> tuple[KeptWords, ...]:
    """Return what staff wrote about a case, kind by kind; nothing is opened."""
    found = []
    for each in KINDS:
        mine = select(each.at).where(each.case == case_id, each.column.is_not(None)).order_by(each.at)
        times = (await unit.execute(mine)).scalars().all()
        if times:
            found.append(KeptWords(kind=each.kind, count=len(times), first_at=times[0], last_at=times[-1]))
    return tuple(found)


async def open_words(unit: Transaction, held: Conversation, case_id: str) -> list[dict[str, Any]]:
    """Open everything that staff wrote about a case, as JSON values; the caller has written down who asked."""
    found = []
    for each in KINDS:
        mine = select(each.column.table).where(each.case == case_id, each.column.is_not(None)).order_by(each.at)
        for row in (await unit.execute(mine)).all():
            values = row._mapping  # noqa: SLF001  # SQLAlchemy's documented way to a column of a row
            words = held.sealer.open(each.place(row), values[each.column])
            found.append({"kind": each.kind, "at": values[each.at].isoformat(), "words": words})
    return found
