"""Who gives waiting children to counsellors: our own desk, or a system beside it.

Another system owns a waiting child until the target of the first answer, and only as long as nobody has had it. What
it does not give to somebody by then, gives back or loses is our desk's again by the clock alone, whatever has failed.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from escalation.errors import WrongState
from escalation.priority import TARGETS

QueueName = Literal["internal", "external"]


class Waits(Protocol):
    """A waiting child: what stands in its row and in its entry of the queue."""

    @property
    def front(self) -> bool: ...  # noqa: D102
    @property
    def urgency(self) -> str: ...  # noqa: D102
    @property
    def waiting_since(self) -> datetime: ...  # noqa: D102


class QueueOwner(Protocol):
    """Who gives waiting children to counsellors."""

    @property
    def assigns(self) -> bool:
        """Tell whether a system beside the desk may give a child to somebody."""

    def until(self, waiting: Waits) -> datetime | None:
        """Return until when a waiting child is not our desk's to take; None where it always is."""


@dataclass(frozen=True, slots=True)
class OurDesk:
    """The desk's own queue."""

    assigns: bool = False

    def until(self, waiting: Waits) -> datetime | None:  # noqa: ARG002
        """Return nothing: whoever waits is ours to take."""
        return None


@dataclass(frozen=True, slots=True)
class SystemBeside:
    """A queue that lives in another system: it hears of a child by `announcing`, and gives it by `assigning`."""

    assigns: bool = True

    def until(self, waiting: Waits) -> datetime | None:
        """Return the target of the first answer; nothing for a child that came back."""
        return None if waiting.front else waiting.waiting_since + TARGETS[waiting.urgency]


class QueueElsewhere(WrongState):
    """The child waits in the other system's queue for now."""

    message = "Another system gives this child to somebody. What it leaves past the target can be taken here."


class QueueIsOurs(WrongState):
    """Nobody but the desk gives children to counsellors here."""

    message = "The queue is the desk's own here: KHIEN_QUEUE is not external."


OUR_DESK = OurDesk()


def owner_of(name: QueueName) -> QueueOwner:
    """Return the owner of the queue by its name in the settings."""
    return SystemBeside() if name == "external" else OUR_DESK


def is_elsewhere(owner: QueueOwner, waiting: Waits, now: datetime) -> bool:
    """Tell whether a waiting child is not our desk's to take now."""
    until = owner.until(waiting)
    return until is not None and now < until
