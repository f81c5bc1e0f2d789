"""Accounts of staff: made, listed, found, switched off. Nobody's account is ever removed: the trail names it."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_args

from sqlalchemy import delete, insert, select, update

from escalation import queue, trail
from escalation.errors import BadRequest
from escalation.permissions import NATIONAL, Role, Staff
from escalation.staff import codes, passwords
from escalation.staff.errors import BadName, NameTaken, NoSuchStaff
from escalation.tables import presence, staff, staff_session
from store import marks
from store.database import Transaction
from store.ids import new_id
from store.vault import Vault

ROLES: tuple[Role, ...] = get_args(Role)
_NAME = re.compile(r"[\w.@-]{2,64}")
_MAX_DISPLAY = 64
_MAX_AREA = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account as the admin sees it."""

    staff: Staff
    active: bool
    created_at: datetime


def staff_stream(staff_id: str) -> str:
    """Return the name of a staff member's stream in the trail."""
    return f"staff:{staff_id}"


def clean_name(name: str) -> str:
    """Return a sign-in name as it is stored: composed letters, lower case."""
    return unicodedata.normalize("NFC", name).strip().casefold()


async def create_staff(
    unit: Transaction,
    vault: Vault,
    *,
    name: str,
    display_name: str,
    role: str,
    area: str,
    password: str,
    now: datetime,
    by: str = trail.SYSTEM,
) -> tuple[Staff, str]:
    """Make an account; returns it with the secret of its one-time codes, which is shown once and never again.

    Raises BadName, NameTaken, WeakPassword, or BadRequest for an unknown role or area.
    """
    fresh = _checked(name, display_name, role, area)
    password_hash = await passwords.hash_password(password, fresh.name, fresh.display_name)
    if (await unit.execute(select(staff.c.id).where(staff.c.name == fresh.name))).one_or_none() is not None:
        raise NameTaken
    secret = codes.new_secret()
    await marks.use_newest_key(unit, vault)
    values = {
        "id": fresh.id,
        "name": fresh.name,
        "display_name": fresh.display_name,
        "role": fresh.role,
        "area": fresh.area,
        "password_hash": password_hash,
        "totp_sealed": vault.seal(totp_place(fresh.id), secret),
        "totp_last": 0,
        "active": True,
        "created_at": now,
    }
    await unit.execute(insert(staff).values(**values))
    detail = {"role": fresh.role, "area": fresh.area}
    await trail.record(
        unit, stream=staff_stream(fresh.id), actor=by, action="staff.created", at=now, detail={"id": fresh.id, **detail}
    )
    return fresh, secret


def _checked(name: str, display_name: str, role: str, area: str) -> Staff:
    shown = " ".join(unicodedata.normalize("NFC", display_name).split())
    cleaned = clean_name(name)
    if not _NAME.fullmatch(cleaned) or not 1 <= len(shown) <= _MAX_DISPLAY:
        raise BadName
    known = next((known for known in ROLES if known == role), None)
    if known is None:
        raise BadRequest(f"The role must be one of {', '.join(ROLES)}.")
    where = "; ".join(part.strip() for part in unicodedata.normalize("NFC", area).split(";") if part.strip())
    if len(where) > _MAX_AREA:
        raise BadRequest("The area is too long.")
    return Staff(id=new_id(), name=cleaned, display_name=shown, role=known, area=where or NATIONAL)


async def any_staff(unit: Transaction) -> bool:
    """Tell whether an account exists."""
    return (await unit.execute(select(staff.c.id).limit(1))).one_or_none() is not None


async def list_staff(unit: Transaction) -> tuple[Account, ...]:
    """Return every account, the active ones first, by name."""
    rows = (await unit.execute(select(staff))).all()
    accounts = (Account(staff=staff_of(row), active=row.active, created_at=row.created_at) for row in rows)
    return tuple(sorted(accounts, key=lambda account: (not account.active, account.staff.name)))


async def account_of(unit: Transaction, staff_id: str) -> Account:
    """Return the account by that id, switched off or not; raises NoSuchStaff."""
    row = (await unit.execute(select(staff).where(staff.c.id == staff_id))).one_or_none()
    if row is None:
        raise NoSuchStaff
    return Account(staff=staff_of(row), active=row.active, created_at=row.created_at)


async def find_staff(unit: Transaction, name: str) -> Staff:
    """Return the active account of that name; raises NoSuchStaff."""
    known = select(staff).where(staff.c.name == clean_name(name), staff.c.active.is_(True))
    row = (await unit.execute(known)).one_or_none()
    if row is None:
        raise NoSuchStaff
    return staff_of(row)


async def names_of(unit: Transaction) -> dict[str, str]:
    """Return the display name of every account by its id."""
    return {row.id: row.display_name for row in await unit.execute(select(staff.c.id, staff.c.display_name))}


async def deactivate(unit: Transaction, vault: Vault, staff_id: str, *, now: datetime, by: str = trail.SYSTEM) -> None:
    """Switch an account off: its sessions and tokens end at once. Raises NoSuchStaff.

    Every child it holds goes back to the front at once, and is told.
    """
    changed = await unit.execute(
        update(staff).where(staff.c.id == staff_id, staff.c.active.is_(True)).values(active=False)
    )
    if changed.rowcount == 0:
        raise NoSuchStaff
    mine = (staff_session.c.staff_id == staff_id) & staff_session.c.revoked_at.is_(None)
    await unit.execute(update(staff_session).where(mine).values(revoked_at=now))
    await unit.execute(delete(presence).where(presence.c.staff_id == staff_id))
    freed = await queue.free_all(unit, vault, staff_id, now)
    await trail.record(
        unit, stream=staff_stream(staff_id), actor=by, action="staff.deactivated", at=now, detail={"freed": freed}
    )


def totp_place(staff_id: str) -> str:
    """Return the row name that a code secret is sealed for."""
    return f"staff/{staff_id}/totp"


def staff_of(row: Any) -> Staff:
    """Return a row of the staff table as the value that permissions are asked with."""
    return Staff(id=row.id, name=row.name, display_name=row.display_name, role=row.role, area=row.area)
