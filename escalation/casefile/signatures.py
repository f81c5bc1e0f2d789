"""Under a form stands who concluded, when, and which version; what is changed later is shown as changed later."""

from datetime import datetime

from sqlalchemy import update

from escalation.casefile.assessment import lacks_reason
from escalation.casefile.errors import FormMoved, LowerNeedsReason, StillContested
from escalation.casefile.filling import Filled, Signature, load, writable, write
from escalation.casefile.forms import Form
from escalation.casefile.noting import note
from escalation.casefile.tables import filled
from escalation.permissions import Staff, require
from store.database import Transaction
from store.vault import Vault

_OF_THE_CHILD = frozenset({"nickname", "area", "phone"})  # never frozen: the child may take each of them back


async def sign(
    unit: Transaction,
    vault: Vault,
    staff: Staff,
    case_id: str,
    form: Form,
    *,
    version: int,
    shown: dict[str, str],
    now: datetime,
) -> Filled:
    """Sign a form as it was seen at `version`; what stood there by itself is written down with the signature.

    Raises NotAllowed, NoSuchCase, WrongState, FormMoved, StillContested, or LowerNeedsReason where the conclusion of
    Mẫu số 02 stays below the count without a reason.
    """
    require(staff, "casefile.sign")
    held = await writable(unit, vault, staff, case_id)
    stands = await load(unit, held, case_id, form.number)
    if stands.version != version:
        raise FormMoved
    if stands.waiting:
        raise StillContested
    if lacks_reason(form, stands.values(shown)):
        raise LowerNeedsReason
    fixed = {
        field.id: shown[field.id]
        for field in form.fields
        if field.id in shown and field.id not in stands.cells and field.known not in _OF_THE_CHILD
    }
    made = await write(unit, held, staff, case_id, form, stands, fixed, (), now)
    mine = (filled.c.case_id == case_id) & (filled.c.form == form.number)
    signed = {"signed_by": staff.id, "signed_at": now, "signed_version": made.version}
    await unit.execute(update(filled).where(mine).values(**signed))
    await note(unit, staff, case_id, "file.signed", now, form=form.number, version=made.version)
    return Filled(
        version=made.version,
        cells=made.cells,
        saved_by=made.saved_by,
        saved_at=made.saved_at,
        signature=Signature(by_id=staff.id, at=now, version=made.version),
    )
