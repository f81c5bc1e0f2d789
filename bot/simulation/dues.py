"""When something of the product is due next, so that the world knows how far to let time pass."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select

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


_UNSENT = IS_UNSENT & (outbox.c.channel == TELEGRAM)
_SET_ASIDE = IS_SET_ASIDE & inbox.c.body_sealed.is_not(None)
_WAITS = outbox.c.next_attempt_at > bindparam("now", type_=outbox.c.next_attempt_at.type)
# Asked several times for each event: built once, since building it takes longer than asking.
_NEXT = select(
    select(func.min(inbox.c.next_attempt_at)).where(inbox.c.status == "pending").scalar_subquery(),
    select(func.min(inbox.c.next_attempt_at)).where(_SET_ASIDE).scalar_subquery(),
    select(func.min(timer.c.due_at)).scalar_subquery(),
    select(func.min(outbox.c.next_attempt_at)).where(_UNSENT, ~_WAITS).scalar_subquery(),
    select(func.min(outbox.c.next_attempt_at)).where(_UNSENT, _WAITS).scalar_subquery(),
)


async def dues_of(database: Database, now: datetime) -> Dues:
    """Return what is due next of each kind."""
    async with database.reading() as unit:
        row: Any = (await unit.execute(_NEXT, {"now": now})).one()
    return Dues(turn=row[0], again=row[1], timer=row[2], send=row[3], later_send=row[4])
