"""Signing in and out. A wrong name, password and code look alike, take equally long and are never told apart."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from escalation import queue, trail
from escalation.permissions import Staff
from escalation.staff import attempts, codes, devices, passwords, recovery, second_factor, sessions
from escalation.staff.accounts import clean_name, staff_of, staff_stream, totp_place
from escalation.staff.errors import SignInRefused
from escalation.tables import staff
from store.database import Database, Transaction
from store.vault import Vault

_DECOY_SECRET = "A" * 32  # the work of a check for a name that does not exist


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Where a sign-in comes from: the address, the browser's family, and its mark of an earlier sign-in."""

    address: str
    browser: str | None = None
    mark: str | None = None
    old_token: str | None = None


async def sign_in(
    database: Database,
    vault: Vault,
    *,
    name: str,
    password: str,
    code: str,
    visitor: Visitor,
    now: datetime,
    by_recovery: bool = False,
) -> tuple[Staff, str]:
    """Check name, password and code; returns who it is and a fresh token. Raises SignInRefused or TryLater.

    With `by_recovery` the code is a recovery code, and the session has no fresh code of the authenticator.
    The slow hash runs outside any transaction, so that nobody's sign-in holds up a child's message.
    """
    cleaned = clean_name(name)
    place = devices.place_of(vault, cleaned, visitor.mark, visitor.address)
    key = attempts.key_of(vault, cleaned, place)
    async with database.transaction() as unit:
        # Counted before it is checked: a burst of guesses at the same moment cannot slip past the limit.
        await attempts.begin(unit, key, now)
        known = select(staff).where(staff.c.name == cleaned, staff.c.active.is_(True))
        row: Any = (await unit.execute(known)).one_or_none()
    right = await passwords.is_right(None if row is None else row.password_hash, password, lane=place)
    proof = _recovery_proof if by_recovery else _code_proof
    async with database.transaction() as unit:
        if await proof(unit, vault, row, code, now, right=right):
            await attempts.forget(unit, key)
            if visitor.old_token is not None:
                await sessions.revoke(unit, visitor.old_token, now)
            token = await sessions.open_session(
                unit, row.id, "browser", now, browser=visitor.browser, recovered=by_recovery
            )
            await trail.record(unit, stream=staff_stream(row.id), actor=row.id, action="staff.signed_in", at=now)
            return staff_of(row), token
    raise SignInRefused


async def _code_proof(unit: Transaction, vault: Vault, row: Any, code: str, now: datetime, *, right: bool) -> bool:
    secret = _DECOY_SECRET if row is None else vault.open(totp_place(row.id), row.totp_sealed)
    step = codes.used_step(secret, code, after=0 if row is None else row.totp_last, now=now)
    return right and step is not None and await second_factor.spend(unit, row.id, step)


async def _recovery_proof(unit: Transaction, vault: Vault, row: Any, code: str, now: datetime, *, right: bool) -> bool:
    # A code is used up only where the password was right, or a stranger could use up somebody's codes.
    return right and await recovery.use(unit, vault, row.id, code, now)


async def sign_out(database: Database, who: Staff, token: str, now: datetime) -> None:
    """End the session, and with it being ready for children."""
    async with database.transaction() as unit:
        await sessions.revoke(unit, token, now)
        await queue.mark_present(unit, who, now, on=False)
        await trail.record(unit, stream=staff_stream(who.id), actor=who.id, action="staff.signed_out", at=now)
