"""What is due: rows that ring by becoming inbox rows: a timer is one more event in the conversation's order."""

from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, select
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from store import inbox
from store.database import Transaction
from store.tables import timer
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
    """Turn the oldest due timer into an inbox row; returns False when none is due."""
    statement = select(timer).where(timer.c.due_at <= now).order_by(timer.c.due_at).limit(1)
    row = (await unit.execute(statement.with_for_update(skip_locked=True))).one_or_none()
    if row is None:
        return False
    await cancel(unit, row.conversation_id, row.name)
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
