"""The one order of locks, so that a child's turn and the desk never wait for each other: conversation, case, trail.

A turn of the bot holds its conversation before it comes to the case. Whoever at the desk changes a case does the same;
whoever only looks locks nothing. One unit of work holds one conversation at a time.
"""

from typing import Any

from sqlalchemy import select

from escalation.tables import cases
from store import conversations
from store.database import Transaction


async def hold_case(unit: Transaction, case_id: str) -> Any | None:
    """Hold a case and its conversation until the unit of work ends; returns the case's row, or None without one."""
    mine = cases.c.id == case_id
    conversation_id = (await unit.execute(select(cases.c.conversation_id).where(mine))).scalar_one_or_none()
    if conversation_id is None:
        return None
    await conversations.hold(unit, conversation_id)
    return (await unit.execute(select(cases).where(mine).with_for_update())).one_or_none()
