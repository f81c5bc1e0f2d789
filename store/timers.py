"""What is due: rows that ring by becoming inbox rows: a timer is one more event in the conversation's order."""

from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, select
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from store import inbox
from store.database import Transaction
from store.tables import conversation, timer
from store.vault import Vault


async def set_timer(unit: Transaction, conversation_id: str, name: str, due_at: datetime) -> None:
    """Set or move the timer `name` of a conversation."""
    statement: Any = (sqlite_insert if unit.is_sqlite else postgres_insert)(timer).values(
        conversation_id=conversation_id, name=name, due_at=due_at
    )
    await unit.execute(
        statement.on_conflict_do_update(index_elements=[timer.c.conversation_id, timer.c.name], set_={"due_at": due_at})
    )


async def cancel(unit: Transaction, conversation_id: str, name: str) -> None:
    """Forget the timer `name`; nothing happens when it is not set."""
    await unit.execute(delete(timer).where(and_(timer.c.conversation_id == conversation_id, timer.c.name == name)))


async def ring_one(unit: Transaction, vault: Vault, now: datetime) -> bool:
    """Turn the oldest due timer into an inbox row; returns False when none is due.

    A turn holds its conversation and then sets or cancels timers: this takes the two in the same order, and leaves
    alone whoever is in a turn just now.
    """
    due = (
        select(timer)
        .join(conversation, conversation.c.id == timer.c.conversation_id)
        .where(timer.c.due_at <= now)
        .order_by(timer.c.due_at)
        .limit(1)
        .with_for_update(skip_locked=True, of=conversation)
    )
    row = (await unit.execute(due)).one_or_none()
    if row is None:
        return False
    mine = (timer.c.conversation_id == row.conversation_id) & (timer.c.name == row.name)
    rung = await unit.execute(delete(timer).where(mine, timer.c.due_at == row.due_at))
    if rung.rowcount == 0:
        return True  # moved or cancelled since our look: look again
    await inbox.post(
        unit,
        vault,
        row.conversation_id,
        kind=inbox.TIMER,
        external_id=f"timer:{row.name}:{row.due_at.isoformat()}",
        body={"name": row.name},
        now=now,
    )
    return True
