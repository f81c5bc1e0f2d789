"""A fresh data key for a conversation: what stays is sealed anew, and whatever the old key opened is gone for good."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Column, Table, Update, and_, select, update

from store import marks
from store.conversations import Conversation
from store.database import Transaction
from store.tables import conversation
from store.vault import Sealer, Vault


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A column of sealed values, and the place that the value of a row is sealed for."""

    column: Column[Any]
    place: Callable[[Any], str]

    @property
    def table(self) -> Table:
        """Return the column's table."""
        return self.column.table

    def of(self, row: Any) -> bytes:
        """Return the sealed value of a row."""
        return bytes(row._mapping[self.column])  # noqa: SLF001  # SQLAlchemy's documented way to a column of a row

    def is_row(self, row: Any) -> Any:
        """Return the condition that a row meets as long as its value is the one that was read."""
        names = [*self.table.primary_key.columns, self.column]
        return and_(*(column == row._mapping[column] for column in names))  # noqa: SLF001


async def fresh_key(
    unit: Transaction, vault: Vault, held: Conversation, columns: Iterable[SealedColumn]
) -> Conversation:
    """Seal everything of a locked conversation under a new data key and overwrite the old one.

    `columns` are all that hold values under data keys. Returns the conversation with its new sealer; the old one must
    not be used any more. Raises VaultError, and then nothing has changed, where a value does not open.
    """
    await marks.use_newest_key(unit, vault)
    wrapped = vault.new_key(held.id)
    fresh = vault.sealer(held.id, wrapped)
    # All is opened before anything is written: a value that does not open must not leave the others under two keys.
    steps = [step for sealed in columns for step in await _sealed_anew(unit, held, sealed, fresh)]
    for step in steps:
        await unit.execute(step)
    await unit.execute(update(conversation).where(conversation.c.id == held.id).values(key_wrapped=wrapped))
    return replace(held, sealer=fresh)


async def _sealed_anew(unit: Transaction, held: Conversation, sealed: SealedColumn, fresh: Sealer) -> list[Update]:
    table = sealed.table
    owner = table.c.id if table is conversation else table.c.conversation_id
    mine = select(table).where(owner == held.id, sealed.column.is_not(None)).with_for_update()
    rows = (await unit.execute(mine)).all()
    values = [held.sealer.hand_over(sealed.place(row), sealed.of(row), fresh) for row in rows]
    return [
        update(table).where(sealed.is_row(row)).values({sealed.column: value})
        for row, value in zip(rows, values, strict=True)
    ]
