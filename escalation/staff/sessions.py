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
from escalation.permissions import Staff, narrowed
from escalation.staff.accounts import find_staff, staff_of, staff_stream
from escalation.staff.errors import NoSuchStaff, SignedOut
from escalation.tables import staff, staff_session
from store.database import Transaction

SessionKind = Literal["browser", "api"]
LIFE: dict[SessionKind, timedelta] = {"browser": timedelta(hours=8), "api": timedelta(days=90)}
IDLE = timedelta(minutes=30)
FRESH = timedelta(minutes=5)
"""How long a code of the authenticator counts for acts that ask for one."""
_TOUCH_EVERY = timedelta(minutes=1)  # one write a minute is enough to tell idle from busy


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Who is signed in, when they last did something, and what they have proved."""

    staff: Staff
    kind: SessionKind
    seen_at: datetime
    locked: bool
    has_pin: bool
    stepped_up_at: datetime | None
    recovered_at: datetime | None

    def proved(self, now: datetime) -> bool:
        """Tell whether a code of the authenticator was given within the last five minutes."""
        return self.stepped_up_at is not None and self.stepped_up_at + FRESH > now

    def recovered(self, now: datetime) -> bool:
        """Tell whether it began with a recovery code within the last five minutes."""
        return self.recovered_at is not None and self.recovered_at + FRESH > now


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSession:
    """A session as its owner or the admin sees it. `id` is the token's hash, which opens nothing."""

    id: str
    kind: SessionKind
    browser: str | None
    label: str | None  # of a token that was made on the desk: which system uses it
    created_at: datetime
    seen_at: datetime
    locked: bool


def token_hash(token: str) -> str:
    """Return what the database keeps of a token."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()


async def open_session(
    unit: Transaction,
    staff_id: str,
    kind: SessionKind,
    now: datetime,
    *,
    browser: str | None = None,
    recovered: bool = False,
) -> str:
    """Open a session; returns the token, which is kept nowhere. `recovered`: by a recovery code instead of a code."""
    token = secrets.token_urlsafe(32)
    proof = {"recovered_at": now} if recovered else {"stepped_up_at": now}
    values = {
        "token_hash": token_hash(token),
        "staff_id": staff_id,
        "kind": kind,
        "created_at": now,
        "seen_at": now,
        "expires_at": now + LIFE[kind],
        "browser": browser,
    }
    await unit.execute(insert(staff_session).values(**values, **proof))
    return token


async def create_api_token(unit: Transaction, *, staff_name: str, now: datetime) -> str:
    """Make a token for the staff API, valid for 90 days; raises NoSuchStaff."""
    owner = await find_staff(unit, staff_name)
    token = await open_session(unit, owner.id, "api", now)
    await trail.record(unit, stream=staff_stream(owner.id), actor=trail.SYSTEM, action="staff.token_created", at=now)
    return token


async def who(unit: Transaction, token: str, kind: SessionKind, now: datetime) -> Session:
    """Return whose token this is; raises SignedOut when it is unknown, revoked, too old or was idle too long."""
    mine = staff_session.c
    kept = (mine.seen_at, mine.expires_at, mine.locked_at, mine.stepped_up_at, mine.recovered_at)
    statement = (
        select(staff, *kept, mine.actions, mine.area.label("only_area"))
        .join(staff_session, mine.staff_id == staff.c.id)
        .where(
            mine.token_hash == token_hash(token),
            mine.kind == kind,
            mine.revoked_at.is_(None),
            staff.c.active.is_(True),
        )
    )
    row: Any = (await unit.execute(statement)).one_or_none()
    if row is None or row.expires_at <= now or (kind == "browser" and row.seen_at + IDLE <= now):
        raise SignedOut
    return Session(
        staff=narrowed(staff_of(row), row.actions, row.only_area),
        kind=kind,
        seen_at=row.seen_at,
        locked=row.locked_at is not None,
        has_pin=row.pin_hash is not None,
        stepped_up_at=row.stepped_up_at,
        recovered_at=row.recovered_at,
    )


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


async def open_sessions(unit: Transaction, staff_id: str, now: datetime) -> tuple[OpenSession, ...]:
    """Return the sessions and tokens of an account that still let somebody in, the one used last first."""
    rows = await unit.execute(select(staff_session).where(_open(staff_id)).order_by(staff_session.c.seen_at.desc()))
    return tuple(
        OpenSession(
            id=row.token_hash,
            kind=row.kind,
            browser=row.browser,
            label=row.label,
            created_at=row.created_at,
            seen_at=row.seen_at,
            locked=row.locked_at is not None,
        )
        for row in rows
        if row.expires_at > now and (row.kind == "api" or row.seen_at + IDLE > now)
    )


async def end_one(unit: Transaction, staff_id: str, session_id: str, now: datetime) -> None:
    """End one session of an account; raises NoSuchStaff where it has none by that id."""
    mine = _open(staff_id) & (staff_session.c.token_hash == session_id)
    if (await unit.execute(update(staff_session).where(mine).values(revoked_at=now))).rowcount == 0:
        raise NoSuchStaff


async def end_others(unit: Transaction, staff_id: str, *, keep: str | None, now: datetime) -> int:
    """End every browser's session of an account but that of the token `keep`; returns how many there were."""
    others = _open(staff_id) & (staff_session.c.kind == "browser")
    if keep is not None:
        others &= staff_session.c.token_hash != token_hash(keep)
    return (await unit.execute(update(staff_session).where(others).values(revoked_at=now))).rowcount


def _open(staff_id: str) -> Any:
    return (staff_session.c.staff_id == staff_id) & staff_session.c.revoked_at.is_(None)
