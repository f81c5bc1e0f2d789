"""Where one conversation stands: frozen values, stored sealed, changed only by a turn."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from pydantic import TypeAdapter

from bot import plan as plans
from bot.follow_up import FollowUp, kept
from bot.learning import Learning, hide
from bot.plan import Plan
from bot.protocol import Stage
from bot.referral import Referral
from bot.referral import kept as still_agreed
from content.schema import Audience, Band
from nlu.understanding import Harm, Subject, Urgency

Language = Literal["vi", "en"]
Role = Literal["child", "parent"]
FlowKind = Literal[
    "idle", "role", "band", "list", "lesson", "quiz", "advice", "daily", "pre", "post", "whom", "who", "plan"
]
QuestionKind = Literal[
    "safe",
    "talk",
    "about",
    "consent",
    "item",
    "withdraw",
    "delete",
    "word",
    "complaint",
    "follow_up",
    "referral",
    "news",
]

Listed = tuple[tuple[int, str], ...]
"""Numbers that may be typed, each with the choice it stands for."""
Way = Literal["talk", "passed_on", "refused"]

SKIPPABLE: frozenset[FlowKind] = frozenset({"pre", "post", "whom", "plan"})  # questions that may be passed over
CONTEXT = timedelta(minutes=30)  # messages within it are read together
MATTER_LIFE = timedelta(days=7)  # after it a new disclosure is asked about anew
HEARD_AT_MOST = 12
_OF_A_DISCLOSURE: frozenset[QuestionKind] = frozenset({"safe", "talk", "consent"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A message the person typed lately; `hint` when it may belong to a disclosure."""

    seq: int
    text: str
    at: datetime
    hint: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """What the person is doing when nothing is wrong: a card of a lesson, a question of a quiz."""

    kind: FlowKind = "idle"
    topic: str = ""
    step: int = 0  # beside a lesson (pre, post, whom): the card with which the lesson goes on
    right: int = 0
    questions: tuple[str, ...] = ()  # of a daily challenge


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """The one safety question now open; only its own answers count."""

    kind: QuestionKind
    item: str = ""
    wording: str = ""
    asked: int = 1
    spoken_over: bool = False  # a counsellor spoke since: typed words answer them, only a button answers this


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """One disclosure: what was heard, how grave, and how far its consent has come."""

    stage: Stage
    from_seq: int
    urgency: Urgency
    harms: tuple[Harm, ...]
    subject: Subject
    opened_at: datetime
    injured: bool = False  # somebody may be hurt: 115 belongs to the numbers
    own_act: bool = False  # the writer says that they hurt the child themselves
    previewed: bool = False  # what 111 will see was shown
    left_out: tuple[int, ...] = ()  # messages that the person keeps for itself


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldReply:
    """A counsellor's words that wait until it is safe to show them."""

    seq: int  # of its line in the transcript
    text: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """The person's side of an open case.

    `way`: "talk" after a yes, or once a counsellor came whom the person could see; "passed_on" while a case that was
    opened without a yes has had neither; "refused" after a no to it: nothing more of the person reaches the case.
    """

    case_id: str
    way: Way = "talk"
    vital: bool = False  # opened without a yes, because somebody was in danger
    connected: bool = False
    name: str = ""
    hidden: bool = False  # after exit, a change of role, or when the child left: nothing about help is shown
    closed: bool = False  # the case has ended; only what is held is left to show
    held: tuple[HeldReply, ...] = ()
    announced: bool = False  # the neutral line for what is held was sent
    unlocked_at: datetime | None = None  # discreet mode: when the child last showed its word or wrote after it


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Messages of a refused disclosure, to be erased when their context has ended."""

    from_seq: int
    to_seq: int
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How many messages there were since the minute began."""

    since: datetime
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """What belongs to the other person on the same phone, out of sight while this one is here."""

    role: Role
    matter: Matter | None = None
    contact: Contact | None = None
    discreet_word: str = ""
    learned: tuple[Learning, ...] = ()
    plan: Plan | None = None
    follow_up: FollowUp | None = None
    referrals: tuple[Referral, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Everything the turn knows of a conversation."""

    language: Language = "vi"
    role: Role | None = None
    band: Band | None = None
    greeted: bool = False
    wanted_topic: str = ""  # asked for before onboarding was done
    flow: Flow = field(default_factory=Flow)
    question: Question | None = None
    matter: Matter | None = None
    contact: Contact | None = None
    hint: Matter | None = None  # what the gentle question is about
    aside: Aside | None = None
    refused: tuple[Refused, ...] = ()
    heard: tuple[Heard, ...] = ()
    asked_about: tuple[str, ...] = ()  # hints of this context that the gentle question was asked about
    pace: Pace | None = None
    talked_until: datetime | None = None  # when a talk with a counsellor ended that this person saw end
    offered: bool = False  # a counsellor was once offered and refused; no text of it stays
    discreet_word: str = ""
    plan: Plan | None = None  # the safety card of the person at the phone
    learned: tuple[Learning, ...] = ()  # of the person at the phone, one for each audience it was spoken to as
    follow_up: FollowUp | None = None  # agreed to, or asked about, by the person at the phone
    referrals: tuple[Referral, ...] = ()  # each agreed to, or asked about, by the person at the phone
    listed: Listed = ()  # of our last words
    away: bool = False  # somebody else may hold the phone: what was shared is not told of until 111 is asked for

    @property
    def audience(self) -> Audience:
        """Return in whose words to speak."""
        if self.role == "parent":
            return "parent"
        return self.band or "unknown"

    @property
    def person(self) -> Role:
        """Return who is at the phone; who has not said is spoken to as a child."""
        return self.role or "child"

    @property
    def open_case(self) -> Contact | None:
        """Return the contact of a case that is still open, whoever knows of it."""
        return self.contact if self.contact is not None and not self.contact.closed else None

    @property
    def open_contact(self) -> Contact | None:
        """Return the contact of an open case in which this person talks with 111, or waits for it."""
        contact = self.open_case
        return contact if contact is not None and contact.way == "talk" else None

    @property
    def passed_on(self) -> bool:
        """Tell whether an open case was opened without a yes and has none yet."""
        return self.open_case is not None and self.open_contact is None

    @property
    def shares(self) -> bool:
        """Tell whether what is said now belongs to the open case.

        Without a yes that is the disclosure alone: while one of its questions is open, and never after a no.
        """
        contact = self.open_case
        if contact is None or contact.hidden or contact.way == "refused":
            return False
        return contact.way == "talk" or (self.question is not None and self.question.kind in _OF_A_DISCLOSURE)

    @property
    def onboarded(self) -> bool:
        """Tell whether role and, for a child, age band are known."""
        return self.role == "parent" or (self.role == "child" and self.band is not None)

    @property
    def learning(self) -> Learning:
        """Return what this person has learned in the lessons of its age."""
        fresh = Learning(audience=self.audience)
        return next((learning for learning in self.learned if learning.audience == self.audience), fresh)

    def having_learned(self, learning: Learning) -> "State":
        """Return the state with this learning in the place of what there was for its audience."""
        others = tuple(other for other in self.learned if other.audience != learning.audience)
        return replace(self, learned=(*others, learning))


_ADAPTER = TypeAdapter(State)


def to_json(state: State) -> Any:
    """Return the state as JSON values for sealing."""
    return _ADAPTER.dump_python(state, mode="json")


def from_json(value: Any | None) -> State:
    """Return the stored state, or a fresh one for a new conversation."""
    return State() if value is None else _ADAPTER.validate_python(value, strict=False)


def recent(heard: tuple[Heard, ...], now: datetime) -> tuple[Heard, ...]:
    """Return what was heard within the context, newest last."""
    return tuple(item for item in heard if now - item.at < CONTEXT)[-HEARD_AT_MOST:]


def without_person(state: State, person: Role) -> State:
    """Return the state without anything of one person on the phone; the other's and the language stay.

    A case that was opened in an emergency goes on, and of its contact only that stays.
    """
    if state.person != person:
        left = _without_words(state.aside.contact) if state.aside is not None else None
        return replace(state, aside=Aside(role=person, contact=left) if left is not None else None)
    return State(
        language=state.language,
        contact=_without_words(state.contact),
        aside=state.aside,
        refused=state.refused,
        away=True,
    )


def left_of(contact: Contact | None) -> Contact | None:
    """Return what stays of a case that is taken back: one opened in an emergency goes on, and hears nothing more."""
    open_and_vital = contact is not None and contact.vital and not contact.closed
    return replace(contact, way="refused") if contact is not None and open_and_vital else None


def _without_words(contact: Contact | None) -> Contact | None:
    left = left_of(contact)
    return replace(left, held=()) if left is not None else None


def change_person(state: State, role: Role) -> State:
    """Put someone else at the phone: the one who leaves finds matter, contact and learning again, hidden."""
    if state.person == role:
        return replace(state, role=role)
    contact = replace(state.contact, hidden=True, unlocked_at=None) if state.contact is not None else None
    leaving = Aside(
        role=state.person,
        matter=state.matter,
        contact=contact,
        discreet_word=state.discreet_word,
        learned=hide(state.learned),
        plan=plans.hide(state.plan),
        follow_up=kept(state.follow_up),
        referrals=still_agreed(state.referrals),
    )
    coming = state.aside if state.aside is not None and state.aside.role == role else Aside(role=role)
    return replace(
        state,
        role=role,
        matter=coming.matter,
        contact=coming.contact,
        discreet_word=coming.discreet_word,
        learned=coming.learned,
        plan=coming.plan,
        follow_up=coming.follow_up,
        referrals=coming.referrals,
        away=True,
        aside=None if leaving == Aside(role=leaving.role, discreet_word=leaving.discreet_word) else leaving,
        question=None,
        hint=None,
        flow=Flow(),
        heard=(),
        asked_about=(),
        talked_until=None,
    )
