"""Complaints of children and parents about the hotline: sealed, read by supervisors only, and never by who is meant.

A complaint is no part of a case. It is hidden from everybody who ever claimed a case of the person who wrote it, also
from one who became a supervisor since. Its case's area hides it as it hides the case.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, insert, select, update

from escalation import holds, queue, trail, wishes
from escalation.cases import CHILD
from escalation.errors import NoSuchComplaint
from escalation.permissions import Staff, in_area, require
from escalation.tables import cases, complaint
from store import conversations
from store.conversations import Conversation
from store.database import Transaction
from store.ids import new_id
from store.signals import QUEUE
from store.vault import Vault

KEPT = timedelta(days=365)
"""How long the words of a complaint are kept."""
_AT_MOST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """One complaint as the list shows it; no words of the child."""

    id: str
    case_id: str | None
    audience: str
    urgency: str  # of a disclosure in it; none where there is none
    at: datetime
    read_at: datetime | None
    erased: bool  # its writer or the term took the words


async def file(
    unit: Transaction,
    held: Conversation,
    *,
    role: str,
    audience: str,
    urgency: str,
    text: str,
    now: datetime,
) -> str:
    """Take a complaint; returns its id."""
    complaint_id = new_id()
    about = await wishes.counsellors_of(unit, held.id, role)
    case = await wishes.newest_case(unit, held.id, role)
    await unit.execute(
        insert(complaint).values(
            id=complaint_id,
            conversation_id=held.id,
            case_id=None if case is None else case.id,
            role=role,
            audience=audience,
            urgency=urgency,
            about=" ".join(sorted(about)),
            body_sealed=held.sealer.seal(complaint_place(complaint_id), text),
            at=now,
        )
    )
    await _note(unit, complaint_id, CHILD, "complaint.filed", now)
    unit.signal(QUEUE)
    return complaint_id


async def listed(unit: Transaction, vault: Vault, staff: Staff) -> tuple[Complaint, ...]:
    """Return the complaints this supervisor may read: the unread first, then by their time, the newest first."""
    require(staff, "complaint.read")
    seen = await _readable(unit, vault, staff, select(complaint))
    return tuple(sorted(seen, key=lambda one: one.read_at is not None))


async def unread(unit: Transaction, vault: Vault, staff: Staff) -> int:
    """Return how many complaints wait for this supervisor."""
    require(staff, "complaint.read")
    fresh = select(complaint).where(complaint.c.read_at.is_(None), complaint.c.body_sealed.is_not(None))
    return len(await _readable(unit, vault, staff, fresh))


async def read(
    unit: Transaction, vault: Vault, staff: Staff, complaint_id: str, now: datetime
) -> tuple[Complaint, str | None]:
    """Open one complaint and write down who read it; the text is None once it was erased.

    Raises NotAllowed, or NoSuchComplaint where it is not this supervisor's to read.
    """
    require(staff, "complaint.read")
    statement = select(complaint).where(complaint.c.id == complaint_id).with_for_update()
    row = (await unit.execute(statement)).one_or_none()
    if row is None or not await _may_read(unit, vault, staff, row):
        raise NoSuchComplaint
    if row.read_at is None:
        values = {"read_at": now, "read_by": staff.id}
        await unit.execute(update(complaint).where(complaint.c.id == complaint_id).values(**values))
        unit.signal(QUEUE)
    await _note(unit, complaint_id, staff.id, "complaint.read", now)
    if row.body_sealed is None:
        return _shown(row), None
    held = await conversations.read(unit, vault, row.conversation_id)
    return _shown(row), held.sealer.open(complaint_place(row.id), row.body_sealed)


async def own(unit: Transaction, held: Conversation, role: str) -> tuple[tuple[datetime, str], ...]:
    """Open what one person complained of, for its own eyes: when and in which words, oldest first."""
    mine = (complaint.c.conversation_id == held.id) & (complaint.c.role == role) & complaint.c.body_sealed.is_not(None)
    rows = (await unit.execute(select(complaint).where(mine).order_by(complaint.c.at))).all()
    return tuple((row.at, held.sealer.open(complaint_place(row.id), row.body_sealed)) for row in rows)


async def erase(unit: Transaction, conversation_id: str, role: str) -> None:
    """Take the words out of everything this person complained of; that there was a complaint stays."""
    mine = (complaint.c.conversation_id == conversation_id) & (complaint.c.role == role)
    await unit.execute(update(complaint).where(mine).values(body_sealed=None))


def with_words() -> Any:
    """Select the time and the case of every complaint whose words are kept; without a case its `id` is empty."""
    case_id = func.coalesce(complaint.c.case_id, "").label("id")
    return select(complaint.c.at.label("at"), case_id).where(complaint.c.body_sealed.is_not(None))


async def forget_old(unit: Transaction, now: datetime) -> int:
    """Take the words out of complaints that were kept as long as promised, but about a case under legal hold."""
    kept = tuple(await holds.held(unit))
    due = (complaint.c.at < now - KEPT) & complaint.c.body_sealed.is_not(None)
    about = func.coalesce(complaint.c.case_id, "").not_in(kept)
    return (await unit.execute(update(complaint).where(due, about).values(body_sealed=None))).rowcount


async def _readable(unit: Transaction, vault: Vault, staff: Staff, found: Select[Any]) -> list[Complaint]:
    rows = (await unit.execute(found.order_by(complaint.c.at.desc()).limit(_AT_MOST))).all()
    return [_shown(row) for row in rows if await _may_read(unit, vault, staff, row)]


async def may_read(unit: Transaction, vault: Vault, staff: Staff, complaint_id: str) -> bool:
    """Tell whether there is a complaint by that id and this supervisor may read it."""
    require(staff, "complaint.read")
    row = (await unit.execute(select(complaint).where(complaint.c.id == complaint_id))).one_or_none()
    return row is not None and await _may_read(unit, vault, staff, row)


async def _may_read(unit: Transaction, vault: Vault, staff: Staff, row: Any) -> bool:
    if staff.id in row.about.split():
        return False
    if row.case_id is None:
        return True
    case = (await unit.execute(select(cases).where(cases.c.id == row.case_id))).one()
    return in_area(staff, await queue.area_of(unit, vault, case))


async def _note(unit: Transaction, complaint_id: str, actor: str, action: str, now: datetime) -> None:
    # Not in the case's stream: who is meant shall find nothing there. A stream's name has 40 letters.
    detail = {"complaint": complaint_id}
    await trail.record(unit, stream=f"plaint:{complaint_id}", actor=actor, action=action, at=now, detail=detail)


def _shown(row: Any) -> Complaint:
    return Complaint(
        id=row.id,
        case_id=row.case_id,
        audience=row.audience,
        urgency=row.urgency,
        at=row.at,
        read_at=row.read_at,
        erased=row.body_sealed is None,
    )


def complaint_place(complaint_id: str) -> str:
    """Return the place that the words of a complaint are sealed for."""
    return f"complaint/{complaint_id}"
