"""How a member of staff wants the desk: its language, and whether single keys do something."""

from dataclasses import dataclass

from sqlalchemy import Boolean, Column, String, Table, insert, select, update

from escalation.permissions import Staff
from store.database import Transaction
from store.tables import metadata

LANGUAGES = ("vi", "en")

preference = Table(
    "preference",
    metadata,
    Column("staff_id", String(32), primary_key=True),
    Column("language", String(2), nullable=False),
    Column("shortcuts", Boolean, nullable=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """What a person chose; nobody has to choose."""

    language: str = "vi"
    shortcuts: bool = True


async def preferences_of(unit: Transaction, staff: Staff) -> Preferences:
    """Return what this person chose, else what everybody begins with."""
    row = (await unit.execute(select(preference).where(preference.c.staff_id == staff.id))).one_or_none()
    return Preferences() if row is None else Preferences(language=row.language, shortcuts=row.shortcuts)


async def choose(unit: Transaction, staff: Staff, chosen: Preferences) -> None:
    """Keep what this person chose."""
    values = {"language": chosen.language, "shortcuts": chosen.shortcuts}
    changed = await unit.execute(update(preference).where(preference.c.staff_id == staff.id).values(**values))
    if changed.rowcount == 0:
        await unit.execute(insert(preference).values(staff_id=staff.id, **values))
