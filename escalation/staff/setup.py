"""The one-time link by which a fresh installation gets its first admin and its first counsellor."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert, select, update

from escalation import trail
from escalation.permissions import NATIONAL, Staff
from escalation.staff.accounts import any_staff, create_staff
from escalation.staff.errors import LinkGone
from escalation.staff.sessions import token_hash
from escalation.tables import setup_link
from store.database import Transaction
from store.vault import Vault

LIFE = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """What the set-up form asks of one person."""

    name: str
    display_name: str
    password: str


async def make_setup_link(unit: Transaction, now: datetime) -> str:
    """Return the token of a fresh link, valid for a day; raises LinkGone once anybody has an account.

    Earlier links stop working: only the one printed last is good.
    """
    if await any_staff(unit):
        raise LinkGone
    await unit.execute(update(setup_link).where(setup_link.c.used_at.is_(None)).values(used_at=now))
    token = secrets.token_urlsafe(32)
    await unit.execute(insert(setup_link).values(token_hash=token_hash(token), expires_at=now + LIFE))
    return token


async def check_link(unit: Transaction, token: str, now: datetime) -> None:
    """Raise LinkGone unless the link can still be used."""
    row = (await unit.execute(select(setup_link).where(setup_link.c.token_hash == token_hash(token)))).one_or_none()
    if row is None or row.used_at is not None or row.expires_at <= now or await any_staff(unit):
        raise LinkGone


async def set_up(
    unit: Transaction, vault: Vault, token: str, *, admin: NewAccount, counsellor: NewAccount, now: datetime
) -> tuple[tuple[Staff, str], tuple[Staff, str]]:
    """Use the link up and make both accounts in one unit of work; returns each with its code secret.

    Raises LinkGone, or what `create_staff` raises; then the link is still good.
    """
    await check_link(unit, token, now)
    fresh = (setup_link.c.token_hash == token_hash(token)) & setup_link.c.used_at.is_(None)
    if (await unit.execute(update(setup_link).where(fresh).values(used_at=now))).rowcount != 1:
        raise LinkGone
    await trail.record(unit, stream=trail.SYSTEM, actor=trail.SYSTEM, action="setup.done", at=now)
    first = await _create(unit, vault, admin, "admin", now)
    return first, await _create(unit, vault, counsellor, "counsellor", now)


async def _create(unit: Transaction, vault: Vault, account: NewAccount, role: str, now: datetime) -> tuple[Staff, str]:
    return await create_staff(
        unit,
        vault,
        name=account.name,
        display_name=account.display_name,
        role=role,
        area=NATIONAL,
        password=account.password,
        now=now,
    )
