"""What people change about their own account, each by proving anew who they are."""

from datetime import datetime

from sqlalchemy import select, update

from escalation import trail
from escalation.permissions import Staff
from escalation.staff import attempts, notices, passwords, recovery, tokens
from escalation.staff.accounts import staff_stream
from escalation.staff.errors import ProofRefused
from escalation.staff.sessions import end_others, token_hash
from escalation.tables import staff
from store.database import Database
from store.vault import Vault


async def change_password(
    database: Database, vault: Vault, *, who: Staff, token: str, old: str, new: str, now: datetime
) -> None:
    """Put a new password in place of the old one; every other session and every token of the API ends.

    Raises ProofRefused, TryLater, WeakPassword or CommonPassword. The caller has asked for a fresh code.
    """
    hashed = await passwords.hash_password(new, who.name, who.display_name)
    await prove_password(database, vault, who=who, token=token, password=old, now=now)
    async with database.transaction() as unit:
        await unit.execute(update(staff).where(staff.c.id == who.id).values(password_hash=hashed))
        await end_others(unit, who.id, keep=token, now=now)
        await tokens.end_all(unit, who.id, now)
        await trail.record(unit, stream=staff_stream(who.id), actor=who.id, action="staff.password_changed", at=now)
        await notices.add(unit, who.id, "password_changed", now)


async def prove_password(
    database: Database,
    vault: Vault,
    *,
    who: Staff,
    token: str,
    password: str,
    now: datetime,
    recovery_code: str | None = None,
) -> None:
    """Raise ProofRefused unless the password is right, and the recovery code where one is given; or TryLater.

    Failures count for this session alone. A recovery code is used up only where the password was right.
    """
    key = attempts.key_of(vault, "own-account", token_hash(token))
    async with database.transaction() as unit:
        await attempts.begin(unit, key, now)
        stored = (await unit.execute(select(staff.c.password_hash).where(staff.c.id == who.id))).scalar_one()
    right = await passwords.is_right(stored, password, lane=token_hash(token))
    async with database.transaction() as unit:
        if right and (recovery_code is None or await recovery.use(unit, vault, who.id, recovery_code, now)):
            await attempts.forget(unit, key)
            return
    raise ProofRefused
