"""The lock of a running session on a shared machine, and the PIN that opens it.

Locking ends nothing: the session, its claims and what is being written stay. But no page and no stream answers, and
its owner is not ready for children, until the PIN is typed. Five wrong tries in a row end the session; a PIN alone
lets nobody in, because a new session needs password and code.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from escalation import trail
from escalation.staff import notices, passwords
from escalation.staff.accounts import staff_stream
from escalation.staff.errors import SignedOut, WeakPin, WrongPin
from escalation.staff.sessions import Session, token_hash
from escalation.tables import presence, staff, staff_session
from store.database import Database, Transaction
from store.signals import QUEUE

MOST_TRIES = 5
PIN_DIGITS = 6
GRACE = timedelta(seconds=90)
"""How much later than the page the server locks by itself; a page tells once a minute that somebody is there."""
_TRIED_FIRST = frozenset(
    {"123123", "321321", "112233", "332211", "121212", "212121", "123321", "101010", "202020", "131313", "110110"}
    | {"159753", "147258", "258369", "111222", "789456", "456789", "696969", "686868", "888666", "666888", "789789"}
    | {"".join(str((first + step * place) % 10) for place in range(6)) for first in range(10) for step in (1, -1)}
)


def is_due(session: Session, after: timedelta | None, now: datetime) -> bool:
    """Tell whether the server locks this session by itself: its page is gone or asleep. None never locks."""
    return after is not None and not session.locked and session.seen_at + after + GRACE <= now


async def lock(unit: Transaction, staff_id: str, token: str, now: datetime) -> None:
    """Lock a session; its owner is not ready for children from here on. Locked already, it stays as it is."""
    mine = (staff_session.c.token_hash == token_hash(token)) & staff_session.c.locked_at.is_(None)
    if (await unit.execute(update(staff_session).where(mine).values(locked_at=now))).rowcount == 0:
        return
    # The row stays, so that being ready comes back with the page, as after a lost line.
    ready = (presence.c.staff_id == staff_id) & (presence.c.until > now)
    await unit.execute(update(presence).where(ready).values(until=now))
    await trail.record(unit, stream=staff_stream(staff_id), actor=staff_id, action="staff.locked", at=now)
    unit.signal(QUEUE)


async def unlock(database: Database, staff_id: str, token: str, typed: str, now: datetime) -> None:
    """Open a locked session by its owner's PIN (or password, where there is no PIN).

    Raises WrongPin, or SignedOut after the fifth wrong try in a row: the session has ended then. A try is counted
    before it is checked, so that a burst of them at one moment is no more than five.
    """
    mine = (staff_session.c.token_hash == token_hash(token)) & staff_session.c.revoked_at.is_(None)
    async with database.transaction() as unit:
        counted = update(staff_session).where(mine, staff_session.c.pin_failures < MOST_TRIES)
        counted = counted.values(pin_failures=staff_session.c.pin_failures + 1)
        tries = (await unit.execute(counted.returning(staff_session.c.pin_failures))).scalar_one_or_none()
        secret: Any = (await unit.execute(select(staff).where(staff.c.id == staff_id))).one()
    if tries is None:
        raise SignedOut
    right = await passwords.is_right(secret.pin_hash or secret.password_hash, typed, lane=token_hash(token))
    async with database.transaction() as unit:
        if right:
            values = {"locked_at": None, "pin_failures": 0, "seen_at": now}
            if (await unit.execute(update(staff_session).where(mine).values(**values))).rowcount == 0:
                raise SignedOut
            await _note(unit, staff_id, "staff.unlocked", now)
            return
        if tries >= MOST_TRIES:
            await unit.execute(update(staff_session).where(mine).values(revoked_at=now))
            await _note(unit, staff_id, "staff.locked_out", now)
    raise SignedOut if tries >= MOST_TRIES else WrongPin


async def set_pin(database: Database, staff_id: str, pin: str, now: datetime) -> None:
    """Set the PIN of an account; raises WeakPin."""
    check_pin(pin)
    hashed = await passwords.hash_pin(pin)
    async with database.transaction() as unit:
        await unit.execute(update(staff).where(staff.c.id == staff_id).values(pin_hash=hashed))
        await _note(unit, staff_id, "staff.pin_changed", now)
        await notices.add(unit, staff_id, "pin_changed", now)


def check_pin(pin: str) -> None:
    """Raise WeakPin unless it is six digits that not everybody tries first."""
    digits = pin.isascii() and pin.isdigit() and len(pin) == PIN_DIGITS
    if not digits or len(set(pin)) == 1 or pin in _TRIED_FIRST:
        raise WeakPin


async def _note(unit: Transaction, staff_id: str, action: str, now: datetime) -> None:
    await trail.record(unit, stream=staff_stream(staff_id), actor=staff_id, action=action, at=now)
