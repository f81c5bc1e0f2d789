"""A supervisor listens and whispers: the counsellor sees that somebody looks, and the child sees nothing of it."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from escalation import queue
from escalation.cases import raise_alert
from escalation.errors import WrongState
from escalation.permissions import Staff, require
from escalation.shift import notes
from escalation.shift.tables import listener
from escalation.tables import alert
from store.database import Transaction
from store.signals import case_topic
from store.vault import Vault

WANTED = "listener_wanted"  # an alert
LASTS = timedelta(seconds=45)  # the open page says so anew every 20 s


async def listen(unit: Transaction, staff: Staff, case_id: str, now: datetime) -> None:
    """Note that this supervisor has the case open now; ask `queue.visible` before."""
    require(staff, "case.whisper")
    statement: Any = (sqlite_insert if unit.is_sqlite else postgres_insert)(listener)
    statement = statement.values(case_id=case_id, staff_id=staff.id, until=now + LASTS)
    place = [listener.c.case_id, listener.c.staff_id]
    await unit.execute(statement.on_conflict_do_update(index_elements=place, set_={"until": now + LASTS}))
    unit.signal(case_topic(case_id))


async def stop(unit: Transaction, staff: Staff, case_id: str) -> None:
    """Note that the page is gone."""
    mine = (listener.c.case_id == case_id) & (listener.c.staff_id == staff.id)
    await unit.execute(delete(listener).where(mine))
    unit.signal(case_topic(case_id))


async def listeners(unit: Transaction, case_id: str, now: datetime) -> tuple[str, ...]:
    """Return which supervisors have the case open now."""
    mine = (listener.c.case_id == case_id) & (listener.c.until > now)
    return tuple(sorted((await unit.execute(select(listener.c.staff_id).where(mine))).scalars()))


async def invite(unit: Transaction, staff: Staff, case_id: str, lease: int, now: datetime) -> None:
    """Ask the supervisors to listen; asked again before one has seen it, it is one wish. Raises LeaseLost."""
    require(staff, "case.reply")
    await queue.holding(unit, staff, case_id, lease)
    asked = (alert.c.case_id == case_id) & (alert.c.kind == WANTED) & alert.c.seen_at.is_(None)
    if (await unit.execute(select(alert.c.number).where(asked))).first() is None:
        await raise_alert(unit, case_id, WANTED, now)
        await queue.note(unit, staff, case_id, "case.listener_wanted", now)


async def whisper(unit: Transaction, vault: Vault, staff: Staff, case_id: str, text: str, now: datetime) -> None:
    """Tell the counsellor of a case something that nobody else reads, the child least of all.

    Raises NotAllowed, NoSuchCase, BadRequest, or WrongState where nobody else has the child.
    """
    require(staff, "case.whisper")
    words = notes.checked(text, needed=True)
    row = await queue.locked(unit, vault, staff, case_id)
    if row.state != "claimed" or row.owner_id == staff.id:
        raise WrongState
    await notes.write(unit, vault, staff, row, kind="whisper", text=words, to_id=row.owner_id, now=now)
    await queue.note(unit, staff, case_id, "case.whispered", now, to=row.owner_id)
