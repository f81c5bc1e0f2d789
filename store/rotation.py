"""A new master key takes over row by row, while the product runs: values are wrapped anew in small transactions."""

from collections import Counter
from collections.abc import AsyncGenerator, Iterable

from sqlalchemy import ColumnClause, LargeBinary, func, literal_column, select, update

from store import marks
from store.database import Database, Transaction
from store.shredding import SealedColumn
from store.vault import KEY_ID_AT, KEY_ID_BYTES, Vault, key_id_of

_AT_ONCE = 100


async def rows_by_key(unit: Transaction, columns: Iterable[SealedColumn]) -> Counter[int]:
    """Return how many values each master key wraps. `columns` are all that hold values under master keys."""
    found: Counter[int] = Counter()
    for sealed in columns:
        # In figures, not as parameters: PostgreSQL takes two expressions with parameters for different ones.
        until: ColumnClause[int] = literal_column(str(KEY_ID_AT + KEY_ID_BYTES))
        head = func.substr(sealed.column, literal_column("1"), until, type_=LargeBinary).label("head")
        for row in await unit.execute(select(head, func.count().label("rows")).group_by(head)):
            found[key_id_of(bytes(row.head))] += row.rows
    return found


async def take_over(database: Database, vault: Vault) -> None:
    """Make the newest key of `vault` the one that wraps; afterwards no process wraps by an older one."""
    async with database.transaction() as unit:
        await marks.raise_to(unit, marks.MASTER_KEY, vault.newest)


async def rewrap(database: Database, vault: Vault, columns: Iterable[SealedColumn]) -> AsyncGenerator[int, None]:
    """Wrap everything by the newest key, oldest row names first; yields how many values each transaction moved.

    It may be stopped at any point and begun again. Raises VaultError where a value does not open.
    """
    for sealed in columns:
        (name,) = sealed.table.primary_key.columns
        last = ""
        while True:
            async with database.transaction() as unit:
                some = select(sealed.table).where(name > last).order_by(name).limit(_AT_ONCE)
                rows = (await unit.execute(some)).all()
                old = [row for row in rows if key_id_of(sealed.of(row)) != vault.newest]
                moved = 0
                for row in old:
                    value = vault.rewrap(sealed.place(row), sealed.of(row))
                    # A row whose data key was replaced meanwhile is not met any more, and needs nothing.
                    step = update(sealed.table).where(sealed.is_row(row)).values({sealed.column: value})
                    moved += (await unit.execute(step)).rowcount
            yield moved
            if len(rows) < _AT_ONCE:
                break
            last = getattr(rows[-1], name.name)
