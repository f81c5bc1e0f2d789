"""How many conversations with the bot carry a risk now, by urgency, and nothing else: ADR 0032.

The turn writes one row for a conversation in its own transaction; the desk counts rows and never reads one. Numbers
under 3 are not told, not even that there is anybody: a child appears only by its own yes.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from escalation.permissions import Staff, require
from escalation.priority import TARGETS
from escalation.shift.tables import lobby
from store.database import Transaction

FEWEST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many there are of one urgency; None for fewer than three, and nobody can tell whether there is any."""

    urgency: str
    count: int | None


async def note(unit: Transaction, conversation_id: str, urgency: str, *, now: datetime, until: datetime) -> None:
    """Let a conversation be counted until then, from the next whole minute on: no count moves as a child writes."""
    minute = now.replace(second=0, microsecond=0) + timedelta(minutes=1)
    statement: Any = (sqlite_insert if unit.is_sqlite else postgres_insert)(lobby)
    fresh = {"conversation_id": conversation_id, "urgency": urgency, "counts_from": minute, "until": until}
    changed = {"urgency": urgency, "until": until}
    await unit.execute(
        statement.values(**fresh).on_conflict_do_update(index_elements=[lobby.c.conversation_id], set_=changed)
    )


async def leave(unit: Transaction, conversation_id: str) -> None:
    """Count a conversation no more: it carries no risk, said no, left, or has a case of its own."""
    await unit.execute(delete(lobby).where(lobby.c.conversation_id == conversation_id))


async def counts(unit: Transaction, staff: Staff, now: datetime) -> tuple[Count, ...]:
    """Return how many conversations carry a risk now, the gravest first; the same for every area."""
    require(staff, "lobby.view")
    here = (lobby.c.counts_from <= now) & (lobby.c.until > now)
    found = select(lobby.c.urgency, func.count().label("many")).where(here).group_by(lobby.c.urgency)
    known = {row.urgency: row.many for row in await unit.execute(found)}
    return tuple(
        Count(urgency=urgency, count=known[urgency] if known.get(urgency, 0) >= FEWEST else None) for urgency in TARGETS
    )


async def forget_old(unit: Transaction, now: datetime) -> int:
    """Remove what is counted no more."""
    return (await unit.execute(delete(lobby).where(lobby.c.until <= now))).rowcount
