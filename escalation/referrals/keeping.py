"""What is sealed of a referral, and how it goes with the words of its case. That it was sent stays: it is the proof."""

from typing import Any

from sqlalchemy import exists, or_, update

from escalation.referrals.tables import referral
from store.database import Transaction

_SEALED = ("body_sealed", "reason_sealed", "packet_sealed", "answer_sealed")


def body_place(referral_id: str) -> str:
    """Return the place that a referral's own words are sealed for."""
    return f"referral/{referral_id}/body"


def reason_place(referral_id: str) -> str:
    """Return the place that the reason of its ground is sealed for."""
    return f"referral/{referral_id}/reason"


def packet_place(referral_id: str) -> str:
    """Return the place that the packet is sealed for as it was sent."""
    return f"referral/{referral_id}/packet"


def answer_place(referral_id: str) -> str:
    """Return the place that a receiver's answer is sealed for."""
    return f"referral/{referral_id}/answer"


async def forget(unit: Transaction, case_id: str) -> None:
    """Erase the words of every referral of a case."""
    mine = update(referral).where(referral.c.case_id == case_id)
    await unit.execute(mine.values(**dict.fromkeys(_SEALED)))


def kept_of(case_id: Any) -> Any:
    """Return the condition that words of a referral of the case are kept."""
    words = or_(*(referral.c[name].is_not(None) for name in _SEALED))
    return exists().where(referral.c.case_id == case_id, words)
