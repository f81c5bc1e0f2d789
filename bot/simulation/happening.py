"""What a phone, a message and a step's outcome are, as the checks see them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.channels.port import Received
from bot.simulation.desk import Act
from bot.simulation.machinery import START
from bot.simulation.steps import Step
from bot.state import State
from escalation.priority import TARGETS
from store.conversations import Conversation
from store.outbox import outbox_place

TELEGRAM = "telegram"
_TELEGRAM_EVERY = 4  # every fourth phone writes by Telegram, the others on the web page


@dataclass(slots=True, kw_only=True)
class Phone:
    """One phone, whoever holds it: its conversation and what it was shown last."""

    number: int
    conversation_id: str = ""
    state: State = field(default_factory=State)
    timers: dict[str, datetime] = field(default_factory=dict)
    looked_up_to: int = 0  # the last outgoing number that was looked at

    @property
    def channel(self) -> str:
        """Return by which channel this phone writes."""
        return TELEGRAM if self.number % _TELEGRAM_EVERY == 0 else "web"

    @property
    def address(self) -> str:
        """Return the messenger's id of the phone."""
        return f"phone-{self.number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One message that left for a phone, of the bot or (with a name) of a counsellor."""

    phone: int
    seq: int
    message_id: str
    text: str
    choices: tuple[str, ...]
    name: str | None
    push: bool
    answers: int | None
    at: datetime


@dataclass(slots=True, kw_only=True)
class Happening:
    """One step and everything that came of it, the time before it included."""

    step: Step
    began: datetime
    acted: datetime  # when the time before the step was over
    taken: tuple[int, ...] = ()  # the numbers of what the person sent
    repeated: bool = False
    act: Act | None = None
    ended: datetime = START
    said: tuple[Said, ...] = ()
    before: dict[int, State] = field(default_factory=dict)  # of each phone that something happened to
    after: dict[int, State] = field(default_factory=dict)
    timers_before: dict[int, dict[str, datetime]] = field(default_factory=dict)
    timers_after: dict[int, dict[str, datetime]] = field(default_factory=dict)
    open_cases: tuple[Any, ...] = ()


def said_of(phone: Phone, row: Any, held: Conversation) -> Said:
    """Open an outgoing row."""
    body = held.sealer.open(outbox_place(row.seq), row.body_sealed)
    return Said(
        phone=phone.number,
        seq=row.seq,
        message_id=body["message_id"],
        text=body["text"],
        choices=tuple(choice["id"] for choice in body["choices"]),
        name=body["name"],
        push=row.push,
        answers=row.answers,
        at=row.created_at,
    )


def received_of(phone: Phone, step: Step) -> list[Received]:
    """Return the messages of a step as its channel hands them over; a burst is several."""
    texts: tuple[str | None, ...] = step.says or (None,)
    return [
        Received(
            address=phone.address,
            external_id=f"{step.id}.{place}",
            text=text,
            choice=step.presses,
            attachment=step.sends,
            edited=step.edited,
        )
        for place, text in enumerate(texts)
    ]


def deadlines_of(row: Any) -> list[datetime]:
    """Return when something is owed to the child of an open case, by the targets of the safety protocol."""
    target = TARGETS[row.urgency]
    moments = [row.lease_until] if row.lease_until is not None else []
    if row.alerted_at is None and row.first_reply_at is None:
        moments.append((row.claimed_at or row.waiting_since) + target)
    if row.alerted_at is None and row.last_child_at is not None:
        moments.append(row.last_child_at + target)
    return moments
