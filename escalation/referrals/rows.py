"""Reading referrals: of one case, one alone, and the work list. Words are opened for who may see the case."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from escalation import queue, trail
from escalation.errors import NoSuchCase
from escalation.glass.breaking import through_glass
from escalation.glass.grants import Grant
from escalation.locks import hold_case
from escalation.permissions import Staff, require
from escalation.referrals.errors import NoSuchReferral
from escalation.referrals.gate import Basis, Standing, Yes, basis_of
from escalation.referrals.keeping import answer_place, body_place, reason_place
from escalation.referrals.machine import OPEN
from escalation.referrals.tables import referral
from escalation.staff.accounts import staff_stream
from escalation.tables import cases, consent
from escalation.vital import opens_at_claim
from store import conversations
from store.conversations import Conversation
from store.database import Transaction
from store.vault import Vault

ITEM = "referral"
AT_MOST = 500
"""The list shows this many, the one that is due first on top; more than that no shift can read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What staff write for the receiver. Sealed."""

    request: str = ""  # what is asked of the receiver
    account: str = ""  # what happened, as much of it as the receiver needs
    done_before: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """One answer of the receiver, as a member of staff noted it."""

    event: str
    text: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """One referral without any words of a person or of staff."""

    id: str
    case_id: str
    receiver: str
    state: str
    version: int
    urgent: bool
    fields: tuple[str, ...]
    by: str
    at: datetime
    changed_at: datetime
    asking: str
    asked_at: datetime | None
    asking_at: datetime | None
    wants_news: bool
    told: str | None
    ground: str | None
    reason_by: str | None
    signed_by: str | None
    signed_at: datetime | None
    gate: Basis | None  # on what it may leave now
    basis: str | None  # on what it left
    sent_by: str | None
    sent_at: datetime | None
    sent_how: str | None
    due_at: datetime | None
    late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """One referral with the words of staff."""

    referral: Referral
    words: Words = Words()
    reason: str | None = None
    answers: tuple[Answered, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Referrals:
    """The referrals of one case as one member of staff may see them, the newest first."""

    case: Any
    found: tuple[Opened, ...]
    opens_at_claim: bool  # what was written is for whoever takes the child; no words are shown before
    glass: Grant | None  # read through broken glass: nothing is done


async def read_case(unit: Transaction, vault: Vault, staff: Staff, case_id: str, now: datetime) -> Referrals:
    """Return the referrals of a case, and write down who looked. Raises NotAllowed or NoSuchCase."""
    row, glass = await visible_case(unit, vault, staff, case_id, now)
    held, closed = await conversations.read(unit, vault, row.conversation_id), opens_at_claim(row)
    mine = select(referral).where(referral.c.case_id == case_id).order_by(referral.c.at.desc(), referral.c.id)
    found = [
        Opened(referral=await shown(unit, each, now)) if closed else await opened(unit, held, each, now)
        for each in (await unit.execute(mine)).all()
    ]
    await trail.record(
        unit,
        stream=trail.case_stream(case_id),
        actor=staff.id,
        action="referral.viewed",
        at=now,
        detail={"case": case_id} | ({"grant": glass.id} if glass else {}),
    )
    return Referrals(case=row, found=tuple(found), opens_at_claim=closed, glass=glass)


async def listed(unit: Transaction, vault: Vault, staff: Staff, now: datetime) -> tuple[Referral, ...]:
    """Return every open referral of this person's area, the one that is due first on top; the look is written down.

    Raises NotAllowed.
    """
    require(staff, "referral.list")
    open_ones = select(referral).where(referral.c.state.in_(OPEN)).order_by(referral.c.due_at, referral.c.id)
    found: list[Referral] = []
    for row in (await unit.execute(open_ones)).all():
        case = (await unit.execute(select(cases).where(cases.c.id == row.case_id))).one()
        if await queue.shows(unit, vault, staff, case):
            found.append(await shown(unit, row, now))
        if len(found) == AT_MOST:
            break
    await trail.record(unit, stream=staff_stream(staff.id), actor=staff.id, action="referrals.listed", at=now)
    return tuple(found)


async def visible_case(
    unit: Transaction, vault: Vault, staff: Staff, case_id: str, now: datetime
) -> tuple[Any, Grant | None]:
    """Return the case row if this person may see its referrals, and the grant where only a grant opens them.

    A look locks nothing. Raises NoSuchCase.
    """
    require(staff, "referral.view")
    row = (await unit.execute(select(cases).where(cases.c.id == case_id))).one_or_none()
    # Their own sight goes first: a coordinator may have broken the glass for the talk alone, and works on here.
    if row is not None and await queue.shows(unit, vault, staff, row):
        return row, None
    through = await through_glass(unit, staff, case_id, now)
    if through is None:
        raise NoSuchCase
    return through


async def locked_case(unit: Transaction, vault: Vault, staff: Staff, case_id: str) -> Any:
    """Return the same for whoever changes something: conversation and case are held. Raises NoSuchCase."""
    require(staff, "referral.view")
    row = await hold_case(unit, case_id)
    if row is None or not await queue.shows(unit, vault, staff, row):
        raise NoSuchCase
    return row


async def row_of(unit: Transaction, case_id: str, referral_id: str, *, lock: bool = False) -> Any:
    """Return the row of a referral of this case; `lock` it only where the case is held. Raises NoSuchReferral."""
    mine = select(referral).where(referral.c.id == referral_id, referral.c.case_id == case_id)
    row = (await unit.execute(mine.with_for_update() if lock else mine)).one_or_none()
    if row is None:
        raise NoSuchReferral
    return row


async def opened(unit: Transaction, held: Conversation, row: Any, now: datetime) -> Opened:
    """Open the words of a referral's row."""
    answers = [] if row.answer_sealed is None else held.sealer.open(answer_place(row.id), row.answer_sealed)
    return Opened(
        referral=await shown(unit, row, now),
        words=words_of(held, row),
        reason=None if row.reason_sealed is None else held.sealer.open(reason_place(row.id), row.reason_sealed),
        answers=tuple(Answered(**{**one, "at": datetime.fromisoformat(one["at"])}) for one in answers),
    )


def words_of(held: Conversation, row: Any) -> Words:
    """Open what staff wrote for the receiver; empty once it was erased."""
    return Words() if row.body_sealed is None else Words(**held.sealer.open(body_place(row.id), row.body_sealed))


async def gate_of(unit: Transaction, row: Any) -> Basis | None:
    """Return on what a referral may leave now. The ledger is asked anew each time."""
    return basis_of(
        Standing(
            asking=row.asking,
            asked_at=row.asked_at,
            ledger=await _newest_yes(unit, row),
            ground=row.ground,
            reason_by=row.reason_by,
            signed_by=row.signed_by,
        )
    )


async def _newest_yes(unit: Transaction, row: Any) -> Yes | None:
    mine = (consent.c.case_id == row.case_id) & (consent.c.item == ITEM) & (consent.c.receiver == row.receiver)
    newest = select(consent.c.decision, consent.c.at).where(mine).order_by(consent.c.number.desc()).limit(1)
    found = (await unit.execute(newest)).one_or_none()
    return None if found is None else Yes(decision=found.decision, at=found.at)


async def shown(unit: Transaction, row: Any, now: datetime) -> Referral:
    """Return a row as the desk shows it."""
    return Referral(
        id=row.id,
        case_id=row.case_id,
        receiver=row.receiver,
        state=row.state,
        version=row.version,
        urgent=row.urgent,
        fields=tuple(row.fields.split()),
        by=row.by,
        at=row.at,
        changed_at=row.changed_at,
        asking=row.asking,
        asked_at=row.asked_at,
        asking_at=row.asking_at,
        wants_news=row.wants_news,
        told=row.told,
        ground=row.ground,
        reason_by=row.reason_by,
        signed_by=row.signed_by,
        signed_at=row.signed_at,
        gate=await gate_of(unit, row),
        basis=row.basis,
        sent_by=row.sent_by,
        sent_at=row.sent_at,
        sent_how=row.sent_how,
        due_at=row.due_at,
        late=row.state in OPEN and row.due_at is not None and row.due_at <= now,
    )
