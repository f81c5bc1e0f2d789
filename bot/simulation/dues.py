"""When something of the product is due next, so that the world knows how far to let time pass."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from bot.simulation.happening import TELEGRAM
from store.database import Database
from store.tables import IS_SET_ASIDE, IS_UNSENT, inbox, outbox, timer


@dataclass(frozen=True, slots=True, kw_only=True)
class Dues:
    """A turn, one that was set aside, a timer, a sending that can be tried now, one that waits; None: there is none."""

    turn: datetime | None
    again: datetime | None
    timer: datetime | None
    send: datetime | None
    later_send: datetime | None


async def dues_of(database: Database, now: datetime) -> Dues:
    """Return what is due next of each kind."""
    unsent = IS_UNSENT & (outbox.c.channel == TELEGRAM)
    set_aside = IS_SET_ASIDE & inbox.c.body_sealed.is_not(None)
    waits = outbox.c.next_attempt_at > now
    statement = select(
        select(func.min(inbox.c.next_attempt_at)).where(inbox.c.status == "pending").scalar_subquery(),
        select(func.min(inbox.c.next_attempt_at)).where(set_aside).scalar_subquery(),
        select(func.min(timer.c.due_at)).scalar_subquery(),
        select(func.min(outbox.c.next_attempt_at)).where(unsent, ~waits).scalar_subquery(),
        select(func.min(outbox.c.next_attempt_at)).where(unsent, waits).scalar_subquery(),
    )
    async with database.reading() as unit:
        row: Any = (await unit.execute(statement)).one()
    return Dues(turn=row[0], again=row[1], timer=row[2], send=row[3], later_send=row[4])
