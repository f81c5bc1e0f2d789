"""What leaves, and what comes back: the packet, that it was handed over, what the receiver answered.

Sending is done by an officer outside the product, by letter, telephone or an official system. Here it is written down,
once the gate is open; the packet is then kept as it was sent.
"""

from datetime import datetime
from typing import Any

from escalation import queue
from escalation.cases import items_of
from escalation.permissions import Staff, require
from escalation.referrals.acts import MAX_TEXT_CHARACTERS, checked_text, hold, note, save
from escalation.referrals.errors import GateShut, NotNow, Unreadable
from escalation.referrals.gate import Basis
from escalation.referrals.keeping import answer_place, packet_place
from escalation.referrals.machine import OPEN, UNSENT, Answer, answers_to, next_state
from escalation.referrals.packet import Packet, packet_of
from escalation.referrals.receivers import PacketField, Receiver, Receivers
from escalation.referrals.rows import gate_of, locked_case, row_of, words_of
from store import conversations
from store.conversations import Conversation
from store.database import Transaction
from store.vault import Vault

WAYS = ("letter", "phone", "system", "person")
_NEWS = {"accept": "accepted", "finish": "done"}


async def packet_for(
    unit: Transaction, vault: Vault, staff: Staff, case: Any, row: Any, receivers: Receivers
) -> tuple[Packet, Basis | None]:
    """Return what would go now, and on what; of a referral that left, what went and on what."""
    held = await conversations.read(unit, vault, case.conversation_id)
    if row.state not in UNSENT and row.packet_sealed is not None:
        return Packet.from_sealed(held.sealer.open(packet_place(row.id), row.packet_sealed)), row.basis
    basis = await gate_of(unit, row)
    return _packet(held, staff, case, row, receivers.named(row.receiver), basis), basis


async def take_packet(
    unit: Transaction,
    vault: Vault,
    staff: Staff,
    case_id: str,
    referral_id: str,
    receivers: Receivers,
    *,
    form: str,
    now: datetime,
) -> Packet:
    """Return the packet to be carried outside; an act, and in the trail. Raises GateShut while nothing may leave.

    The caller has asked for a fresh code.
    """
    require(staff, "referral.send")
    case = await locked_case(unit, vault, staff, case_id)
    row = await row_of(unit, case_id, referral_id, lock=True)
    packet, basis = await packet_for(unit, vault, staff, case, row, receivers)
    if basis is None or row.state == "stopped":
        raise GateShut
    await note(unit, staff, case_id, referral_id, "packet_taken", now, form=form)
    return packet


async def send(
    unit: Transaction,
    vault: Vault,
    staff: Staff,
    case_id: str,
    referral_id: str,
    receivers: Receivers,
    *,
    version: int,
    how: str,
    now: datetime,
) -> None:
    """Write down that the packet was handed to its receiver. Raises GateShut, NotNow, ChangedMeanwhile, Unreadable."""
    require(staff, "referral.send")
    case, row = await hold(unit, vault, staff, case_id, referral_id, version, UNSENT)
    if how not in WAYS:
        raise Unreadable("There is no such way of sending.")
    basis = await gate_of(unit, row)
    if basis is None:
        raise GateShut
    receiver = receivers.named(row.receiver)
    held = await conversations.lock(unit, vault, case.conversation_id)
    packet = _packet(held, staff, case, row, receiver, basis)
    missing = [
        field for field in ("request", "account") if field in receiver.always and field not in dict(packet.values)
    ]
    if missing:
        raise Unreadable("Write what happened and what is asked of the receiver before it is sent.")
    await save(
        unit,
        row,
        state=next_state(row.state, "send"),
        changed_at=now,
        basis=basis,
        packet_sealed=held.sealer.seal(packet_place(referral_id), packet.to_sealed()),
        sent_by=staff.id,
        sent_at=now,
        sent_how=how,
        due_at=now + receiver.answer_within.of(urgent=row.urgent),
        late_at=None,
    )
    fields = [field for field, _ in packet.values]
    await note(unit, staff, case_id, referral_id, "sent", now, basis=basis, how=how, fields=fields)


async def answer(
    unit: Transaction,
    vault: Vault,
    staff: Staff,
    case_id: str,
    referral_id: str,
    receivers: Receivers,
    *,
    version: int,
    event: str,
    text: str,
    now: datetime,
) -> None:
    """Note what the receiver answered; a child that wants to know is told, in written words, of a help that comes.

    Raises NotNow, ChangedMeanwhile or Unreadable.
    """
    require(staff, "referral.send")
    case, row = await hold(unit, vault, staff, case_id, referral_id, version, OPEN)
    given: Answer | None = next((known for known in answers_to(row.state) if known == event), None)
    if given is None:
        raise NotNow
    words = checked_text(text, MAX_TEXT_CHARACTERS)
    held = await conversations.lock(unit, vault, case.conversation_id)
    before = [] if row.answer_sealed is None else held.sealer.open(answer_place(row.id), row.answer_sealed)
    entry = {"event": given, "text": words, "at": now.isoformat(), "by": staff.id}
    within = receivers.named(row.receiver).done_within.of(urgent=row.urgent)
    await save(
        unit,
        row,
        state=next_state(row.state, given),
        changed_at=now,
        answer_sealed=held.sealer.seal(answer_place(row.id), [*before, entry]),
        answered_by=staff.id,
        due_at=now + within if given in {"accept", "return"} else None,
        late_at=None,
    )
    await note(unit, staff, case_id, referral_id, given, now)
    news = _NEWS.get(given)
    if news is not None and row.wants_news and row.asking == "granted":
        told = {"event": "referral_news", "referral": row.id, "about": news}
        await queue.tell_child(unit, vault, case, f"referral:{row.id}:{row.version}", told, now)


def _packet(held: Conversation, staff: Staff, case: Any, row: Any, receiver: Receiver, basis: Basis | None) -> Packet:
    items, words = items_of(held, case), words_of(held, row)
    facts: dict[PacketField, str] = {
        "case": case.id,
        "receiver": receiver.id,
        "sender": staff.display_name,
        "basis": "" if basis is None else basis if basis == "consent" else row.ground,
        "urgency": case.urgency,
        "harms": case.harms,
        "band": case.band or "",
        "nickname": items.get("nickname", ""),
        "area": items.get("area", ""),
        "phone": items.get("phone", ""),
        "account": words.account,
        "request": words.request,
        "done_before": words.done_before,
    }
    return packet_of(receiver, tuple(row.fields.split()), facts)
