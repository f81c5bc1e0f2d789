"""Recovery codes: ten, each good once in place of a lost authenticator's code.

A code has 80 random bits, so a slow hash would protect nothing that a fast one leaves open: there is no list of likely
codes to try. It is stored as a keyed hash all the same, whose key is not in the database.
"""

import base64
import secrets
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update

from escalation import trail
from escalation.staff import notices
from escalation.staff.accounts import staff_stream
from escalation.staff.tables import recovery_code
from store.database import Transaction
from store.vault import Vault

HOW_MANY = 10
_BYTES = 10
_LETTERS = 16
_GROUP = 4
# What a hand-written letter is taken for; base 32 has neither 0, 1, 8 nor 9.
_MISREAD = str.maketrans("018", "OIB")


async def make_codes(unit: Transaction, vault: Vault, staff_id: str, *, by: str, now: datetime) -> tuple[str, ...]:
    """Return ten fresh codes, which are shown once; all earlier ones stop working."""
    codes = tuple(_new_code() for _ in range(HOW_MANY))
    await unit.execute(delete(recovery_code).where(recovery_code.c.staff_id == staff_id))
    rows = [{"staff_id": staff_id, "code_hash": _hash(vault, staff_id, code), "made_at": now} for code in codes]
    await unit.execute(insert(recovery_code), rows)
    await trail.record(unit, stream=staff_stream(staff_id), actor=by, action="staff.recovery_made", at=now)
    return codes


async def left(unit: Transaction, staff_id: str) -> int:
    """Return how many codes of an account are still good."""
    mine = (recovery_code.c.staff_id == staff_id) & recovery_code.c.used_at.is_(None)
    return int((await unit.execute(select(func.count()).select_from(recovery_code).where(mine))).scalar_one())


async def use(unit: Transaction, vault: Vault, staff_id: str, typed: str, now: datetime) -> bool:
    """Use a code up and tell its owner; returns False for one that is wrong or was used. Of two at once one wins."""
    mine = (recovery_code.c.staff_id == staff_id) & (recovery_code.c.code_hash == _hash(vault, staff_id, typed))
    spent = update(recovery_code).where(mine, recovery_code.c.used_at.is_(None)).values(used_at=now)
    if (await unit.execute(spent)).rowcount != 1:
        return False
    await trail.record(unit, stream=staff_stream(staff_id), actor=staff_id, action="staff.recovery_used", at=now)
    await notices.add(unit, staff_id, "recovery_used", now)
    return True


def tidy(typed: str) -> str:
    """Return a code as it is hashed: letters and digits only, upper case, misread figures mended."""
    return "".join(letter for letter in typed.upper().translate(_MISREAD) if letter.isalnum())[:_LETTERS]


def _new_code() -> str:
    letters = base64.b32encode(secrets.token_bytes(_BYTES)).decode().lower()
    return "-".join(letters[start : start + _GROUP] for start in range(0, _LETTERS, _GROUP))


def _hash(vault: Vault, staff_id: str, code: str) -> str:
    return vault.address_hash("recovery", f"{staff_id}\0{tidy(code)}")
