"""The pieces that every act of staff on a referral is made of: hold it, change it, write it into the trail."""

from datetime import datetime
from typing import Any

from sqlalchemy import update

from escalation import queue
from escalation.permissions import Staff
from escalation.referrals.errors import ChangedMeanwhile, NotNow, OpensAtClaim, Unreadable
from escalation.referrals.machine import UNSENT
from escalation.referrals.rows import locked_case, row_of
from escalation.referrals.tables import referral
from escalation.vital import opens_at_claim
from store.database import Transaction
from store.vault import Vault

MAX_REQUEST_CHARACTERS = 1000
MAX_TEXT_CHARACTERS = 4000


async def hold(
    unit: Transaction,
    vault: Vault,
    staff: Staff,
    case_id: str,
    referral_id: str,
    version: int,
    states: tuple[str, ...],
) -> tuple[Any, Any]:
    """Hold conversation, case and referral; raises where it changed meanwhile or is in none of the states."""
    case = await locked_case(unit, vault, staff, case_id)
    row = await row_of(unit, case_id, referral_id, lock=True)
    if row.version != version:
        raise ChangedMeanwhile
    if row.state not in states:
        raise NotNow
    return case, row


async def hold_open(
    unit: Transaction,
    vault: Vault,
    staff: Staff,
    case_id: str,
    referral_id: str,
    version: int,
) -> tuple[Any, Any]:
    """Hold a referral that is not outside, for whoever writes in it; raises as `hold` and `require_open` do."""
    case, row = await hold(unit, vault, staff, case_id, referral_id, version, UNSENT)
    require_open(case)
    return case, row


def require_open(case: Any) -> None:
    """Raise OpensAtClaim while what staff wrote of a case row is not open to be read: nobody writes on unread."""
    if opens_at_claim(case):
        raise OpensAtClaim


async def save(unit: Transaction, row: Any, **values: Any) -> None:
    """Change a row that is held; whoever has an older page changes nothing after this."""
    mine = update(referral).where(referral.c.id == row.id)
    await unit.execute(mine.values(version=row.version + 1, **values))


async def note(
    unit: Transaction, staff: Staff, case_id: str, referral_id: str, action: str, now: datetime, **detail: Any
) -> None:
    """Write an act into the trail of the case: ids and words of ours."""
    await queue.note(unit, staff, case_id, f"referral.{action}", now, referral=referral_id, **detail)


def checked_text(text: str, most: int, *, needed: bool = False) -> str:
    """Return the words without space around them; raises Unreadable where they are too long, or needed and missing."""
    words = text.strip()
    if len(words) > most or (needed and not words):
        raise Unreadable(f"This needs {1 if needed else 0} to {most} characters.")
    return words
