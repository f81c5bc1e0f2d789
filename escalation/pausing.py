"""Asking a child to wait a moment: said in approved words, as any words of its counsellor, and no clock stops for it.

A pause is no answer. The targets of the first reply and of silence go on as if nothing had been said, so that a child
that was asked to wait is never forgotten.
"""

from datetime import datetime

from sqlalchemy import select

from escalation import queue
from escalation.permissions import Staff, require
from escalation.tables import trail as trail_table
from escalation.trail import case_stream
from store.database import Transaction
from store.vault import Vault

PAUSED = "case.paused"
# The pause is over once its counsellor writes, or the child is another's.
_OVER = ("case.replied", "case.claimed", "case.picked", "case.accepted", "case.given", "case.taken_over")


async def ask_to_wait(
    unit: Transaction,
    vault: Vault,
    staff: Staff,
    case_id: str,
    *,
    lease: int,
    message_id: str,
    text: str,
    now: datetime,
) -> None:
    """Send the child the approved words that ask it to wait. The same `message_id` twice is one. Raises LeaseLost."""
    require(staff, "case.reply")
    row = await queue.holding(unit, staff, case_id, lease)
    said = {"event": "said", "name": staff.display_name, "text": text}
    await queue.tell_child(unit, vault, row, f"said:{message_id}", said, now)
    await queue.note(unit, staff, case_id, PAUSED, now)


async def waits_since(unit: Transaction, case_id: str) -> datetime | None:
    """Return since when the child of a claimed case was asked to wait, or None."""
    mine = (trail_table.c.stream == case_stream(case_id)) & trail_table.c.action.in_((PAUSED, *_OVER))
    newest = select(trail_table.c.action, trail_table.c.at).where(mine).order_by(trail_table.c.number.desc()).limit(1)
    row = (await unit.execute(newest)).one_or_none()
    return row.at if row is not None and row.action == PAUSED else None
