"""The JSON that goes in and out. Field names are the contract; they change only with the version in the address."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import AliasPath, BaseModel, BeforeValidator, ConfigDict, Field

from escalation.contact import MAX_REPLY_CHARACTERS, Contact
from escalation.priority import Reason, Standing
from escalation.queue import QueueEntry
from escalation.signing import MAX_REASON_CHARACTERS
from escalation.vital import Basis

Outcome = Literal["advised", "referred", "emergency_services", "child_left", "no_concern"]
MAX_SUMMARY_CHARACTERS = 4000


class Body(BaseModel):
    """A request's body: nothing beside what is named, nothing guessed from another type."""

    model_config = ConfigDict(extra="forbid", strict=True)


class PresenceBody(Body):
    """Signed in and free for the next 60 s, or no longer."""

    on: bool


def whole(value: object) -> object:
    """Take 7.0 for 7, as JSON Schema does."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


class LeaseBody(Body):
    """The lease that the claim returned; an older one is refused."""

    lease: Annotated[int, BeforeValidator(whole)] = Field(ge=0, lt=2**31)


class MessageBody(LeaseBody):
    """A message to the child. The same id twice is one message."""

    id: str = Field(min_length=1, max_length=64)
    text: str = Field(min_length=1, max_length=MAX_REPLY_CHARACTERS, pattern=r"\S")


class CloseBody(LeaseBody):
    """How the contact ended; with `follow_up` the bot asks the child whether and when 111 may ask how it is."""

    outcome: Outcome
    summary: str = Field(default="", max_length=MAX_SUMMARY_CHARACTERS)
    follow_up: bool = False


class ReasonBody(LeaseBody):
    """Why the child's words were read without a yes."""

    text: str = Field(min_length=1, max_length=MAX_REASON_CHARACTERS, pattern=r"\S")


class Lease(BaseModel):
    """A fresh claim."""

    lease: int


class Taken(Lease):
    """The next child, claimed."""

    case: str


class Failure(BaseModel):
    """Why something was refused, in words."""

    error: str


class Entry(BaseModel):
    """A case in the queue; no words of the child.

    `agreed`, `reason_written`, `signed` and `sign_due_at` are null where the child agreed before the case was opened.
    """

    model_config = ConfigDict(from_attributes=True)

    id: str = Field(validation_alias="case_id")
    state: Literal["waiting", "claimed", "closed", "withdrawn"]
    urgency: Literal["moderate", "high", "emergency"]
    harms: tuple[str, ...]
    subject: str
    band: Literal["6-10", "11-14", "15-17"] | None
    audience: str
    channel: str
    basis: Basis
    agreed: bool | None = Field(default=None, validation_alias=AliasPath("duties", "agreed"))
    reason_written: bool | None = Field(default=None, validation_alias=AliasPath("duties", "reason_written"))
    signed: bool | None = Field(default=None, validation_alias=AliasPath("duties", "signed"))
    sign_due_at: datetime | None = Field(default=None, validation_alias=AliasPath("duties", "sign_due_at"))
    area: str | None
    front: bool
    owner: str | None = Field(validation_alias="owner_id")
    waiting_since: datetime
    target_at: datetime
    opened_at: datetime
    first_reply_at: datetime | None
    reasons: tuple[Reason, ...]
    standing: Standing


class Span(BaseModel):
    """Code points of a text that raised the alarm; `end` stands behind the last one."""

    model_config = ConfigDict(from_attributes=True)

    start: int
    end: int


class Line(BaseModel):
    """One message. `delivery` is set on a counsellor's; null there means that the child hides the contact now."""

    model_config = ConfigDict(from_attributes=True)

    seq: int
    author: Literal["child", "bot", "counsellor"]
    text: str
    at: datetime
    evidence: tuple[Span, ...]
    name: str | None
    delivery: str | None


class FollowUp(BaseModel):
    """What came of a proposed follow-up. Its time is the child's: nobody else sets or moves it."""

    model_config = ConfigDict(from_attributes=True)

    state: Literal["proposed", "agreed", "held", "sent", "refused", "taken_back"]
    due_at: datetime | None
    changed_at: datetime


class Window(BaseModel):
    """Until when the messenger lets us write to the child; `at` is when that ends or ended."""

    model_config = ConfigDict(from_attributes=True)

    state: Literal["open", "soon", "closed", "left"]
    at: datetime


class Case(BaseModel):
    """A case with its conversation and what the child agreed to. `lease` is given to its owner only.

    `opens_at_claim`: without a yes there are no lines for a look, only for whoever takes the child.
    """

    case: Entry
    lease: int | None
    items: dict[str, str]
    decisions: dict[str, str]
    grounds: tuple[str, ...]
    purposes: tuple[str, ...]
    lines: tuple[Line, ...]
    held: int
    closed_at: datetime | None
    outcome: str | None
    opens_at_claim: bool
    follow_up: FollowUp | None
    window: Window | None

    @classmethod
    def of(cls, contact: Contact, staff_id: str) -> Self:
        """Return a contact as this member of staff may see it."""
        mine = contact.entry.state == "claimed" and contact.entry.owner_id == staff_id
        return cls(
            case=entry_of(contact.entry),
            lease=contact.lease if mine else None,
            items=contact.items,
            decisions=contact.decisions,
            grounds=contact.grounds,
            purposes=contact.purposes,
            lines=tuple(Line.model_validate(line) for line in contact.lines),
            held=contact.held,
            closed_at=contact.closed_at,
            outcome=contact.outcome,
            opens_at_claim=contact.opens_at_claim,
            follow_up=None if contact.follow_up is None else FollowUp.model_validate(contact.follow_up),
            window=None if contact.window is None else Window.model_validate(contact.window),
        )


def entry_of(entry: QueueEntry) -> Entry:
    """Return a queue entry as the API shows it."""
    return Entry.model_validate(entry)
