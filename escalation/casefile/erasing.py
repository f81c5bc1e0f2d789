"""When the case file goes: with the words of its case, and all of it. That there was a paper stays, without words."""

from typing import Any

from sqlalchemy import delete, exists, or_, update

from escalation.casefile.tables import change, export, filled, quotation
from store.database import Transaction


async def forget(unit: Transaction, case_id: str) -> None:
    """Erase the forms of a case, what they said before, what they quote, and why papers were made of them."""
    for table in (filled, change, quotation):
        await unit.execute(delete(table).where(table.c.case_id == case_id))
    await unit.execute(update(export).where(export.c.case_id == case_id).values(reason_sealed=None))


def kept_of(case_id: Any) -> Any:
    """Return the condition that something of a case's file is kept."""
    forms = (exists().where(table.c.case_id == case_id) for table in (filled, quotation))
    return or_(*forms, exists().where(export.c.case_id == case_id, export.c.reason_sealed.is_not(None)))
