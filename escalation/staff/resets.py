"""A lost second factor: the admin hands over a one-time link, and its owner puts a new authenticator in place.

The link alone is not enough: it asks for the password too, so that neither a stolen link nor a stolen password is.
Nobody makes a link for the account they use.
"""

import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update

from escalation import trail
from escalation.errors import BadRequest
from escalation.permissions import Staff
from escalation.staff import attempts, notices, passwords, recovery, second_factor
from escalation.staff.accounts import staff_of, staff_stream
from escalation.staff.errors import CodeRefused, LinkGone, NoSuchStaff, ProofRefused
from escalation.staff.sessions import token_hash
from escalation.staff.tables import reset_link
from escalation.tables import staff
from store.database import Database, Transaction
from store.vault import Vault

LIFE = timedelta(hours=24)


async def make_link(unit: Transaction, staff_id: str, *, by: Staff, now: datetime) -> tuple[Staff, str]:
    """Return whose link it is and its token, good for a day; earlier links of that account stop working.

    Raises NoSuchStaff, or BadRequest for one's own account. The caller has asked for the permission.
    """
    if staff_id == by.id:
        raise BadRequest
    row = (await unit.execute(select(staff).where(staff.c.id == staff_id, staff.c.active.is_(True)))).one_or_none()
    if row is None:
        raise NoSuchStaff
    mine = (reset_link.c.staff_id == staff_id) & reset_link.c.used_at.is_(None)
    await unit.execute(update(reset_link).where(mine).values(used_at=now))
    token = secrets.token_urlsafe(32)
    await unit.execute(
        insert(reset_link).values(token_hash=token_hash(token), staff_id=staff_id, expires_at=now + LIFE)
    )
    await trail.record(unit, stream=staff_stream(staff_id), actor=by.id, action="staff.reset_link_made", at=now)
    await notices.add(unit, staff_id, "reset_link_made", now)
    return staff_of(row), token


async def owner_of(unit: Transaction, token: str, now: datetime) -> Any:
    """Return the account row that a link is for; raises LinkGone."""
    statement = (
        select(staff)
        .join(reset_link, reset_link.c.staff_id == staff.c.id)
        .where(
            reset_link.c.token_hash == token_hash(token),
            reset_link.c.used_at.is_(None),
            reset_link.c.expires_at > now,
            staff.c.active.is_(True),
        )
    )
    row = (await unit.execute(statement)).one_or_none()
    if row is None:
        raise LinkGone
    return row


async def begin(database: Database, vault: Vault, token: str, password: str, now: datetime) -> tuple[Staff, str]:
    """Check the password and return whose account it is and the new secret. Raises LinkGone, ProofRefused, TryLater."""
    key = attempts.key_of(vault, "reset", token_hash(token))
    async with database.transaction() as unit:
        row = await owner_of(unit, token, now)
        await attempts.begin(unit, key, now)
    if not await passwords.is_right(row.password_hash, password, lane=token_hash(token)):
        raise ProofRefused
    async with database.transaction() as unit:
        await attempts.forget(unit, key)
        return staff_of(row), await second_factor.begin_change(unit, vault, row.id, now)


async def pending(unit: Transaction, vault: Vault, token: str, now: datetime) -> tuple[Staff, str]:
    """Return account and secret once more, after a wrong code. Raises LinkGone, also where nothing waits."""
    row = await owner_of(unit, token, now)
    secret = await second_factor.pending(unit, vault, row.id, now)
    if secret is None:
        raise LinkGone
    return staff_of(row), secret


async def finish(database: Database, vault: Vault, token: str, code: str, now: datetime) -> tuple[str, ...]:
    """Put the new authenticator in place by its first code, use the link up, and return fresh recovery codes.

    Every session of the account ends. Raises LinkGone, CodeRefused or TryLater.
    """
    key = attempts.key_of(vault, "reset-code", token_hash(token))
    async with database.transaction() as unit:
        await owner_of(unit, token, now)
        await attempts.begin(unit, key, now)
    async with database.transaction() as unit:
        row = await owner_of(unit, token, now)
        if await second_factor.confirm_change(unit, vault, row.id, code, keep=None, now=now):
            mine = (reset_link.c.token_hash == token_hash(token)) & reset_link.c.used_at.is_(None)
            if (await unit.execute(update(reset_link).where(mine).values(used_at=now))).rowcount != 1:
                raise LinkGone
            await attempts.forget(unit, key)
            return await recovery.make_codes(unit, vault, row.id, by=row.id, now=now)
    raise CodeRefused
