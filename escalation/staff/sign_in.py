"""Signing in and out. A wrong name, password and code look alike, take equally long and are never told apart."""

from datetime import datetime

from sqlalchemy import select, update

from escalation import queue, trail
from escalation.permissions import Staff
from escalation.staff import attempts, codes, passwords, sessions
from escalation.staff.accounts import clean_name, staff_of, staff_stream, totp_place
from escalation.staff.errors import SignInRefused
from escalation.tables import staff
from store.database import Database
from store.vault import Vault

_DECOY_SECRET = "A" * 32  # the work of a check for a name that does not exist


async def sign_in(
    database: Database,
    vault: Vault,
    *,
    name: str,
    password: str,
    code: str,
    address: str,
    now: datetime,
    old_token: str | None = None,
) -> tuple[Staff, str]:
    """Check name, password and code; returns who it is and a fresh token. Raises SignInRefused or TryLater.

    The slow hash runs outside any transaction, so that nobody's sign-in holds up a child's message.
    """
    cleaned = clean_name(name)
    key = attempts.key_of(vault, cleaned, address)
    async with database.transaction() as unit:
        # Counted before it is checked: a burst of guesses at the same moment cannot slip past the limit.
        await attempts.begin(unit, key, now)
        known = select(staff).where(staff.c.name == cleaned, staff.c.active.is_(True))
        row = (await unit.execute(known)).one_or_none()
    right = await passwords.is_right(None if row is None else row.password_hash, password)
    secret = _DECOY_SECRET if row is None else vault.open(totp_place(row.id), row.totp_sealed)
    step = codes.used_step(secret, code, after=0 if row is None else row.totp_last, now=now)
    async with database.transaction() as unit:
        if row is not None and right and step is not None:
            # Conditional, so that of two requests with one code only one gets in.
            fresh = (staff.c.id == row.id) & (staff.c.totp_last < step) & staff.c.active.is_(True)
            if (await unit.execute(update(staff).where(fresh).values(totp_last=step))).rowcount == 1:
                await attempts.forget(unit, key)
                if old_token is not None:
                    await sessions.revoke(unit, old_token, now)
                token = await sessions.open_session(unit, row.id, "browser", now)
                await trail.record(unit, stream=staff_stream(row.id), actor=row.id, action="staff.signed_in", at=now)
                return staff_of(row), token
    raise SignInRefused


async def sign_out(database: Database, who: Staff, token: str, now: datetime) -> None:
    """End the session, and with it being ready for children."""
    async with database.transaction() as unit:
        await sessions.revoke(unit, token, now)
        await queue.mark_present(unit, who, now, on=False)
        await trail.record(unit, stream=staff_stream(who.id), actor=who.id, action="staff.signed_out", at=now)
