"""What can happen to a conversation. Everything a turn answers to is one of these."""

from dataclasses import dataclass
from typing import Literal

AttachmentKind = Literal["picture", "voice", "video", "file", "sticker", "other", "unreadable"]
"""unreadable: something came, words it may be, that the messenger does not show us."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """The person typed something; a burst is one text with a line for each message."""

    seq: int  # of its last message
    first_seq: int
    text: str
    edited: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """The person chose something offered, by button or by its id."""

    seq: int
    choice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """The person sent a picture, voice or file; it was neither fetched nor kept."""

    seq: int
    kind: AttachmentKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Rang:
    """A timer of this conversation is due."""

    seq: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Noticed:
    """The desk did something: joined, said, released, silent or closed."""

    seq: int
    case_id: str
    event: Literal["joined", "said", "released", "silent", "closed", "referral_asked", "referral_news"]
    name: str = ""
    before: str = ""  # who talked with the person until now, where one counsellor follows another
    text: str = ""
    follow_up: bool = False  # of a closed talk: the counsellor proposes one
    referral: str = ""  # the id of the one that is asked or told about
    about: str = ""  # whom it goes to; of news, what became of it


Event = Said | Pressed | Attached | Rang | Noticed
