"""The conversation between a counsellor and a child: reading what was shared, writing, ending.

What a counsellor writes goes through the conversation's inbox and its turn, like everything else the child is
shown, so that order, discreet mode and quick exit hold for it too.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from escalation import consent, follow_ups, queue, signing, trail
from escalation.cases import items_of, next_state
from escalation.documents.letters import odd_signs
from escalation.errors import BadRequest, ReasonMissing
from escalation.glass.breaking import readable
from escalation.glass.grants import Grant
from escalation.grounds import words_of
from escalation.outside.announcing import announce
from escalation.permissions import Staff, require
from escalation.tables import cases
from escalation.vital import opens_at_claim
from escalation.window import Window, window_of
from escalation.writing import erasing, notes
from escalation.writing.notes import Note
from store import conversations
from store.conversations import Conversation, message_place
from store.database import Transaction
from store.inbox import DESK, inbox_place
from store.tables import inbox, message, outbox
from store.vault import Vault

MAX_REPLY_CHARACTERS = 2000
OUTCOMES = ("advised", "referred", "emergency_services", "child_left", "no_concern")
COUNSELLOR = "counsellor"
_MASK = "•"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Characters of a message that raised the alarm."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One message of the contact as the counsellor sees it."""

    seq: int
    author: str  # child | bot | counsellor
    text: str
    at: datetime
    evidence: tuple[Span, ...] = ()
    name: str | None = None  # the counsellor's display name
    delivery: str | None = None  # of what the child was sent: pending | sending | sent | parked | cancelled


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A case with its conversation, its agreed items, and what was agreed and not."""

    entry: queue.QueueEntry
    lease: int
    items: dict[str, str]
    decisions: dict[str, str]
    grounds: tuple[str, ...]
    purposes: tuple[str, ...]
    lines: tuple[Line, ...]
    held: int  # replies that wait unseen, because the child hides the contact now
    closed_at: datetime | None
    outcome: str | None
    summary: str | None
    reason: str | None  # why it was read without a yes, where it was
    notes: tuple[Note, ...]  # of colleagues, beside the chat
    opens_at_claim: bool  # without a yes the words are for whoever takes the child, not for a look
    follow_up: follow_ups.FollowUp | None
    window: Window | None  # until when the messenger lets us write
    glass: Grant | None  # read by breaking the glass, until it ends

    @property
    def odd_signs(self) -> int:
        """Return how many signs in name, place and phone could mislead whoever reads them."""
        return sum(odd_signs(value) for value in self.items.values())


async def read_contact(unit: Transaction, vault: Vault, staff: Staff, case_id: str, now: datetime) -> Contact:
    """Open a case for reading, and write down who looked. Raises NoSuchCase or NotAllowed."""
    found = await look_again(unit, vault, staff, case_id, now)
    await trail.record(
        unit,
        stream=trail.case_stream(case_id),
        actor=staff.id,
        action="case.viewed",
        at=now,
        detail={"case": case_id}
        | ({"grant": found.glass.id} if found.glass else {})
        | ({"odd_signs": found.odd_signs} if found.odd_signs else {}),
    )
    return found


async def look_again(unit: Transaction, vault: Vault, staff: Staff, case_id: str, now: datetime) -> Contact:
    """Read a case once more for a page whose opening stands in the trail. Raises NoSuchCase or NotAllowed."""
    row, glass = await readable(unit, vault, staff, case_id, now)
    held = await conversations.read(unit, vault, row.conversation_id)
    items = items_of(held, row)
    closed = opens_at_claim(row)
    shown = () if closed else await _lines(unit, held, case_id, items)
    unsent, written = await _replies(unit, held, case_id)
    arrived = sum(line.author == COUNSELLOR for line in shown)
    summary = row.summary_sealed
    return Contact(
        entry=queue.entry_of(row, items.get("area")),
        lease=row.lease,
        items=items,
        decisions={str(item): decision for item, decision in (await consent.granted_items(unit, case_id)).items()},
        grounds=words_of(row.ground),
        purposes=words_of(row.purposes),
        lines=(*shown, *unsent),
        held=max(0, written - arrived),
        closed_at=row.closed_at,
        outcome=row.outcome,
        summary=None if summary is None else held.sealer.open(summary_place(case_id), summary),
        reason=signing.reason_of(held, row),
        notes=() if closed else await notes.of_case(unit, held, case_id),
        opens_at_claim=closed,
        follow_up=await follow_ups.of_case(unit, case_id),
        window=await window_of(unit, row, now),
        glass=glass,
    )


async def reply(
    unit: Transaction,
    vault: Vault,
    staff: Staff,
    case_id: str,
    *,
    lease: int,
    message_id: str,
    text: str,
    now: datetime,
) -> None:
    """Write to the child. The same `message_id` twice is one message. Raises LeaseLost or BadRequest."""
    require(staff, "case.reply")
    words = text.strip()
    if not words or len(words) > MAX_REPLY_CHARACTERS:
        raise BadRequest(f"A message needs 1 to {MAX_REPLY_CHARACTERS} characters.")
    row = await queue.holding(unit, staff, case_id, lease)
    said = {"event": "said", "name": staff.display_name, "text": words}
    await queue.tell_child(unit, vault, row, f"said:{message_id}", said, now)
    await unit.execute(
        update(cases)
        .where(cases.c.id == case_id)
        .values(first_reply_at=row.first_reply_at or now, last_reply_at=now, alerted_at=None)
    )
    await erasing.drafts_of_case(unit, case_id, staff.id)
    await queue.note(unit, staff, case_id, "case.replied", now)


async def close(
    unit: Transaction,
    vault: Vault,
    staff: Staff,
    case_id: str,
    *,
    lease: int,
    outcome: str,
    summary: str,
    now: datetime,
    follow_up: bool = False,
) -> None:
    """End the contact with an outcome and a summary; the child is told and the bot speaks again.

    With `follow_up` the bot then asks the child whether and when 111 may ask how it is; silence is a no.
    Raises ReasonMissing for a case opened without a yes of which nobody has written why.
    """
    require(staff, "case.close")
    if outcome not in OUTCOMES:
        raise BadRequest(f"The outcome must be one of {', '.join(OUTCOMES)}.")
    row = await queue.holding(unit, staff, case_id, lease)
    if row.basis == "vital_interest" and row.reason_at is None:
        raise ReasonMissing
    # Locked, so that the summary is not sealed under a key that an erasure replaces at this moment.
    held = await conversations.lock(unit, vault, row.conversation_id)
    await unit.execute(
        update(cases)
        .where(cases.c.id == case_id)
        .values(
            state=next_state(row.state, "close"),
            closed_at=now,
            lease_until=None,
            outcome=outcome,
            summary_sealed=held.sealer.seal(summary_place(case_id), summary.strip()),
        )
    )
    await erasing.drafts_of_case(unit, case_id)
    told = {"event": "closed", "name": staff.display_name, "follow_up": follow_up}
    await queue.tell_child(unit, vault, row, "closed", told, now)
    await queue.note(unit, staff, case_id, "case.closed", now, outcome=outcome)
    await announce(unit, case_id, "closed", now)
    if follow_up:
        await follow_ups.propose(unit, staff, row, now)


async def _lines(unit: Transaction, held: Conversation, case_id: str, items: dict[str, str]) -> tuple[Line, ...]:
    statement = (
        select(message, outbox.c.status.label("delivery"))
        .outerjoin(outbox, (outbox.c.conversation_id == message.c.conversation_id) & (outbox.c.seq == message.c.seq))
        .where(message.c.case_id == case_id, message.c.body_sealed.is_not(None))
        .order_by(message.c.seq)
    )
    lines = (_line(held, row, items) for row in (await unit.execute(statement)).all())
    return tuple(line for line in lines if line.text)  # what was said in private left only its number


async def _replies(unit: Transaction, held: Conversation, case_id: str) -> tuple[tuple[Line, ...], int]:
    """Return the replies whose turn has not come yet as lines, and how many replies had their turn."""
    said = inbox.c.external_id.like(f"desk:{case_id}:said:%")
    statement = select(inbox).where(inbox.c.conversation_id == held.id, inbox.c.kind == DESK, said)
    rows = (await unit.execute(statement.order_by(inbox.c.seq))).all()
    unsent = [row for row in rows if row.status != "done" and row.body_sealed is not None]
    return tuple(_unsent(held, row) for row in unsent), sum(row.status == "done" for row in rows)


def _unsent(held: Conversation, row: Any) -> Line:
    body = held.sealer.open(inbox_place(row.seq), row.body_sealed)
    return Line(
        seq=row.seq,
        author=COUNSELLOR,
        text=body["text"],
        at=row.received_at,
        name=body["name"],
        delivery=row.status,
    )


def summary_place(case_id: str) -> str:
    """Return the place that the closing summary of a case is sealed for."""
    return f"case/{case_id}/summary"


def _line(held: Conversation, row: Any, items: dict[str, str]) -> Line:
    body = held.sealer.open(message_place(row.seq), row.body_sealed)
    return Line(
        seq=row.seq,
        author=row.author,
        text=masked(body["text"], body.get("masks", ()), items),
        at=row.at,
        evidence=tuple(Span(start=start, end=end) for start, end in body.get("evidence", ())),
        name=body.get("name"),
        delivery=row.delivery,
    )


def masked(text: str, masks: Any, items: dict[str, str]) -> str:
    """Hide what belongs to an item not agreed to, letter by letter so that other spans keep their place."""
    letters = list(text)
    for start, end, item in masks:
        if item not in items:
            letters[start:end] = [_MASK] * (end - start)
    return "".join(letters)
