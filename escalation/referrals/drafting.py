"""What staff do with a referral before it leaves: draft it, give it a ground of law, sign that, give it up."""

from datetime import datetime

from sqlalchemy import insert, select

from escalation.permissions import Staff, require
from escalation.referrals.acts import (
    MAX_REQUEST_CHARACTERS,
    MAX_TEXT_CHARACTERS,
    checked_text,
    hold_open,
    note,
    require_open,
    save,
)
from escalation.referrals.errors import NotNow, OneAlready, SameSignature, Unreadable
from escalation.referrals.gate import GROUND_WORDS
from escalation.referrals.keeping import body_place, reason_place
from escalation.referrals.machine import OPEN, next_state
from escalation.referrals.receivers import Receiver, Receivers
from escalation.referrals.rows import Words, locked_case
from escalation.referrals.tables import referral
from store import conversations
from store.conversations import Conversation
from store.database import Transaction
from store.ids import new_id
from store.vault import Vault


async def draft(
    unit: Transaction,
    vault: Vault,
    staff: Staff,
    case_id: str,
    receiver: Receiver,
    *,
    urgent: bool,
    fields: frozenset[str],
    words: Words,
    now: datetime,
) -> str:
    """Begin a referral; returns its id. Raises NoSuchCase, NotNow, OpensAtClaim, OneAlready or Unreadable."""
    require(staff, "referral.draft")
    case = await locked_case(unit, vault, staff, case_id)
    if case.state == "withdrawn":
        raise NotNow
    require_open(case)
    mine = (referral.c.case_id == case_id) & (referral.c.receiver == receiver.id) & referral.c.state.in_(OPEN)
    if (await unit.execute(select(referral.c.id).where(mine))).first() is not None:
        raise OneAlready
    referral_id = new_id()
    checked = _checked(words)
    chosen = _chosen(receiver, fields, checked)
    # Locked, so that nothing is sealed under a key that an erasure replaces at this moment.
    held = await conversations.lock(unit, vault, case.conversation_id)
    await unit.execute(
        insert(referral).values(
            id=referral_id,
            case_id=case_id,
            conversation_id=case.conversation_id,
            role=case.role,
            receiver=receiver.id,
            state="draft",
            version=1,
            urgent=urgent,
            fields=" ".join(chosen),
            body_sealed=_sealed_words(held, referral_id, checked),
            by=staff.id,
            at=now,
            changed_at=now,
            asking="unasked",
            wants_news=False,
            due_at=now + receiver.send_within.of(urgent=urgent),
        )
    )
    await note(unit, staff, case_id, referral_id, "drafted", now, receiver=receiver.id, urgent=urgent)
    return referral_id


async def change(
    unit: Transaction,
    vault: Vault,
    staff: Staff,
    case_id: str,
    referral_id: str,
    receivers: Receivers,
    *,
    version: int,
    urgent: bool,
    fields: frozenset[str],
    words: Words,
    now: datetime,
) -> None:
    """Change a referral that is not outside. A signature stood under other words, and is void.

    Raises NoSuchReferral, ChangedMeanwhile, NotNow or Unreadable.
    """
    require(staff, "referral.draft")
    case, row = await hold_open(unit, vault, staff, case_id, referral_id, version)
    receiver, checked = receivers.named(row.receiver), _checked(words)
    held = await conversations.lock(unit, vault, case.conversation_id)
    values = {
        "urgent": urgent,
        "fields": " ".join(_chosen(receiver, fields, checked)),
        "body_sealed": _sealed_words(held, referral_id, checked),
        "signed_by": None,
        "signed_at": None,
        "due_at": row.at + receiver.send_within.of(urgent=urgent) if row.state == "draft" else row.due_at,
    }
    await save(unit, row, **values)
    await note(unit, staff, case_id, referral_id, "changed", now, unsigned=row.signed_by is not None)


async def write_reason(
    unit: Transaction,
    vault: Vault,
    staff: Staff,
    case_id: str,
    referral_id: str,
    *,
    version: int,
    ground: str,
    text: str,
    now: datetime,
) -> None:
    """Name the ground of law on which it may leave without a yes, and why; until it is signed it may be mended.

    Raises NoSuchReferral, ChangedMeanwhile, NotNow or Unreadable.
    """
    require(staff, "referral.draft")
    case, row = await hold_open(unit, vault, staff, case_id, referral_id, version)
    if row.signed_by is not None:
        raise NotNow
    reason = checked_text(text, MAX_TEXT_CHARACTERS, needed=True)
    if ground not in GROUND_WORDS:
        raise Unreadable("There is no such ground of law.")
    held = await conversations.lock(unit, vault, case.conversation_id)
    sealed = held.sealer.seal(reason_place(referral_id), reason)
    await save(unit, row, ground=ground, reason_sealed=sealed, reason_by=staff.id, reason_at=now)
    await note(unit, staff, case_id, referral_id, "reason_written", now, ground=ground)


async def sign(
    unit: Transaction, vault: Vault, staff: Staff, case_id: str, referral_id: str, *, version: int, now: datetime
) -> None:
    """Put the second signature under the ground. Raises NotAllowed, NoSuchReferral, ChangedMeanwhile, SameSignature."""
    require(staff, "referral.sign")
    _, row = await hold_open(unit, vault, staff, case_id, referral_id, version)
    if row.reason_by is None or row.signed_by is not None:
        raise NotNow
    if row.reason_by == staff.id:
        raise SameSignature
    await save(unit, row, signed_by=staff.id, signed_at=now)
    await note(unit, staff, case_id, referral_id, "signed", now, ground=row.ground)


async def drop(
    unit: Transaction, vault: Vault, staff: Staff, case_id: str, referral_id: str, *, version: int, now: datetime
) -> None:
    """Give a referral up that is not outside. Raises NotNow or ChangedMeanwhile."""
    require(staff, "referral.draft")
    _, row = await hold_open(unit, vault, staff, case_id, referral_id, version)
    await save(unit, row, state=next_state(row.state, "drop"), changed_at=now, due_at=None)
    await note(unit, staff, case_id, referral_id, "dropped", now)


def _chosen(receiver: Receiver, fields: frozenset[str], words: Words) -> tuple[str, ...]:
    """Return the optional fields that go: what was ticked, and what was written where the receiver may have it."""
    written = {"account": words.account, "done_before": words.done_before}
    return receiver.chosen(fields | {name for name, text in written.items() if text and name in receiver.may})


def _checked(words: Words) -> Words:
    return Words(
        request=checked_text(words.request, MAX_REQUEST_CHARACTERS, needed=True),
        account=checked_text(words.account, MAX_TEXT_CHARACTERS),
        done_before=checked_text(words.done_before, MAX_TEXT_CHARACTERS),
    )


def _sealed_words(held: Conversation, referral_id: str, words: Words) -> bytes:
    body = {"request": words.request, "account": words.account, "done_before": words.done_before}
    return held.sealer.seal(body_place(referral_id), body)
