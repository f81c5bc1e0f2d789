"""What staff wrote about a case, all kinds of it: erased together, and asked for together whether any is left."""

from typing import Any

from sqlalchemy import ColumnElement, exists, or_

from escalation.casefile import erasing as casefile
from escalation.glass import grants as glass
from escalation.referrals import keeping as referrals
from escalation.shift import notes as shift
from escalation.tasks import owing
from escalation.writing import erasing as writing
from escalation.writing.tables import note
from store.database import Transaction


async def forget(unit: Transaction, case_id: str) -> None:
    """Erase the words of staff about a case; that something was written, by whom and when may stay."""
    for kind in (shift, referrals, casefile, owing, glass):
        await kind.forget(unit, case_id)
    await writing.notes_of_case(unit, case_id)


def kept_of(case_id: Any) -> ColumnElement[bool]:
    """Return the condition that words of staff about a case are kept."""
    noted = exists().where(note.c.case_id == case_id)
    return or_(noted, *(kind.kept_of(case_id) for kind in (shift, referrals, casefile, owing, glass)))
