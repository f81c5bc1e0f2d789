"""Sessions live on the server: the browser holds an opaque token, the database its SHA-256, so either can be revoked.

The token has 256 random bits, so a plain hash is enough: there is nothing to guess.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import insert, select, update

from escalation import trail
from escalation.permissions import Staff
from escalation.staff.accounts import find_staff, staff_of, staff_stream
from escalation.staff.errors import SignedOut
from escalation.tables import staff, staff_session
from store.database import Transaction

SessionKind = Literal["browser", "api"]
LIFE: dict[SessionKind, timedelta] = {"browser": timedelta(hours=8), "api": timedelta(days=90)}
IDLE = timedelta(minutes=30)
_TOUCH_EVERY = timedelta(minutes=1)  # one write a minute is enough to tell idle from busy


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Who is signed in, and when they were last seen."""

    staff: Staff
    kind: SessionKind
    seen_at: datetime


def token_hash(token: str) -> str:
    """Return what the database keeps of a token."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()


async def open_session(unit: Transaction, staff_id: str, kind: SessionKind, now: datetime) -> str:
    """Open a session; returns the token, which is kept nowhere."""
    token = secrets.token_urlsafe(32)
    values = {
        "token_hash": token_hash(token),
        "staff_id": staff_id,
        "kind": kind,
        "created_at": now,
        "seen_at": now,
        "expires_at": now + LIFE[kind],
    }
    await unit.execute(insert(staff_session).values(**values))
    return token


async def create_api_token(unit: Transaction, *, staff_name: str, now: datetime) -> str:
    """Make a token for the staff API, valid for 90 days; raises NoSuchStaff."""
    owner = await find_staff(unit, staff_name)
    token = await open_session(unit, owner.id, "api", now)
    await trail.record(unit, stream=staff_stream(owner.id), actor=trail.SYSTEM, action="staff.token_created", at=now)
    return token


async def who(unit: Transaction, token: str, kind: SessionKind, now: datetime) -> Session:
    """Return whose token this is; raises SignedOut when it is unknown, revoked, too old or was idle too long."""
    statement = (
        select(staff, staff_session.c.seen_at, staff_session.c.expires_at)
        .join(staff_session, staff_session.c.staff_id == staff.c.id)
        .where(
            staff_session.c.token_hash == token_hash(token),
            staff_session.c.kind == kind,
            staff_session.c.revoked_at.is_(None),
            staff.c.active.is_(True),
        )
    )
    row: Any = (await unit.execute(statement)).one_or_none()
    if row is None or row.expires_at <= now or (kind == "browser" and row.seen_at + IDLE <= now):
        raise SignedOut
    return Session(staff=staff_of(row), kind=kind, seen_at=row.seen_at)


def is_stale(session: Session, now: datetime) -> bool:
    """Tell whether the time last seen is old enough to be written anew."""
    return now - session.seen_at >= _TOUCH_EVERY


async def touch(unit: Transaction, token: str, now: datetime) -> None:
    """Note that the person did something."""
    await unit.execute(update(staff_session).where(staff_session.c.token_hash == token_hash(token)).values(seen_at=now))


async def revoke(unit: Transaction, token: str, now: datetime) -> None:
    """End a session; nothing happens when there is none."""
    mine = (staff_session.c.token_hash == token_hash(token)) & staff_session.c.revoked_at.is_(None)
    await unit.execute(update(staff_session).where(mine).values(revoked_at=now))
