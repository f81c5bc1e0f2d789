"""The two hands behind a case that was opened without a yes: the counsellor's reason, the supervisor's signature.

The words of the reason are sealed with the conversation's key; trail, alerts and counts never hold them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from escalation import queue
from escalation.cases import raise_alert
from escalation.errors import BadRequest, ReasonMissing, SameHand, WrongState
from escalation.locks import hold_case
from escalation.permissions import Staff, may, require
from escalation.tables import alert, cases
from escalation.vital import Duties, duties_of
from store import conversations
from store.conversations import Conversation
from store.database import Transaction
from store.vault import Vault

MAX_REASON_CHARACTERS = 2000
UNSIGNED = "unsigned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsigned:
    """A case that waits for the second signature."""

    case_id: str
    state: str
    opened_at: datetime
    duties: Duties


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many cases a stretch of time saw that were opened without a yes, and what became of them; never a text."""

    opened: int
    reasons_written: int
    signed_in_time: int
    signed_late: int
    unsigned: int
    turned_into_consent: int
    ended: int


async def write_reason(
    unit: Transaction, vault: Vault, staff: Staff, case_id: str, *, lease: int, text: str, now: datetime
) -> None:
    """Write, or write anew until it is signed, why the child's words were read without a yes.

    Raises LeaseLost, BadRequest, or WrongState where the child agreed first or the reason is signed.
    """
    require(staff, "case.reply")
    words = text.strip()
    if not words or len(words) > MAX_REASON_CHARACTERS:
        raise BadRequest(f"A reason needs 1 to {MAX_REASON_CHARACTERS} characters.")
    row = await queue.holding(unit, staff, case_id, lease)
    duties = duties_of(row)
    if duties is None or duties.signed:
        raise WrongState
    # Locked, so that the reason is not sealed under a key that an erasure replaces at this moment.
    held = await conversations.lock(unit, vault, row.conversation_id)
    sealed = held.sealer.seal(reason_place(case_id), words)
    values = {"reason_sealed": sealed, "reason_by": staff.id, "reason_at": now}
    await unit.execute(update(cases).where(cases.c.id == case_id).values(**values))
    await queue.note(unit, staff, case_id, "case.reason_written", now)


async def sign(unit: Transaction, vault: Vault, staff: Staff, case_id: str, now: datetime) -> None:
    """Put the second signature under the reason; a signature that is there already stays as it is.

    Raises NotAllowed, NoSuchCase, WrongState where the child agreed first, ReasonMissing, or SameHand.
    """
    require(staff, "case.sign")
    row = await queue.locked(unit, vault, staff, case_id)
    duties = duties_of(row)
    if duties is None:
        raise WrongState
    if duties.signed:
        return
    if not duties.reason_written:
        raise ReasonMissing
    if not may_sign(staff, row.owner_id, duties):
        raise SameHand
    await unit.execute(update(cases).where(cases.c.id == case_id).values(signed_by=staff.id, signed_at=now))
    await queue.note(unit, staff, case_id, "case.signed", now, in_time=now <= duties.sign_due_at)


def may_sign(staff: Staff, owner_id: str | None, duties: Duties) -> bool:
    """Tell whether this person may be the second hand: a supervisor who neither wrote the reason nor holds the case."""
    return may(staff, "case.sign") and staff.id not in {duties.reason_by, owner_id}


def reason_of(held: Conversation, row: Any) -> str | None:
    """Open the reason of a case row."""
    if row.reason_sealed is None:
        return None
    words: str = held.sealer.open(reason_place(row.id), row.reason_sealed)
    return words


async def unsigned(unit: Transaction, vault: Vault, staff: Staff) -> tuple[Unsigned, ...]:
    """Return the cases that this supervisor may see and that wait for a signature, ended ones too; the oldest first."""
    if not may(staff, "case.sign"):
        return ()
    rows = (await unit.execute(_unsigned().order_by(cases.c.opened_at))).all()
    found: list[Unsigned] = []
    for row in rows:
        duties = duties_of(row)
        if duties is not None and await queue.shows(unit, vault, staff, row):
            found.append(Unsigned(case_id=row.id, state=row.state, opened_at=row.opened_at, duties=duties))
    return tuple(found)


async def late(unit: Transaction, now: datetime) -> tuple[str, ...]:
    """Return the cases that were not signed in time and of which no supervisor was alerted yet."""
    return tuple(row.id for row in await unit.execute(_late(now)))


async def remind(unit: Transaction, case_id: str, now: datetime) -> None:
    """Alert the supervisor of a case that was not signed in time, once."""
    await hold_case(unit, case_id)
    if (await unit.execute(_late(now).where(cases.c.id == case_id))).one_or_none() is not None:
        await raise_alert(unit, case_id, UNSIGNED, now)


async def counts(unit: Transaction, start: datetime, end: datetime) -> Counts:
    """Count the cases opened from `start` until before `end`."""
    opened = (cases.c.basis == "vital_interest") & (cases.c.opened_at >= start) & (cases.c.opened_at < end)
    rows = (await unit.execute(select(cases).where(opened))).all()
    return counted((duties, row.closed_at is not None) for row in rows if (duties := duties_of(row)) is not None)


def counted(found: Iterable[tuple[Duties, bool]]) -> Counts:
    """Count duties, each with whether its case has ended. Pure."""
    all_of_them = tuple(found)
    duties = [each for each, _ in all_of_them]
    in_time = sum(each.signed_in_time for each in duties)
    signed = sum(each.signed for each in duties)
    return Counts(
        opened=len(duties),
        reasons_written=sum(each.reason_written for each in duties),
        signed_in_time=in_time,
        signed_late=signed - in_time,
        unsigned=len(duties) - signed,
        turned_into_consent=sum(each.agreed for each in duties),
        ended=sum(ended for _, ended in all_of_them),
    )


def _late(now: datetime) -> Any:
    known = select(alert.c.case_id).where(alert.c.kind == UNSIGNED)
    return _unsigned().where(cases.c.sign_due_at <= now, cases.c.id.not_in(known))


def _unsigned() -> Any:
    return select(cases).where(cases.c.basis == "vital_interest", cases.c.signed_at.is_(None))


def reason_place(case_id: str) -> str:
    """Return the place that the reason of a case is sealed for."""
    return f"case/{case_id}/reason"
