"""The queue: one child, one owner. Claiming is atomic and fenced, so that two counsellors can never hold one case.

A claim raises the case's lease number; every later act of its owner names that number and is refused once it moved
on. The open desk page renews the lease every 15 s; it ends 90 s after the page is gone.
"""

import contextlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update

from escalation import restrictions, trail
from escalation.cases import OPEN_STATES, items_of, next_state
from escalation.errors import LeaseLost, NoSuchCase
from escalation.locks import hold_case
from escalation.outside.announcing import announce
from escalation.permissions import Staff, in_area, require
from escalation.priority import TARGETS, Reason, Standing, Waiting, in_order, places, standing
from escalation.shift.tables import load
from escalation.tables import cases, presence
from escalation.vital import Duties, duties_of
from store import conversations, inbox
from store.database import Transaction
from store.signals import QUEUE, case_topic
from store.vault import Vault

LEASE_SECONDS = 90
PRESENCE_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueEntry:
    """A waiting or claimed child as the queue shows it; no words of the child."""

    case_id: str
    state: str
    urgency: str
    harms: tuple[str, ...]
    subject: str
    band: str | None
    audience: str
    channel: str
    basis: str
    area: str | None
    front: bool
    owner_id: str | None
    waiting_since: datetime
    target_at: datetime
    opened_at: datetime
    first_reply_at: datetime | None
    duties: Duties | None  # of a case that was opened without a yes
    reasons: tuple[Reason, ...] = ()  # why it stands before those behind it
    standing: Standing = "in_time"  # towards its target for the first answer


async def entries(unit: Transaction, vault: Vault, staff: Staff, now: datetime) -> tuple[QueueEntry, ...]:
    """Return the open cases this person may see: the waiting ones first and in order, then the claimed ones."""
    require(staff, "queue.view")
    rows = (await unit.execute(select(cases).where(cases.c.state.in_(OPEN_STATES)))).all()
    hidden = await restrictions.hidden_from(unit, staff)
    areas = await _areas_of(unit, vault, rows)
    seen = {}
    for row in rows:
        entry = _timed(entry_of(row, areas[row.id]), now)
        if in_area(staff, entry.area) and row.id not in hidden:
            seen[row.id] = entry
    order = places((_waiting(entry) for entry in seen.values() if entry.state == "waiting"), now)
    claimed = sorted((e for e in seen.values() if e.state == "claimed"), key=lambda entry: entry.opened_at)
    return (*(replace(seen[place.case_id], reasons=place.reasons) for place in order), *claimed)


def _timed(entry: QueueEntry, now: datetime) -> QueueEntry:
    if entry.first_reply_at is not None:
        return entry
    return replace(entry, standing=standing(entry.urgency, entry.waiting_since, now))


async def take_next(unit: Transaction, vault: Vault, staff: Staff, now: datetime) -> tuple[str, int] | None:
    """Claim the next waiting child of this person's area; returns case and lease, or None when nobody waits."""
    return await take_first(unit, vault, staff, await entries(unit, vault, staff, now), now)


async def take_first(
    unit: Transaction, vault: Vault, staff: Staff, order: Iterable[QueueEntry], now: datetime
) -> tuple[str, int] | None:
    """Claim the first of these entries that still waits; returns case and lease, or None when none does."""
    for entry in order:
        if entry.state != "waiting" or not await _still_waits(unit, entry.case_id):
            continue
        # Since our look another may have been quicker, or the child asked for somebody else: the next is ours.
        # What was locked for the one that was lost is let go, so that nobody waits while holding another child.
        with contextlib.suppress(LeaseLost, NoSuchCase):
            async with unit.attempt():
                return entry.case_id, await claim(unit, vault, staff, entry.case_id, now)
    return None


async def _still_waits(unit: Transaction, case_id: str) -> bool:
    mine = (cases.c.id == case_id) & (cases.c.state == "waiting")
    return (await unit.execute(select(cases.c.id).where(mine))).first() is not None


async def claim(unit: Transaction, vault: Vault, staff: Staff, case_id: str, now: datetime) -> int:
    """Claim one waiting case; returns the lease number. Raises LeaseLost when another was quicker."""
    require(staff, "case.claim")
    row = await locked(unit, vault, staff, case_id)
    if row.state != "waiting":
        raise LeaseLost("Another counsellor has already taken this child.")
    lease: int = row.lease + 1
    values = {
        "state": next_state("waiting", "claim"),
        "owner_id": staff.id,
        "lease": lease,
        "lease_until": now + timedelta(seconds=LEASE_SECONDS),
        "claimed_at": now,
        "front": False,
        "alerted_at": None,
    }
    await unit.execute(update(cases).where(cases.c.id == case_id).values(**values))
    await tell_child(unit, vault, row, f"joined:{lease}", {"event": "joined", "name": staff.display_name}, now)
    await note(unit, staff, case_id, "case.claimed", now, lease=lease)
    await announce(unit, case_id, "claimed", now)
    return lease


async def renew(unit: Transaction, staff: Staff, case_id: str, lease: int, now: datetime) -> None:
    """Keep the claim while the desk page is open; raises LeaseLost, or NoSuchCase as `holding` does."""
    require(staff, "case.claim")
    mine = (cases.c.id == case_id) & (cases.c.owner_id == staff.id)
    statement = (
        update(cases)
        .where(mine, cases.c.state == "claimed", cases.c.lease == lease)
        .values(lease_until=now + timedelta(seconds=LEASE_SECONDS))
        .returning(cases.c.conversation_id, cases.c.role)
    )
    row = (await unit.execute(statement)).one_or_none()
    if row is None:
        raise LeaseLost
    if await restrictions.forbids(unit, staff, row):
        raise NoSuchCase


async def hand_back(unit: Transaction, vault: Vault, staff: Staff, case_id: str, lease: int, now: datetime) -> None:
    """Put a claimed child back to the front of the queue and tell it so."""
    require(staff, "case.claim")
    row = await holding(unit, staff, case_id, lease)
    await to_front(unit, vault, row, now, why="handed_back")
    await note(unit, staff, case_id, "case.handed_back", now, lease=lease)


async def to_front(unit: Transaction, vault: Vault, row: Any, now: datetime, *, why: str) -> None:
    """Free a claimed case and put it before its equals; its old lease is void from here on."""
    await unit.execute(
        update(cases)
        .where(cases.c.id == row.id)
        .values(
            state=next_state(row.state, "release"),
            owner_id=None,
            lease=cases.c.lease + 1,
            lease_until=None,
            front=True,
            claimed_at=None,
            first_reply_at=None,
            alerted_at=None,
        )
    )
    await tell_child(unit, vault, row, f"released:{row.lease}", {"event": "released", "why": why}, now)
    await announce(unit, row.id, "returned", now)
    unit.signal(QUEUE, case_topic(row.id))


async def free_all(unit: Transaction, vault: Vault, staff_id: str, now: datetime) -> list[str]:
    """Put every child that this person holds back to the front and tell it; returns their cases."""
    held = (cases.c.state == "claimed") & (cases.c.owner_id == staff_id)
    # The one unit of work with several conversations: it comes to them in one order, whoever else does the same.
    found = await unit.execute(select(cases.c.id).where(held).order_by(cases.c.conversation_id, cases.c.id))
    freed = []
    for case_id in found.scalars().all():
        row = await hold_case(unit, case_id)
        if row is not None and (row.state, row.owner_id) == ("claimed", staff_id):  # still, now that it is held
            await to_front(unit, vault, row, now, why="handed_back")
            freed.append(row.id)
    return freed


async def holding(unit: Transaction, staff: Staff, case_id: str, lease: int) -> Any:
    """Hold conversation and case; returns the row if this person has it under this lease, or raises LeaseLost.

    A lease is no right to go on with a child who was kept from this person since the claim: then NoSuchCase.
    """
    row = await hold_case(unit, case_id)
    if row is None or (row.state, row.owner_id, row.lease) != ("claimed", staff.id, lease):
        raise LeaseLost
    if await restrictions.forbids(unit, staff, row):
        raise NoSuchCase
    return row


async def visible(unit: Transaction, vault: Vault, staff: Staff, case_id: str) -> Any:
    """Return the case row if role, area and the child's own wish let this person see it; a look locks nothing.

    Raises NoSuchCase.
    """
    require(staff, "case.view")
    row = (await unit.execute(select(cases).where(cases.c.id == case_id))).one_or_none()
    if row is None or not await shows(unit, vault, staff, row):
        raise NoSuchCase
    return row


async def locked(unit: Transaction, vault: Vault, staff: Staff, case_id: str) -> Any:
    """Return what `visible` returns, for whoever changes it: conversation and case are held. Raises NoSuchCase."""
    require(staff, "case.view")
    row = await hold_case(unit, case_id)
    if row is None or not await shows(unit, vault, staff, row):
        raise NoSuchCase
    return row


async def shows(unit: Transaction, vault: Vault, staff: Staff, row: Any) -> bool:
    """Tell whether this person's area has the case of a row, and the child did not ask for somebody else."""
    return in_area(staff, await area_of(unit, vault, row)) and not await restrictions.forbids(unit, staff, row)


async def place_of(unit: Transaction, case_id: str, now: datetime) -> int:
    """Return how many children stand before this case."""
    rows = (await unit.execute(select(cases).where(cases.c.state == "waiting"))).all()
    order = [waiting.case_id for waiting in in_order((_waiting(entry_of(row, None)) for row in rows), now)]
    return order.index(case_id) if case_id in order else len(order)


async def mark_present(unit: Transaction, staff: Staff, now: datetime, *, on: bool = True) -> None:
    """Note that this person is signed in and free for the next minute, or no longer.

    Resting leaves no row: a row that ran out tells of a page that lost its line and will be back.
    """
    if not on:
        await unit.execute(delete(presence).where(presence.c.staff_id == staff.id))
        return
    until = now + timedelta(seconds=PRESENCE_SECONDS)
    changed = await unit.execute(update(presence).where(presence.c.staff_id == staff.id).values(until=until))
    if changed.rowcount == 0:
        await unit.execute(presence.insert().values(staff_id=staff.id, until=until))


async def staffed(unit: Transaction, now: datetime, case_id: str = "") -> bool:
    """Tell whether anyone is at the desk now, and not resting, who may take this case, or any case at all.

    Who has their hands full is there all the same: a child must not be told that nobody is.
    """
    kept_away = {one.staff_id for one in await restrictions.of_case(unit, case_id)}
    here = (presence.c.until > now) & presence.c.staff_id.not_in(kept_away)
    resting = select(load.c.staff_id).where(load.c.break_until > now)
    present = select(func.count()).select_from(presence).where(here, presence.c.staff_id.not_in(resting))
    return bool((await unit.execute(present)).scalar_one())


async def area_of(unit: Transaction, vault: Vault, row: Any) -> str | None:
    """Return the area that the child agreed to name, or None."""
    if row.items_sealed is None:
        return None
    held = await conversations.read(unit, vault, row.conversation_id)
    return items_of(held, row).get("area")


async def _areas_of(unit: Transaction, vault: Vault, rows: Sequence[Any]) -> dict[str, str | None]:
    sealed = {row.conversation_id for row in rows if row.items_sealed is not None}
    held = await conversations.read_all(unit, vault, sealed)
    return {
        row.id: None if row.items_sealed is None else items_of(held[row.conversation_id], row).get("area")
        for row in rows
    }


async def tell_child(unit: Transaction, vault: Vault, row: Any, key: str, body: dict[str, Any], now: datetime) -> None:
    """Post a desk notice into the child's conversation; the same `key` of a case twice is one notice."""
    await inbox.post(
        unit,
        vault,
        row.conversation_id,
        kind=inbox.DESK,
        external_id=f"desk:{row.id}:{key}",
        body={"case": row.id, **body},
        now=now,
    )


async def note(unit: Transaction, staff: Staff, case_id: str, action: str, now: datetime, **detail: Any) -> None:
    """Write what a member of staff did with a case into its trail, and wake the desk."""
    await trail.record(
        unit,
        stream=trail.case_stream(case_id),
        actor=staff.id,
        action=action,
        at=now,
        detail={"case": case_id, **detail},
    )
    unit.signal(QUEUE, case_topic(case_id))


def _waiting(entry: QueueEntry) -> Waiting:
    return Waiting(
        case_id=entry.case_id,
        urgency=entry.urgency,
        band=entry.band,
        audience=entry.audience,
        front=entry.front,
        waiting_since=entry.waiting_since,
    )


def entry_of(row: Any, area: str | None) -> QueueEntry:
    """Return a case row as the queue shows it."""
    return QueueEntry(
        case_id=row.id,
        state=row.state,
        urgency=row.urgency,
        harms=tuple(row.harms.split()),
        subject=row.subject,
        band=row.band,
        audience=row.audience,
        channel=row.channel,
        basis=row.basis,
        area=area,
        front=row.front,
        owner_id=row.owner_id,
        waiting_since=row.waiting_since,
        target_at=row.waiting_since + TARGETS[row.urgency],
        opened_at=row.opened_at,
        first_reply_at=row.first_reply_at,
        duties=duties_of(row),
    )
