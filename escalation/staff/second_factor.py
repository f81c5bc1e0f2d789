"""The authenticator of an account: a code used once, a fresh proof in a running session, a new secret put in place."""

from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update

from escalation import trail
from escalation.staff import attempts, codes, notices
from escalation.staff.accounts import staff_stream, totp_place
from escalation.staff.errors import CodeRefused
from escalation.staff.sessions import end_others, token_hash
from escalation.staff.tables import totp_pending
from escalation.tables import staff, staff_session
from store import marks
from store.database import Database, Transaction
from store.vault import Vault

PENDING_FOR = timedelta(minutes=15)


def pending_place(staff_id: str) -> str:
    """Return the row name that a secret not yet confirmed is sealed for."""
    return f"staff/{staff_id}/totp-pending"


async def use_code(unit: Transaction, vault: Vault, staff_id: str, code: str, now: datetime) -> bool:
    """Use a code of the authenticator up; returns False for one that is wrong, old or was used before."""
    row = (await unit.execute(select(staff).where(staff.c.id == staff_id))).one()
    step = codes.used_step(vault.open(totp_place(staff_id), row.totp_sealed), code, after=row.totp_last, now=now)
    if step is None:
        return False
    return await spend(unit, staff_id, step)


async def spend(unit: Transaction, staff_id: str, step: int) -> bool:
    """Note that a time step's code was used; of two at once one wins, and a switched-off account never does."""
    fresh = (staff.c.id == staff_id) & (staff.c.totp_last < step) & staff.c.active.is_(True)
    return (await unit.execute(update(staff).where(fresh).values(totp_last=step))).rowcount == 1


async def step_up(database: Database, vault: Vault, *, staff_id: str, token: str, code: str, now: datetime) -> None:
    """Prove by a fresh code that the owner sits at this session. Raises CodeRefused or TryLater.

    Failures count for this session alone, so that nobody can keep another person from proving anything.
    """
    key = attempts.key_of(vault, "step-up", token_hash(token))
    async with database.transaction() as unit:
        await attempts.begin(unit, key, now)
    async with database.transaction() as unit:
        if await use_code(unit, vault, staff_id, code, now):
            await attempts.forget(unit, key)
            mine = staff_session.c.token_hash == token_hash(token)
            await unit.execute(update(staff_session).where(mine).values(stepped_up_at=now))
            await trail.record(unit, stream=staff_stream(staff_id), actor=staff_id, action="staff.stepped_up", at=now)
            return
    raise CodeRefused


async def begin_change(unit: Transaction, vault: Vault, staff_id: str, now: datetime) -> str:
    """Return a fresh secret to put into a phone; the old one stays good until `confirm_change`."""
    secret = codes.new_secret()
    await marks.use_newest_key(unit, vault)
    await unit.execute(delete(totp_pending).where(totp_pending.c.staff_id == staff_id))
    sealed = vault.seal(pending_place(staff_id), secret)
    await unit.execute(insert(totp_pending).values(staff_id=staff_id, secret_sealed=sealed, at=now))
    return secret


async def pending(unit: Transaction, vault: Vault, staff_id: str, now: datetime) -> str | None:
    """Return the secret that waits for its first code, or None; it waits a quarter of an hour."""
    row = (await unit.execute(select(totp_pending).where(totp_pending.c.staff_id == staff_id))).one_or_none()
    if row is None or row.at + PENDING_FOR <= now:
        return None
    secret: str = vault.open(pending_place(staff_id), row.secret_sealed)
    return secret


async def confirm_change(
    unit: Transaction, vault: Vault, staff_id: str, code: str, *, keep: str | None, now: datetime
) -> bool:
    """Put the new secret in place by a first code of it; returns False for a wrong code or where none waits.

    Every session but that of the token `keep` ends, for whoever had the old phone may have had a session too.
    """
    secret = await pending(unit, vault, staff_id, now)
    step = None if secret is None else codes.used_step(secret, code, after=0, now=now)
    if step is None:
        return False
    sealed = vault.seal(totp_place(staff_id), secret)
    await unit.execute(update(staff).where(staff.c.id == staff_id).values(totp_sealed=sealed, totp_last=step))
    await unit.execute(delete(totp_pending).where(totp_pending.c.staff_id == staff_id))
    await end_others(unit, staff_id, keep=keep, now=now)
    await trail.record(
        unit, stream=staff_stream(staff_id), actor=staff_id, action="staff.authenticator_changed", at=now
    )
    await notices.add(unit, staff_id, "authenticator_changed", now)
    return True
