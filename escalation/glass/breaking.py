"""Breaking the glass: a case of another area, or one kept from this person by a supervisor, opened to be read.

What the child asked for is stronger: whoever it declined never opens its case, for whatever reason. The supervisors
of the case's area hear of it at once, and the reason is theirs to read.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select

from escalation import queue, restrictions, trail
from escalation.cases import raise_alert
from escalation.errors import BadRequest, NoSuchCase, NotAllowed
from escalation.glass import grants
from escalation.glass.tables import break_glass
from escalation.locks import hold_case
from escalation.permissions import Staff, may, require
from escalation.staff.accounts import staff_stream
from escalation.tables import alert, cases
from escalation.tables import trail as trail_table
from store import conversations
from store.database import Transaction
from store.ids import new_id
from store.vault import Vault

LASTS = timedelta(minutes=30)
MAX_REASON_CHARACTERS = 2000
SHORTEST_NUMBER = 6  # letters of a case's id that staff say to one another
ALERT = "glass_broken"
_LOOKS = ("case.viewed", "case.watched", "tasks.viewed", "timeline.viewed", "referral.viewed")
_AT_MOST = 200


class InReach(BadRequest):
    """The case needs no breaking of glass: role and area show it."""

    message = "You can open this case as it is."


class NoReason(BadRequest):
    """The reason is missing or too long."""

    message = f"A reason needs 1 to {MAX_REASON_CHARACTERS} characters."


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """One grant as those see it who watch over them."""

    case_id: str
    staff_id: str
    at: datetime
    until: datetime
    looks: int
    reason: str | None  # for supervisors who may see the case; None for all others, and once it was erased


def glass_place(grant_id: str) -> str:
    """Return the place that the reason of a grant is sealed for."""
    return f"glass/{grant_id}"


async def break_in(unit: Transaction, vault: Vault, staff: Staff, number: str, reason: str, now: datetime) -> str:
    """Open a case for half an hour and return its id. `number` is its id, or the first six letters or more.

    The caller has asked for a fresh code. Raises NotAllowed, NoReason, NoSuchCase (also where the child declined this
    person, or the number fits several cases), or InReach where the case shows itself without it.
    """
    require(staff, "case.break_glass")
    words = reason.strip()
    if not 1 <= len(words) <= MAX_REASON_CHARACTERS:
        raise NoReason
    row = await _found(unit, number)
    if await restrictions.declined(unit, staff, row):
        raise NoSuchCase
    if may(staff, "case.view") and await queue.shows(unit, vault, staff, row):
        raise InReach
    grant_id, until = new_id(), now + LASTS
    # Locked, so that the reason is not sealed under a key that an erasure replaces at this moment.
    held = await conversations.lock(unit, vault, row.conversation_id)
    await unit.execute(
        insert(break_glass).values(
            id=grant_id,
            case_id=row.id,
            conversation_id=row.conversation_id,
            staff_id=staff.id,
            reason_sealed=held.sealer.seal(glass_place(grant_id), words),
            at=now,
            until=until,
        )
    )
    await raise_alert(unit, row.id, ALERT, now)
    await queue.note(unit, staff, row.id, "case.glass_broken", now, grant=grant_id, until=until.isoformat())
    case_id: str = row.id
    return case_id


async def refused(unit: Transaction, staff: Staff, now: datetime) -> None:
    """Write down that somebody tried in vain; which case they meant stays out of it, it may be nobody's."""
    await trail.record(unit, stream=staff_stream(staff.id), actor=staff.id, action="glass.refused", at=now)


async def readable(
    unit: Transaction, vault: Vault, staff: Staff, case_id: str, now: datetime
) -> tuple[Any, grants.Grant | None]:
    """Return the case row for reading, and the grant where only a grant opens it; a look locks nothing.

    Raises NoSuchCase or NotAllowed.
    """
    through = await through_glass(unit, staff, case_id, now)
    return through or (await queue.visible(unit, vault, staff, case_id), None)


async def through_glass(
    unit: Transaction, staff: Staff, case_id: str, now: datetime
) -> tuple[Any, grants.Grant] | None:
    """Return the case row and the grant that opens it to this person now, or None. Raises NoSuchCase."""
    grant = await grants.in_force(unit, staff.id, case_id, now)
    if grant is None or not may(staff, "case.break_glass"):
        return None
    row = (await unit.execute(select(cases).where(cases.c.id == case_id))).one()
    # Asked at every look, for the child may have said so since.
    if await restrictions.declined(unit, staff, row):
        raise NoSuchCase
    return row, grant


async def alerted(unit: Transaction, vault: Vault, staff: Staff) -> frozenset[str]:
    """Return the cases, ended ones too, whose broken glass this supervisor has to look at."""
    if not may(staff, "case.take_over"):
        return frozenset()
    news = select(alert.c.case_id).where(alert.c.kind == ALERT, alert.c.seen_at.is_(None))
    rows = (await unit.execute(select(cases).where(cases.c.id.in_(news)))).all()
    return frozenset([row.id for row in rows if await queue.shows(unit, vault, staff, row)])


async def listed(unit: Transaction, vault: Vault, staff: Staff, now: datetime) -> tuple[Broken, ...]:
    """Return the newest grants: for who reads the trail, and, with the reasons, for the supervisors of the area.

    Raises NotAllowed. That it was opened goes into the trail.
    """
    if not may(staff, "trail.view"):
        raise NotAllowed
    rows = await unit.execute(select(break_glass).order_by(break_glass.c.at.desc()).limit(_AT_MOST))
    found = [broken for row in rows.all() if (broken := await _shown(unit, vault, staff, row)) is not None]
    await trail.record(unit, stream=staff_stream(staff.id), actor=staff.id, action="glass.listed", at=now)
    return tuple(found)


async def _shown(unit: Transaction, vault: Vault, staff: Staff, row: Any) -> Broken | None:
    supervises = may(staff, "case.take_over")
    case = (await unit.execute(select(cases).where(cases.c.id == row.case_id))).one()
    # Who supervises has an area; who only reads the trail has none, and sees neither reason nor child.
    if supervises and staff.id != row.staff_id and not await queue.shows(unit, vault, staff, case):
        return None
    held = await conversations.read(unit, vault, row.conversation_id) if supervises and row.reason_sealed else None
    return Broken(
        case_id=row.case_id,
        staff_id=row.staff_id,
        at=row.at,
        until=row.until,
        looks=await _looks(unit, row),
        reason=None if held is None else held.sealer.open(glass_place(row.id), row.reason_sealed),
    )


async def _looks(unit: Transaction, row: Any) -> int:
    mine = (
        (trail_table.c.stream == trail.case_stream(row.case_id))
        & (trail_table.c.actor == row.staff_id)
        & trail_table.c.action.in_(_LOOKS)
        & (trail_table.c.at >= row.at)
        & (trail_table.c.at < row.until)
    )
    return int((await unit.execute(select(func.count()).select_from(trail_table).where(mine))).scalar_one())


async def _found(unit: Transaction, number: str) -> Any:
    wanted = number.strip().lower()
    if len(wanted) < SHORTEST_NUMBER or not wanted.isalnum() or not wanted.isascii():
        raise NoSuchCase
    found = (await unit.execute(select(cases.c.id).where(cases.c.id.startswith(wanted)).limit(2))).scalars().all()
    row = await hold_case(unit, found[0]) if len(found) == 1 else None
    if row is None:
        raise NoSuchCase
    return row
