"""The consent ledger: one immutable row for every yes, no and taking back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import func, insert, select, update

from escalation.tables import consent
from store.database import Transaction

Item = Literal["conversation", "nickname", "area", "phone", "referral"]
ConsentDecision = Literal["granted", "refused", "withdrawn"]
ITEMS: tuple[Item, ...] = ("conversation", "nickname", "area", "phone")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentRecord:
    """One row of the ledger as others see it: a pseudonym, never a name."""

    pseudonym: str
    item: Item
    decision: ConsentDecision
    wording: str
    audience: str
    channel: str
    at: datetime
    case_id: str | None
    receiver: str = ""  # of a referral


def pseudonym_of(conversation_id: str) -> str:
    """Return the short name a conversation has in ledgers and reports."""
    return f"nhim-{conversation_id[:8]}"


async def record(
    unit: Transaction,
    *,
    conversation_id: str,
    item: Item,
    decision: ConsentDecision,
    wording: str,
    audience: str,
    channel: str,
    message_seq: int,
    at: datetime,
    case_id: str | None = None,
    receiver: str = "",
) -> None:
    """Write one decision. Rows are never changed: a later decision is a later row."""
    number = (
        await unit.execute(
            select(func.coalesce(func.max(consent.c.number), 0)).where(consent.c.conversation_id == conversation_id)
        )
    ).scalar_one()
    await unit.execute(
        insert(consent).values(
            conversation_id=conversation_id,
            number=number + 1,
            pseudonym=pseudonym_of(conversation_id),
            item=item,
            decision=decision,
            wording=wording,
            audience=audience,
            channel=channel,
            message_seq=message_seq,
            case_id=case_id,
            receiver=receiver,
            at=at,
        )
    )


async def link_to_case(unit: Transaction, *, conversation_id: str, message_seq: int, case_id: str) -> None:
    """Write the case's id beside the yes that opened it, in the transaction that recorded both."""
    await unit.execute(
        update(consent)
        .where(
            consent.c.conversation_id == conversation_id,
            consent.c.message_seq == message_seq,
            consent.c.item == "conversation",
            consent.c.case_id.is_(None),
        )
        .values(case_id=case_id)
    )


async def granted_items(unit: Transaction, case_id: str) -> dict[Item, ConsentDecision]:
    """Return the latest decision on each item of a case; each referral has decisions of its own."""
    mine = (consent.c.case_id == case_id) & (consent.c.item != "referral")
    rows = await unit.execute(select(consent).where(mine).order_by(consent.c.number))
    return {row.item: row.decision for row in rows}


async def everything(unit: Transaction) -> tuple[ConsentRecord, ...]:
    """Return the whole ledger, oldest first."""
    rows = await unit.execute(select(consent).order_by(consent.c.at, consent.c.conversation_id, consent.c.number))
    return tuple(
        ConsentRecord(
            pseudonym=row.pseudonym,
            item=row.item,
            decision=row.decision,
            wording=row.wording,
            audience=row.audience,
            channel=row.channel,
            at=row.at,
            case_id=row.case_id,
            receiver=row.receiver,
        )
        for row in rows
    )
