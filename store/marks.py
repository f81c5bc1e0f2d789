"""Two numbers that the database keeps about itself: which master key wraps now, and how many erasures it has seen."""

from typing import Any

from sqlalchemy import case, select
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from store.database import Transaction
from store.tables import mark
from store.vault import Vault

MASTER_KEY = "master_key"
ERASURES = "erasures"


async def value_of(unit: Transaction, name: str) -> int:
    """Return a mark's number; 0 where it was never set."""
    return (await unit.execute(select(mark.c.value).where(mark.c.name == name))).scalar_one_or_none() or 0


async def raise_to(unit: Transaction, name: str, value: int) -> None:
    """Raise a mark; it never sinks. Waits for every unit of work that reads it by `use_newest_key`."""
    await _set(unit, name, value, case((mark.c.value < value, value), else_=mark.c.value))


async def count_on(unit: Transaction, name: str) -> int:
    """Add one to a mark and return it; whoever counts next waits until this unit of work has ended."""
    return await _set(unit, name, 1, mark.c.value + 1)


async def use_newest_key(unit: Transaction, vault: Vault) -> None:
    """Let `vault` wrap by the newest master key; call it before anything is wrapped for good.

    The mark stays locked until the unit of work ends: when `raise_to` returns, nobody wraps by an older key any more.
    A process that cannot get the new key wraps by its own: a child's message must not wait for an operator.
    """
    current = select(mark.c.value).where(mark.c.name == MASTER_KEY).with_for_update(read=True)
    number = (await unit.execute(current)).scalar_one_or_none()
    if number:
        vault.knows(number)  # read now where it is not known yet, it wraps from here on


async def _set(unit: Transaction, name: str, first: int, then: Any) -> int:
    # The two dialects spell the upsert alike but have no common constructor.
    statement: Any = (sqlite_insert if unit.is_sqlite else postgres_insert)(mark).values(name=name, value=first)
    statement = statement.on_conflict_do_update(index_elements=[mark.c.name], set_={"value": then})
    value: int = (await unit.execute(statement.returning(mark.c.value))).scalar_one()
    return value
