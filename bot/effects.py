"""What a turn decides, as values. `bot.apply` carries them out in the transaction of the turn."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from bot.learning import Confidant, Outcome
from escalation import follow_ups
from escalation.referrals import asking
from escalation.vital import Basis
from nlu.understanding import Harm, Subject, Understanding, Urgency


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Something the person may answer: a stable id and its label in the person's words."""

    id: str
    label: str
    number: int | None = None  # by which it may be typed, where it stands in a numbered list


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """One message to the person. `protect` asks the messenger not to let it be forwarded or saved."""

    message_id: str
    text: str
    choices: tuple[Choice, ...] = ()
    name: str | None = None  # the counsellor who says it; None for the bot
    protect: bool = False
    push: bool = False  # not an answer to what the person just did
    replaces: int | None = None  # the transcript line under which these words were held back
    picture: str | None = None  # the id of a drawing of ours (`badge.scam`, `certificate.scam.2026-11-22`)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Keep a counsellor's words in the transcript, not yet shown to the child."""

    case_id: str
    seq: int
    text: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTimer:
    """Ring the conversation under `name` after a while."""

    name: str
    after: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelTimer:
    """Forget a timer."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordConsent:
    """Write one decision into the ledger."""

    item: Literal["conversation", "nickname", "area", "phone", "referral"]
    decision: Literal["granted", "refused", "withdrawn"]
    wording: str
    message_seq: int
    case_id: str | None = None  # where it is not the case now in view
    receiver: str = ""  # of a referral: who it is about


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCase:
    """Open a case; stands right behind the consent that allows it, or has the danger itself for its basis."""

    urgency: Urgency
    harms: tuple[Harm, ...]
    subject: Subject
    from_seq: int
    consent_seq: int | None  # the message of the yes; None where the basis is the danger
    basis: Basis = "consent"
    left_out: tuple[int, ...] = ()  # messages that the person keeps for itself


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreeCase:
    """Add a yes to a case that was opened without one; stands right behind its record."""

    from_seq: int
    left_out: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseCase:
    """Tell the open case of new danger."""

    urgency: Urgency
    harms: tuple[Harm, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetItem:
    """Give the open case an agreed item, or take it out again (None)."""

    item: str
    value: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TellDesk:
    """Tell the counsellor what happened on the child's side."""

    what: Literal["left", "exited", "back", "refused", "danger"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawCase:
    """Take a case back."""

    case_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AskAnother:
    """Keep this person from the counsellor it talked with last; a case that is held goes back to the front."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileComplaint:
    """Give the supervisors what the person complains of, and nobody else."""

    text: str
    urgency: Urgency  # of a disclosure in it; none where there is none


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFollowUp:
    """Take a follow-up one step on in the hotline's rows."""

    case_id: str
    event: follow_ups.Event
    due_at: datetime | None = None  # the time agreed, or moved to


@dataclass(frozen=True, slots=True, kw_only=True)
class StepReferral:
    """Take the person's part of a referral one step on in the hotline's rows; `told`: it was shown this news."""

    referral_id: str
    event: asking.ChildEvent | Literal["told"]
    news: asking.News | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetMessages:
    """Erase the transcript between two numbers, what belongs to a case excepted."""

    from_seq: int
    to_seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearScreen:
    """Quick exit: delete recent messages where the messenger allows it, and stop everything unsent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EraseAll:
    """Erase everything of one person that the law does not oblige to keep."""

    person: Literal["child", "parent"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """Count one answer of a measure, without anything that could tell whose it was."""

    measure: Literal["knowledge", "whom"]
    topic: str  # empty for `whom`
    audience: str
    when: Literal["pre", "post"]
    outcome: Outcome | Confidant


Effect = (
    Say
    | Hold
    | SetTimer
    | CancelTimer
    | RecordConsent
    | OpenCase
    | AgreeCase
    | RaiseCase
    | SetItem
    | TellDesk
    | WithdrawCase
    | AskAnother
    | FileComplaint
    | StepFollowUp
    | StepReferral
    | ForgetMessages
    | ClearScreen
    | EraseAll
    | Count
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What the turn may know of the hotline: is anyone there, and how many children are before this one."""

    staffed: bool = False
    ahead: int = 0
    case_kept: bool = False  # the law keeps something: 111 was given it, or it is under legal hold
    case_held: bool = False  # the open case is under legal hold


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the listener heard: in this message alone, and together with the last ones."""

    alone: Understanding
    together: Understanding
