"""What a person may know of its own cases: what it agreed to and when, who opened them, on what ground.

Read from the consent ledger and the trail, for one person of a conversation: a child and a parent who share a phone
have cases of their own. Nothing here holds a word that was said.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from escalation import trail
from escalation.consent import ConsentDecision, Item
from escalation.grounds import words_of
from escalation.permissions import Role
from escalation.tables import cases, consent, staff
from escalation.tables import trail as trail_table
from store.database import Transaction

# Every page of a case tells of its person: the conversation and the case file, the referrals, the tasks, the timeline.
_OPENINGS = ("case.viewed", "referral.viewed", "tasks.viewed", "timeline.viewed")
# A claim shows the words as a look does, and a paper or packet holds them: whoever took one and never opened the page
# is named all the same.
_LOOKS = (*_OPENINGS, "case.claimed", "file.exported", "referral.packet_taken")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One row of the person's own ledger."""

    item: Item
    decision: ConsentDecision
    wording: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Somebody at the hotline who opened the case: when first, and how often."""

    name: str
    role: Role
    first_at: datetime
    times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """One case as its own person may know it."""

    case_id: str
    state: str
    opened_at: datetime
    closed_at: datetime | None
    basis: str
    grounds: tuple[str, ...]
    purposes: tuple[str, ...]
    decisions: tuple[Decision, ...]
    readers: tuple[Reader, ...]


async def receipts_of(unit: Transaction, conversation_id: str, role: str) -> tuple[Receipt, ...]:
    """Return every case of one person of a conversation, oldest first."""
    mine = (cases.c.conversation_id == conversation_id) & (cases.c.role == role)
    rows = (await unit.execute(select(cases).where(mine).order_by(cases.c.opened_at))).all()
    return tuple([await _receipt(unit, row) for row in rows])


async def decisions_outside(unit: Transaction, conversation_id: str, role: str) -> tuple[Decision, ...]:
    """Return what one person decided where no case came of it: its refusals."""
    is_parent = consent.c.audience == "parent"
    mine = (consent.c.conversation_id == conversation_id) & consent.c.case_id.is_(None)
    rows = await unit.execute(
        select(consent).where(mine, is_parent if role == "parent" else ~is_parent).order_by(consent.c.number)
    )
    return tuple(_decision(row) for row in rows)


async def _receipt(unit: Transaction, row: Any) -> Receipt:
    ledger = await unit.execute(select(consent).where(consent.c.case_id == row.id).order_by(consent.c.number))
    return Receipt(
        case_id=row.id,
        state=row.state,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        basis=row.basis,
        grounds=words_of(row.ground),
        purposes=words_of(row.purposes),
        decisions=tuple(_decision(entry) for entry in ledger),
        readers=await _readers(unit, row.id),
    )


async def _readers(unit: Transaction, case_id: str) -> tuple[Reader, ...]:
    looks = await unit.execute(
        select(trail_table.c.action, trail_table.c.at, staff.c.id, staff.c.display_name, staff.c.role)
        .join(staff, staff.c.id == trail_table.c.actor)
        .where(trail_table.c.stream == trail.case_stream(case_id), trail_table.c.action.in_(_LOOKS))
        .order_by(trail_table.c.number)
    )
    found: dict[str, Reader] = {}
    views: dict[str, int] = {}
    for look in looks:
        views[look.id] = views.get(look.id, 0) + (look.action in _OPENINGS)
        if look.id not in found:
            found[look.id] = Reader(name=look.display_name, role=look.role, first_at=look.at, times=1)
    return tuple(
        Reader(name=reader.name, role=reader.role, first_at=reader.first_at, times=max(views[staff_id], 1))
        for staff_id, reader in found.items()
    )


def _decision(row: Any) -> Decision:
    return Decision(item=row.item, decision=row.decision, wording=row.wording, at=row.at)
