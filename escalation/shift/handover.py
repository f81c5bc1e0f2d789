"""A child changes hands: warm (both stay until the other accepts), cold (at once), to the queue, taken over.

The child has one owner at every moment and is told who writes now. Whatever changes owner and lease does so in one
statement under the locks of conversation and case, so the giver's lease is void exactly when the taker's begins.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import insert, select, update

from escalation import queue, restrictions
from escalation.cases import raise_alert
from escalation.errors import WrongState
from escalation.outside.announcing import announce
from escalation.permissions import Staff, in_area, require
from escalation.shift import load
from escalation.shift.errors import NoOffer, NotThere
from escalation.shift.limits import Limits
from escalation.shift.notes import checked, handover_place
from escalation.shift.tables import handover
from escalation.staff.accounts import names_of, staff_of
from escalation.tables import cases, presence
from escalation.tables import staff as staff_table
from escalation.wishes import CLAIMED
from store import conversations
from store.conversations import Conversation
from store.database import Transaction
from store.ids import new_id
from store.signals import QUEUE, case_topic
from store.vault import Vault

Kind = Literal["warm", "cold", "queue", "take_over"]
State = Literal["offered", "done", "declined", "recalled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """One change of hands, with its note opened for whoever may see the case."""

    id: str
    case_id: str
    kind: Kind
    giver_id: str
    taker_id: str | None
    state: State
    note: str
    at: datetime


async def offer(
    unit: Transaction,
    vault: Vault,
    staff: Staff,
    case_id: str,
    *,
    lease: int,
    to_id: str,
    note: str,
    now: datetime,
) -> None:
    """Ask a colleague to take the child over; until they accept it stays with this person. Replaces an open offer.

    Raises LeaseLost, NotThere or BadRequest.
    """
    require(staff, "case.transfer")
    words = checked(note, needed=True)
    row = await queue.holding(unit, staff, case_id, lease)
    await _taker(unit, vault, staff, row, to_id, now)
    await _end_offers(unit, case_id, "recalled", now)
    await _write(unit, vault, row, kind="warm", taker_id=to_id, state="offered", note=words, now=now)
    await queue.note(unit, staff, case_id, "case.offered", now, to=to_id)


async def accept(unit: Transaction, vault: Vault, staff: Staff, case_id: str, limits: Limits, now: datetime) -> int:
    """Take the child that was offered; returns the new lease. Raises NoSuchCase or NoOffer."""
    require(staff, "case.claim")
    row = await queue.locked(unit, vault, staff, case_id)
    found = await _offered(unit, case_id, staff.id)
    if found is None or not _still_given(row, found):
        raise NoOffer
    lease = await _pass_on(unit, vault, row, staff, now)
    await _end_offers(unit, case_id, "done", now)
    await queue.note(unit, staff, case_id, "case.accepted", now, giver=found.giver_id, lease=lease)
    await load.take_on(unit, staff, row, limits, now)
    return lease


async def decline(unit: Transaction, vault: Vault, staff: Staff, case_id: str, now: datetime) -> None:
    """Say no to an offer; the child stays where it is. Raises NoSuchCase or NoOffer."""
    require(staff, "case.claim")
    row = await queue.locked(unit, vault, staff, case_id)
    found = await _offered(unit, case_id, staff.id)
    if found is None or not _still_given(row, found):
        raise NoOffer
    await _end_offers(unit, case_id, "declined", now)
    await queue.note(unit, staff, case_id, "case.declined", now)


async def recall(unit: Transaction, staff: Staff, case_id: str, lease: int, now: datetime) -> None:
    """Take an offer back. Raises LeaseLost."""
    require(staff, "case.transfer")
    await queue.holding(unit, staff, case_id, lease)
    await _end_offers(unit, case_id, "recalled", now)
    await queue.note(unit, staff, case_id, "case.recalled", now)


async def give(
    unit: Transaction,
    vault: Vault,
    staff: Staff,
    case_id: str,
    *,
    lease: int,
    to_id: str | None,
    note: str,
    limits: Limits,
    now: datetime,
) -> None:
    """Hand the child over at once, to somebody who is there, or to the front of the queue where `to_id` is None.

    A taker whose page does not open the case in 90 s loses it to the front of the queue, as with every lease. Raises
    LeaseLost, NotThere or BadRequest.
    """
    require(staff, "case.transfer")
    words = checked(note, needed=True)
    row = await queue.holding(unit, staff, case_id, lease)
    taker = None if to_id is None else await _taker(unit, vault, staff, row, to_id, now)
    await _end_offers(unit, case_id, "recalled", now)
    kind: Kind = "queue" if taker is None else "cold"
    await _write(unit, vault, row, kind=kind, taker_id=to_id, state="done", note=words, now=now)
    if taker is None:
        await queue.to_front(unit, vault, row, now, why="handed_back")
        await queue.note(unit, staff, case_id, "case.handed_back", now, lease=lease)
        return
    fresh = await _pass_on(unit, vault, row, taker, now)
    await queue.note(unit, staff, case_id, "case.given", now, to=taker.id, lease=fresh)
    await load.take_on(unit, taker, row, limits, now)


async def take_over(unit: Transaction, vault: Vault, staff: Staff, case_id: str, limits: Limits, now: datetime) -> int:
    """Let a supervisor take a claimed child; returns the new lease. The old owner is told loudly on their page.

    Raises NotAllowed, NoSuchCase, or WrongState where nobody has the child, or they have it themselves.
    """
    require(staff, "case.take_over")
    row = await queue.locked(unit, vault, staff, case_id)
    if row.state != "claimed" or row.owner_id == staff.id:
        raise WrongState
    await _end_offers(unit, case_id, "recalled", now)
    await _write(unit, vault, row, kind="take_over", taker_id=staff.id, state="done", note="", now=now)
    lease = await _pass_on(unit, vault, row, staff, now)
    await raise_alert(unit, case_id, "taken_over", now)
    await queue.note(unit, staff, case_id, "case.taken_over", now, giver=row.owner_id, lease=lease)
    await load.take_on(unit, staff, row, limits, now)
    return lease


async def offers_to(unit: Transaction, staff: Staff) -> tuple[str, ...]:
    """Return the cases that are offered to this person now, the oldest first."""
    mine = (handover.c.taker_id == staff.id) & (handover.c.state == "offered")
    held = (
        (cases.c.state == "claimed") & (cases.c.owner_id == handover.c.giver_id) & (cases.c.lease == handover.c.lease)
    )
    statement = select(handover.c.case_id).join(cases, cases.c.id == handover.c.case_id).where(mine, held)
    return tuple((await unit.execute(statement.order_by(handover.c.at))).scalars())


async def newest(unit: Transaction, held: Conversation, row: Any) -> Handover | None:
    """Return the last change of hands of a case that was done, or is offered and still holds; ask for sight before."""
    mine = handover.c.case_id == row.id
    told = mine & handover.c.state.in_(("offered", "done", "declined"))
    last = (await unit.execute(select(handover).where(told).order_by(handover.c.at.desc()).limit(1))).one_or_none()
    if last is None or (last.state == "offered" and not _still_given(row, last)):
        return None
    sealed = last.note_sealed
    return Handover(
        id=last.id,
        case_id=last.case_id,
        kind=last.kind,
        giver_id=last.giver_id,
        taker_id=last.taker_id,
        state=last.state,
        note="" if sealed is None else held.sealer.open(handover_place(last.id), sealed),
        at=last.at,
    )


async def present_for(unit: Transaction, vault: Vault, staff: Staff, row: Any, now: datetime) -> tuple[Staff, ...]:
    """Return the colleagues who are at the desk and may take the child of this row, by name."""
    here = select(staff_table).join(presence, presence.c.staff_id == staff_table.c.id)
    there = (presence.c.until > now) & staff_table.c.active.is_(True) & staff_table.c.role.in_(load.CLAIMERS)
    rows = (await unit.execute(here.where(there, staff_table.c.id != staff.id))).all()
    colleagues = [staff_of(one) for one in rows]
    area = await queue.area_of(unit, vault, row)
    kept_away = {one.staff_id for one in await restrictions.of_case(unit, row.id)}
    may_take = (one for one in colleagues if in_area(one, area) and one.id not in kept_away)
    return tuple(sorted(may_take, key=lambda one: one.display_name))


async def _taker(unit: Transaction, vault: Vault, staff: Staff, row: Any, to_id: str, now: datetime) -> Staff:
    found = next((one for one in await present_for(unit, vault, staff, row, now) if one.id == to_id), None)
    if found is None:
        raise NotThere
    return found


async def _pass_on(unit: Transaction, vault: Vault, row: Any, taker: Staff, now: datetime) -> int:
    """Give a claimed case a new owner under a new lease, and tell the child from whom to whom."""
    lease: int = row.lease + 1
    values = {
        "owner_id": taker.id,
        "lease": lease,
        "lease_until": now + timedelta(seconds=queue.LEASE_SECONDS),
        "claimed_at": now,
        "alerted_at": None,
    }
    await unit.execute(update(cases).where(cases.c.id == row.id).values(**values))
    before = (await names_of(unit)).get(row.owner_id, "")
    told = {"event": "joined", "name": taker.display_name, "before": before}
    await queue.tell_child(unit, vault, row, f"joined:{lease}", told, now)
    # As with every claim: whom a child may decline, and whom a complaint may be about, is told by this entry.
    await queue.note(unit, taker, row.id, CLAIMED, now, lease=lease)
    await announce(unit, row.id, "handed_over", now)
    return lease


async def _write(
    unit: Transaction,
    vault: Vault,
    row: Any,
    *,
    kind: Kind,
    taker_id: str | None,
    state: State,
    note: str,
    now: datetime,
) -> None:
    held = await conversations.lock(unit, vault, row.conversation_id)
    handover_id = new_id()
    await unit.execute(
        insert(handover).values(
            id=handover_id,
            case_id=row.id,
            conversation_id=row.conversation_id,
            kind=kind,
            giver_id=row.owner_id,
            taker_id=taker_id,
            lease=row.lease,
            state=state,
            note_sealed=held.sealer.seal(handover_place(handover_id), note) if note else None,
            at=now,
            done_at=None if state == "offered" else now,
        )
    )
    unit.signal(QUEUE, case_topic(row.id))


async def _offered(unit: Transaction, case_id: str, taker_id: str) -> Any | None:
    mine = (handover.c.case_id == case_id) & (handover.c.taker_id == taker_id) & (handover.c.state == "offered")
    return (await unit.execute(select(handover).where(mine))).one_or_none()


def _still_given(row: Any, offered: Any) -> bool:
    return (row.state, row.owner_id, row.lease) == ("claimed", offered.giver_id, offered.lease)


async def _end_offers(unit: Transaction, case_id: str, state: State, now: datetime) -> None:
    mine = (handover.c.case_id == case_id) & (handover.c.state == "offered")
    await unit.execute(update(handover).where(mine).values(state=state, done_at=now))
