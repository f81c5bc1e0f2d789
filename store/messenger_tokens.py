"""The pair of tokens of a messenger that changes them: a refresh token is good for one refresh, which gives the next.

Who refreshes first notes so (`begin`), then asks the messenger, then stores the new pair (`put`) and only then uses it.
So no transaction is open while the messenger is asked, one process at a time asks, and what a process that died left
undone can be seen: the messenger may have given a pair that nobody stored, and then a person has to connect anew.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from store import marks
from store.database import Transaction
from store.tables import messenger_token
from store.vault import Vault

BUSY = timedelta(seconds=60)  # longer than a refresh takes; after that whoever began it has died
ALARM_AGAIN = timedelta(hours=1)
Trouble = Literal["refused", "unreachable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """The tokens that were stored last."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    expires_at: datetime  # of the access token
    version: int
    begun_at: datetime | None = None  # a refresh was asked for and its end is not known
    trouble: Trouble | None = None


def token_place(name: str) -> str:
    """Return the row name that a pair is sealed for."""
    return f"messenger_token/{name}"


async def read(unit: Transaction, vault: Vault, name: str) -> Pair | None:
    """Return the pair of a channel, None where nobody has connected it; raises VaultError."""
    row = (await unit.execute(select(messenger_token).where(messenger_token.c.name == name))).one_or_none()
    return None if row is None else _pair(vault, row)


async def begin(unit: Transaction, vault: Vault, name: str, version: int, now: datetime) -> Pair | None:
    """Take the refreshing of pair `version` upon oneself; None where another process has it in hand, or was quicker."""
    mine = select(messenger_token).where(messenger_token.c.name == name).with_for_update()
    row = (await unit.execute(mine)).one_or_none()
    if row is None or row.version != version or (row.begun_at is not None and now - row.begun_at < BUSY):
        return None
    await unit.execute(update(messenger_token).where(messenger_token.c.name == name).values(begun_at=now))
    return _pair(vault, row)


async def put(unit: Transaction, vault: Vault, name: str, *, access: str, refresh: str, expires_at: datetime) -> None:
    """Store a new pair over the one before."""
    await marks.use_newest_key(unit, vault)
    body = {"access": access, "refresh": refresh}
    fresh = {
        "body_sealed": vault.seal(token_place(name), body),
        "expires_at": expires_at,
        "begun_at": None,
        "trouble": None,
        "alarmed_at": None,
    }
    # The two dialects spell the upsert alike but have no common constructor.
    statement: Any = (sqlite_insert if unit.is_sqlite else postgres_insert)(messenger_token)
    statement = statement.values(name=name, version=1, **fresh)
    after = fresh | {"version": messenger_token.c.version + 1}
    await unit.execute(statement.on_conflict_do_update(index_elements=[messenger_token.c.name], set_=after))


async def note_trouble(
    unit: Transaction, name: str, version: int, trouble: Trouble, now: datetime, *, known: bool
) -> bool:
    """Note that the refresh of pair `version` failed; returns whether the operator is to be told now.

    `known`: the messenger said so, or was never reached, so that nothing is in doubt.
    """
    mine = (messenger_token.c.name == name) & (messenger_token.c.version == version)
    row = (await unit.execute(select(messenger_token).where(mine).with_for_update())).one_or_none()
    if row is None:
        return False  # somebody has stored a new pair meanwhile
    due = row.alarmed_at is None or now - row.alarmed_at >= ALARM_AGAIN
    values = {
        "trouble": trouble,
        "begun_at": None if known else row.begun_at,
        "alarmed_at": now if due else row.alarmed_at,
    }
    await unit.execute(update(messenger_token).where(mine).values(**values))
    return due


def _pair(vault: Vault, row: Any) -> Pair:
    body = vault.open(token_place(row.name), row.body_sealed)
    return Pair(
        access=body["access"],
        refresh=body["refresh"],
        expires_at=row.expires_at,
        version=row.version,
        begun_at=row.begun_at,
        trouble=row.trouble,
    )
