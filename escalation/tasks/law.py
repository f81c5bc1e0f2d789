"""The deadlines that the law sets for a case. Pure.

Decree 56/2017/NĐ-CP: where life, health or dignity is seriously harmed or in danger, urgent measures are decided within
12 hours of the receipt (art. 26.3, 31), and the assessment comes before them; the plan of support and intervention is
made within 5 working days (art. 28.1). The commune decides both; the hotline sees to it that neither is forgotten.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from escalation.tasks.calendar import WorkCalendar

Legal = Literal["urgent_assessment", "plan"]
LEGAL: tuple[Legal, ...] = get_args(Legal)
Standing = Literal["in_time", "soon", "overdue"]
ASSESSMENT = timedelta(hours=12)
PLAN_WORKING_DAYS = 5
_SERIOUS = ("emergency", "high")  # danger now, or serious harm that goes on or was not long ago


def owed(urgency: str) -> tuple[Legal, ...]:
    """Return what the law asks for at once at this urgency; a lighter case gets a plan when somebody begins one."""
    return LEGAL if urgency in _SERIOUS else ()


def deadline(kind: Legal, received_at: datetime, calendar: WorkCalendar) -> datetime:
    """Return until when it has to be done, from the moment at which the hotline received the information."""
    if kind == "plan":
        return calendar.after(received_at, PLAN_WORKING_DAYS)
    return received_at + ASSESSMENT


def standing(counts_from: datetime, due_at: datetime, now: datetime) -> Standing:
    """Tell how a task stands towards its end: at two thirds of its time the end is near, as in the queue."""
    if now >= due_at:
        return "overdue"
    return "soon" if (now - counts_from) * 3 >= (due_at - counts_from) * 2 else "in_time"


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """How much time a task has, or is late, in the measure that people use for it; a clock where both are 0."""

    standing: Standing
    work_days: int = 0
    days: int = 0


def left(kind: str, counts_from: datetime, due_at: datetime, now: datetime, calendar: WorkCalendar) -> Left:
    """Tell how a task stands now: a plan has working days, everything else days, and the last day of all a clock."""
    stands = standing(counts_from, due_at, now)
    if kind == "plan" and now < due_at:
        return Left(standing=stands, work_days=calendar.between(now, due_at))
    return Left(standing=stands, days=abs(due_at - now) // timedelta(days=1))
