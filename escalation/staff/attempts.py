"""Failed sign-ins: the wait grows for one name from one address, so that nobody can lock another person out."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from escalation.staff.errors import TryLater
from escalation.tables import sign_in_failure
from store.database import Transaction
from store.vault import Vault

FREE_FAILURES = 5
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)
FORGOTTEN_AFTER = timedelta(hours=24)


def key_of(vault: Vault, name: str, address: str) -> str:
    """Return the key of one name tried from one address: a keyed hash, so the table names nobody."""
    return vault.address_hash("sign-in", f"{name}\0{address}")


async def begin(unit: Transaction, key: str, now: datetime) -> None:
    """Count an attempt as failed until `forget` says otherwise; raises TryLater while a wait lasts.

    An attempt during the wait counts for nothing, and a day without any begins anew.
    """
    row = (await unit.execute(select(sign_in_failure).where(sign_in_failure.c.key == key))).one_or_none()
    if row is not None and row.last_at < now - FORGOTTEN_AFTER:
        await forget(unit, key)
    elif row is not None:
        wait = wait_after(row.failures)
        left = row.last_at + wait - now
        # Of two at once the later one may have been counted first: where nothing is to be waited, nobody waits.
        if wait and left > timedelta():
            raise TryLater(int(left.total_seconds()) + 1)
    statement: Any = (sqlite_insert if unit.is_sqlite else postgres_insert)(sign_in_failure)
    statement = statement.values(key=key, failures=1, last_at=now)
    await unit.execute(
        statement.on_conflict_do_update(
            index_elements=[sign_in_failure.c.key],
            set_={"failures": sign_in_failure.c.failures + 1, "last_at": now},
        )
    )


def wait_after(failures: int) -> timedelta:
    """Return how long to wait after so many failures in a row: nothing at first, then doubling, at most an hour."""
    if failures < FREE_FAILURES:
        return timedelta()
    doubled: int = 2 ** min(failures - FREE_FAILURES, 10)
    return min(FIRST_WAIT * doubled, LONGEST_WAIT)


async def forget(unit: Transaction, key: str) -> None:
    """Begin anew after a right sign-in."""
    await unit.execute(delete(sign_in_failure).where(sign_in_failure.c.key == key))
