"""What is kept of one person: for its own eyes in the chat, and as a file for a machine.

The person at the phone is shown nothing of anybody else who uses it. Where somebody else may hold the phone, what was
shared with 111 is left out as if it had never been (safety protocol, section 5).
"""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from bot.follow_up import FollowUp
from bot.learning import KEPT, Learning
from bot.plan import KEPT as CARD_KEPT
from bot.plan import Plan
from bot.state import State
from escalation import complaints
from escalation.casefile.reading import KeptForm, kept_forms
from escalation.cases import items_of
from escalation.consent import pseudonym_of
from escalation.receipts import Decision, Receipt, decisions_outside, receipts_of
from escalation.referrals import asking
from escalation.staff_words import KeptWords, kept_words, open_words
from escalation.tables import cases
from escalation.tasks.reading import KeptTask, kept_tasks
from store.conversations import Conversation, message_place
from store.database import Transaction
from store.retention import TALK
from store.tables import message


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnData:
    """What is kept of one person, without its words."""

    channel: str = ""
    pseudonym: str = ""
    messages: int = 0  # outside a case
    oldest_at: datetime | None = None  # of these
    newest_at: datetime | None = None
    decisions: tuple[Decision, ...] = ()  # where no case came of them
    receipts: tuple[Receipt, ...] = ()
    complaints: int = 0  # whose words are still kept


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnWords:
    """What is kept of one person in words: its messages, and what it agreed to tell of itself, by case."""

    messages: tuple["Kept", ...]
    items: dict[str, dict[str, str]]
    complaints: tuple[tuple[datetime, str], ...] = ()
    forms: dict[str, tuple[KeptForm, ...]] = field(default_factory=dict)  # by case; what stands in them is staff's
    tasks: dict[str, tuple[KeptTask, ...]] = field(default_factory=dict)  # by case; their words are staff's
    referrals: tuple[dict[str, Any], ...] = ()  # to whom, how far, on what basis
    written: dict[str, tuple[KeptWords, ...]] = field(default_factory=dict)  # by case: what staff wrote, without words


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One message that is kept."""

    seq: int
    author: str  # child (also a parent's own) | bot | counsellor
    text: str
    at: datetime
    case_id: str | None


async def read_own_data(unit: Transaction, held: Conversation, person: str) -> OwnData:
    """Count what is kept of one person of a conversation; no word is opened."""
    mine = (message.c.conversation_id == held.id) & (message.c.person == person)
    outside = mine & message.c.case_id.is_(None) & message.c.body_sealed.is_not(None)
    times = (await unit.execute(select(message.c.at).where(outside).order_by(message.c.at))).scalars().all()
    return OwnData(
        channel=held.channel,
        pseudonym=pseudonym_of(held.id),
        messages=len(times),
        oldest_at=times[0] if times else None,
        newest_at=times[-1] if times else None,
        decisions=await decisions_outside(unit, held.id, person),
        receipts=await receipts_of(unit, held.id, person),
        complaints=len(await complaints.own(unit, held, person)),
    )


async def read_own_words(unit: Transaction, held: Conversation, person: str) -> OwnWords:
    """Open everything that is kept of one person of a conversation, oldest first."""
    mine = (message.c.conversation_id == held.id) & (message.c.person == person) & message.c.body_sealed.is_not(None)
    rows = (await unit.execute(select(message).where(mine).order_by(message.c.seq))).all()
    messages = tuple(
        Kept(
            seq=row.seq,
            author=row.author,
            text=held.sealer.open(message_place(row.seq), row.body_sealed)["text"],
            at=row.at,
            case_id=row.case_id,
        )
        for row in rows
    )
    own_cases = (cases.c.conversation_id == held.id) & (cases.c.role == person)
    items = {row.id: items_of(held, row) for row in await unit.execute(select(cases).where(own_cases))}
    return OwnWords(
        messages=messages,
        items=items,
        complaints=await complaints.own(unit, held, person),
        forms={case_id: await kept_forms(unit, case_id) for case_id in items},
        tasks={case_id: await kept_tasks(unit, case_id) for case_id in items},
        referrals=await asking.own(unit, held.id, person),
        written={case_id: await kept_words(unit, case_id) for case_id in items},
    )


async def read_staff_words(unit: Transaction, held: Conversation, person: str) -> dict[str, list[dict[str, Any]]]:
    """Open what staff wrote about one person of a conversation, by case: for the copy that the operator hands over."""
    mine = (cases.c.conversation_id == held.id) & (cases.c.role == person)
    ids = (await unit.execute(select(cases.c.id).where(mine).order_by(cases.c.opened_at))).scalars().all()
    return {case_id: await open_words(unit, held, case_id) for case_id in ids}


def document(state: State, person: str, own: OwnData, words: OwnWords | None, now: datetime) -> dict[str, Any]:
    """Return everything that is kept of one person as JSON values.

    Without `words` everything that tells of a disclosure is left out: words, decisions, cases, what is out of sight.
    """
    learned = _learned_of(state, person)
    told: dict[str, Any] = {
        "pseudonym": own.pseudonym,
        "made_at": now.isoformat(),
        "channel": own.channel,
        "role": person,
        "language": state.language,
        "messages_outside_a_case": {
            "count": own.messages,
            "oldest_at": _iso(own.oldest_at),
            "newest_at": _iso(own.newest_at),
            "erased_after_days": TALK.days,
        },
        "learned": {"kept_days": KEPT.days, "of": [_learned(it) for it in learned if words or not it.hidden]},
    }
    if person == state.person:
        told["band"] = state.band
    plan = _plan_of(state, person)
    if plan is not None and (words or not plan.hidden):
        told["safety_card"] = {
            "kept_days": CARD_KEPT.days,
            "lines": [asdict(line) if line else None for line in plan.entries],
        }
    follow_up = _follow_up_of(state, person)
    if words is not None and follow_up is not None and follow_up.due_at is not None:
        told["follow_up"] = {"case": follow_up.case_id, "due_at": follow_up.due_at.isoformat()}
    if words is not None:
        told["messages"] = [asdict(line) | {"at": line.at.isoformat()} for line in words.messages]
        told["consents"] = [_decided(decision) for decision in own.decisions]
        told["cases"] = [_case(receipt, words) for receipt in own.receipts]
        told |= {"referrals": list(words.referrals)} if words.referrals else {}
        told["complaints"] = [{"at": at.isoformat(), "text": text} for at, text in words.complaints]
    return told


def _plan_of(state: State, person: str) -> Plan | None:
    """Return the safety card of this person of the conversation."""
    if person == state.person:
        return state.plan
    return state.aside.plan if state.aside is not None and state.aside.role == person else None


def _follow_up_of(state: State, person: str) -> FollowUp | None:
    """Return the follow-up of this person of the conversation."""
    if person == state.person:
        return state.follow_up
    return state.aside.follow_up if state.aside is not None and state.aside.role == person else None


def _learned_of(state: State, person: str) -> tuple[Learning, ...]:
    """Return what this person of the conversation has learned, whether it is at the phone or not."""
    if person == state.person:
        return state.learned
    return state.aside.learned if state.aside is not None and state.aside.role == person else ()


def _learned(learning: Learning) -> dict[str, Any]:
    return {
        "audience": learning.audience,
        "finished": [{"topic": done.topic, "on": done.on.isoformat()} for done in learning.finished],
        "quizzes": [
            {"topic": result.topic, "right": result.right, "of": result.total, "on": result.on.isoformat()}
            for result in learning.results
        ],
        "questions_to_come_back": [card.question for card in learning.cards],
        "last_on": learning.on.isoformat() if learning.on is not None else None,
    }


def _case(receipt: Receipt, words: OwnWords) -> dict[str, Any]:
    return {
        "id": receipt.case_id,
        "state": receipt.state,
        "opened_at": receipt.opened_at.isoformat(),
        "closed_at": _iso(receipt.closed_at),
        "basis": receipt.basis,
        "grounds": list(receipt.grounds),
        "purposes": list(receipt.purposes),
        "items": words.items.get(receipt.case_id, {}),
        "forms": [
            {"form": form.number, "saved_at": form.saved_at.isoformat(), "signed": form.signed}
            for form in words.forms.get(receipt.case_id, ())
        ],
        "tasks": [
            {
                "task": one.kind,
                "state": one.state,
                "counts_from": one.counts_from.isoformat(),
                "due_at": _iso(one.due_at),
                "ended_at": _iso(one.ended_at),
            }
            for one in words.tasks.get(receipt.case_id, ())
        ],
        "written_by_staff": [
            {"kind": one.kind, "count": one.count, "first_at": _iso(one.first_at), "last_at": _iso(one.last_at)}
            for one in words.written.get(receipt.case_id, ())
        ],
        "consents": [_decided(decision) for decision in receipt.decisions],
        "opened_by": [
            {"name": reader.name, "role": reader.role, "first_at": reader.first_at.isoformat(), "times": reader.times}
            for reader in receipt.readers
        ],
    }


def _decided(decision: Decision) -> dict[str, Any]:
    return asdict(decision) | {"at": decision.at.isoformat()}


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None
