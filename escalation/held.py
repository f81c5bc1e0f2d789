"""Which children a member of staff holds, and since when one of them waits for an answer; no words of the child."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from escalation.tables import cases
from store.database import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One child with somebody."""

    case_id: str
    waits_since: datetime | None  # the child's last message without an answer; None when it is the child's turn


async def held_by(unit: Transaction, staff_id: str) -> tuple[Held, ...]:
    """Return the children this person holds, the one that has waited longest first."""
    mine = (cases.c.state == "claimed") & (cases.c.owner_id == staff_id)
    rows = (await unit.execute(select(cases).where(mine))).all()
    held = [Held(case_id=row.id, waits_since=_waits_since(row.last_child_at, row.last_reply_at)) for row in rows]
    waiting = sorted((one for one in held if one.waits_since), key=lambda one: str(one.waits_since))
    return (*waiting, *(one for one in held if one.waits_since is None))


def _waits_since(child: datetime | None, reply: datetime | None) -> datetime | None:
    return child if child is not None and (reply is None or reply < child) else None
