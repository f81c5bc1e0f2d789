"""One child's matter in the hotline's queue: opened by its yes, raised, completed, withdrawn, closed.

What happens to a case from the child's side. The staff's side is in `escalation.queue` and `escalation.contact`.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import delete, insert, select, update

from escalation import case_words, consent, holds, trail
from escalation.errors import NoSuchCase, WrongState
from escalation.grounds import PURPOSES, ground_of
from escalation.outside.announcing import announce
from escalation.priority import rises
from escalation.tables import alert, cases
from escalation.tasks import owing
from escalation.vital import Basis
from escalation.writing import erasing
from store.conversations import Conversation
from store.database import Transaction
from store.ids import CaseId, new_id
from store.signals import QUEUE, case_topic
from store.tables import message, outbox

CaseState = Literal["waiting", "claimed", "closed", "withdrawn"]
CaseEvent = Literal["claim", "release", "close", "withdraw"]
OPEN_STATES: tuple[CaseState, ...] = ("waiting", "claimed")

# The whole life of a case; what is not in the table cannot happen.
TRANSITIONS: dict[tuple[CaseState, CaseEvent], CaseState] = {
    ("waiting", "claim"): "claimed",
    ("claimed", "release"): "waiting",
    ("claimed", "close"): "closed",
    ("waiting", "withdraw"): "withdrawn",
    ("claimed", "withdraw"): "withdrawn",
}

CHILD = "child"
ITEMS_PLACE = "items"


def next_state(state: CaseState, event: CaseEvent) -> CaseState:
    """Return the state after `event`; raises WrongState when the table has no such step."""
    try:
        return TRANSITIONS[state, event]
    except KeyError as error:
        raise WrongState from error


async def open_case(
    unit: Transaction,
    held: Conversation,
    *,
    urgency: str,
    harms: tuple[str, ...],
    subject: str,
    band: str | None,
    audience: str,
    role: str,
    basis: Basis,
    from_seq: int,
    consent_seq: int | None,
    sign_due_at: datetime | None = None,
    now: datetime,
    left_out: Collection[int] = (),
) -> CaseId:
    """Open a case in the transaction that records the consent to `conversation`, and share its messages.

    With the basis `vital_interest` there is no such record: the emergency itself opens it, a counsellor gives the
    reason in writing, and a supervisor signs until `sign_due_at` (`escalation.signing`). `left_out` are the numbers
    of messages that the person keeps for itself; lines without words, such as a preview, are never shared. The
    database itself refuses a second open case of one person (child or parent) in a conversation.
    """
    case_id = CaseId(new_id())
    law = {"ground": ground_of(basis=basis, role=role, band=band, urgency=urgency), "purposes": PURPOSES}
    await unit.execute(
        insert(cases).values(
            id=case_id,
            conversation_id=held.id,
            channel=held.channel,
            state="waiting",
            urgency=urgency,
            harms=" ".join(harms),
            subject=subject,
            band=band,
            audience=audience,
            role=role,
            basis=basis,
            **{name: " ".join(words) for name, words in law.items()},
            sign_due_at=sign_due_at if basis == "vital_interest" else None,
            from_seq=from_seq,
            lease=0,
            front=False,
            opened_at=now,
            waiting_since=now,
            last_child_at=now,
        )
    )
    await _share(unit, held, case_id, role=role, from_seq=from_seq, left_out=left_out)
    if consent_seq is not None:
        await consent.link_to_case(unit, conversation_id=held.id, message_seq=consent_seq, case_id=case_id)
    await owing.owe(unit, case_id, held.id, urgency, now)
    detail = {"urgency": urgency, "harms": list(harms), "basis": basis} | law
    await _note(unit, case_id, "case.opened", now, detail)
    await announce(unit, case_id, "opened", now)
    return case_id


async def agree(
    unit: Transaction,
    held: Conversation,
    case_id: str,
    *,
    role: str,
    from_seq: int,
    now: datetime,
    left_out: Collection[int] = (),
) -> None:
    """Add the child's yes to a case that was opened without one, in the transaction that records it."""
    await unit.execute(update(cases).where(cases.c.id == case_id).values(agreed_at=now))
    await _share(unit, held, case_id, role=role, from_seq=from_seq, left_out=left_out)
    await _note(unit, case_id, "case.agreed", now, {})


async def _share(
    unit: Transaction, held: Conversation, case_id: str, *, role: str, from_seq: int, left_out: Collection[int]
) -> None:
    shared = (
        (message.c.conversation_id == held.id)
        & (message.c.seq >= from_seq)
        & (message.c.person == role)
        & message.c.case_id.is_(None)  # what belongs to another case never moves
        & message.c.seq.not_in(left_out)
        & message.c.body_sealed.is_not(None)
    )
    await unit.execute(update(message).where(shared).values(case_id=case_id))


async def raise_case(unit: Transaction, case_id: str, *, urgency: str, harms: tuple[str, ...], now: datetime) -> None:
    """Take in new danger: urgency only rises, harms only grow; counsellor and supervisor are alerted when it rose."""
    row = await _row(unit, case_id)
    known = tuple(row.harms.split())
    merged = known + tuple(harm for harm in harms if harm not in known)
    graver = rises(row.urgency, urgency)
    if not graver and merged == known:
        return
    values = {"harms": " ".join(merged), "urgency": urgency if graver else row.urgency}
    if graver:
        ground = ground_of(basis=row.basis, role=row.role, band=row.band, urgency=urgency)
        values["ground"] = " ".join(ground)
    await unit.execute(update(cases).where(cases.c.id == case_id).values(**values))
    if graver:
        await owing.owe(unit, case_id, row.conversation_id, urgency, now)
        await raise_alert(unit, case_id, "raised", now)
    await _note(unit, case_id, "case.raised", now, {"urgency": values["urgency"], "harms": list(merged)})
    await announce(unit, case_id, "raised", now)


async def child_wrote(unit: Transaction, case_id: str, now: datetime) -> None:
    """Note that the child wrote again, so that a long silence of the counsellor is seen."""
    await unit.execute(update(cases).where(cases.c.id == case_id).values(last_child_at=now))
    unit.signal(case_topic(case_id))


async def set_item(unit: Transaction, held: Conversation, case_id: str, item: str, value: str | None) -> None:
    """Store what an agreed item says (a nickname, an area, a phone), sealed; None takes it out again."""
    row = await _row(unit, case_id)
    items = items_of(held, row)
    if value is None:
        items.pop(item, None)
    else:
        items[item] = value
    sealed = held.sealer.seal(items_place(case_id), items)
    await unit.execute(update(cases).where(cases.c.id == case_id).values(items_sealed=sealed))
    unit.signal(QUEUE, case_topic(case_id))


def items_of(held: Conversation, row: Any) -> dict[str, str]:
    """Open the agreed items of a case row."""
    if row.items_sealed is None:
        return {}
    items: dict[str, str] = held.sealer.open(items_place(row.id), row.items_sealed)
    return items


async def withdraw(unit: Transaction, case_id: str, *, now: datetime, claimed: bool = False) -> bool:
    """Take a case back at the child's word; returns True when a counsellor had already claimed it.

    Before the claim the content goes at once. After it the agreed items go, and the conversation stays sealed
    only where the duty to report weighs (urgency high or emergency, Law on Children art. 51). A case that was
    opened without a yes stays where it is, for its ground is the danger: what was agreed to goes, nothing is added.
    Of a case under legal hold nothing goes. `claimed` tells it where the row, of a restored backup, does not know yet.
    """
    row = await _row(unit, case_id)
    held = await holds.is_held(unit, case_id)
    claimed = claimed or row.state == "claimed"
    items = row.items_sealed if held else None
    if row.basis == "vital_interest":
        await unit.execute(update(cases).where(cases.c.id == case_id).values(items_sealed=items, agreed_at=None))
        await raise_alert(unit, case_id, "withdrawn", now)
        await _note(unit, case_id, "case.withdrawn", now, {"claimed": claimed, "kept": True})
        await announce(unit, case_id, "withdrawn", now)
        return claimed
    state = next_state(row.state, "withdraw")
    await unit.execute(
        update(cases)
        .where(cases.c.id == case_id)
        .values(
            state=state,
            items_sealed=items,
            closed_at=now,
            lease_until=None,
            lease=row.lease + 1,
        )
    )
    await erasing.drafts_of_case(unit, case_id)
    if not held and (not claimed or row.urgency == "moderate"):
        lines = select(message.c.seq).where(message.c.case_id == case_id)
        sent = (outbox.c.conversation_id == row.conversation_id) & outbox.c.seq.in_(lines)
        await unit.execute(update(outbox).where(sent, outbox.c.status != "pending").values(body_sealed=None))
        await unit.execute(delete(message).where(message.c.case_id == case_id))
        await case_words.forget(unit, case_id)
    if claimed or held:
        await raise_alert(unit, case_id, "withdrawn", now)
    await _note(unit, case_id, "case.withdrawn", now, {"claimed": claimed})
    await announce(unit, case_id, "withdrawn", now)
    return claimed


async def origin_of(unit: Transaction, case_id: str) -> tuple[str, int]:
    """Return whose case it is, child or parent, and the number of its first message; raises NoSuchCase."""
    row = await _row(unit, case_id)
    return row.role, row.from_seq


async def raise_alert(unit: Transaction, case_id: str, kind: str, now: datetime) -> None:
    """Tell counsellor and supervisor; an alert carries ids only."""
    await trail.alone(unit, trail.case_stream(case_id))
    last = (
        await unit.execute(
            select(alert.c.number).where(alert.c.case_id == case_id).order_by(alert.c.number.desc()).limit(1)
        )
    ).scalar_one_or_none()
    await unit.execute(insert(alert).values(case_id=case_id, number=(last or 0) + 1, kind=kind, at=now))
    unit.signal(QUEUE, case_topic(case_id))


async def _note(unit: Transaction, case_id: str, action: str, now: datetime, detail: dict[str, Any]) -> None:
    await trail.record(
        unit, stream=trail.case_stream(case_id), actor=CHILD, action=action, at=now, detail={"case": case_id, **detail}
    )
    unit.signal(QUEUE, case_topic(case_id))


async def _row(unit: Transaction, case_id: str) -> Any:
    row = (await unit.execute(select(cases).where(cases.c.id == case_id).with_for_update())).one_or_none()
    if row is None:
        raise NoSuchCase
    return row


def items_place(case_id: str) -> str:
    """Return the place that the agreed items of a case are sealed for."""
    return f"case/{case_id}/{ITEMS_PLACE}"


async def any_kept(unit: Transaction, conversation_id: str, role: str) -> bool:
    """Tell whether the law keeps something of this person: a case that was claimed, opened by danger, or is held."""
    mine = (cases.c.conversation_id == conversation_id) & (cases.c.role == role)
    rows = (await unit.execute(select(cases.c.id, cases.c.claimed_at, cases.c.basis).where(mine))).all()
    given = any(row.claimed_at is not None or row.basis == "vital_interest" for row in rows)
    return given or any([await holds.is_held(unit, row.id) for row in rows])
