"""What every channel gives: messages taken in as `Received`, and a `Channel` that sends.

A channel never decides what is said. It turns the messenger's own events into `Received`, and an `OutgoingMessage` into
what the messenger can show.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, Protocol

from bot.events import AttachmentKind

BodyKind = Literal["text", "choice", "attachment"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One message from a person, as it goes into the inbox.

    `external_id` names it for ever on its channel, so that the same one twice is one. Exactly one of `text`, `choice`
    and `attachment` is set. Pictures, voices and files are named by kind only: never fetched, never kept.
    """

    address: str  # the messenger's id of the person
    external_id: str
    text: str | None = None
    choice: str | None = None
    attachment: AttachmentKind | None = None
    edited: bool = False
    message_id: str | None = None  # as the messenger knows it, so that quick exit can delete it

    def body(self) -> dict[str, Any]:
        """Return what is sealed into the inbox; the address is kept apart."""
        return {key: value for key, value in asdict(self).items() if key not in {"address", "external_id"}}


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingChoice:
    """A button: a stable id, the words on it, and its number where it may be typed instead."""

    id: str
    label: str
    number: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMessage:
    """One message to show. `name` is the counsellor's display name, None for the bot."""

    text: str
    choices: tuple[OutgoingChoice, ...] = ()
    name: str | None = None
    protect: bool = False  # ask the messenger to forbid forwarding and saving, where it can
    picture: str | None = None  # the id of a drawing of ours to show above the text; the text says all without it


class ChannelError(Exception):
    """The messenger refused. The text names the error's kind and never holds what was to be sent.

    `permanent`: trying again cannot help (blocked, chat gone). `retry_after_seconds`: the messenger's own wish.
    """

    def __init__(self, message: str, *, permanent: bool, retry_after_seconds: float | None = None) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.retry_after_seconds = retry_after_seconds


Ingest = Callable[[str, Received], Awaitable[None]]
"""Takes in one message of the named channel; returns when it is stored for good."""


class Channel(Protocol):
    """A messenger that can be written to."""

    name: str

    async def send(self, address: str, message: OutgoingMessage) -> str | None:
        """Send one message; returns the messenger's id of it. Raises ChannelError."""
        ...

    async def delete(self, address: str, message_ids: Sequence[str]) -> None:
        """Delete messages as far as the messenger allows; what it refuses is passed over."""
        ...
