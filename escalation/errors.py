"""What the hotline refuses, and why.

EscalationError
├── NotAllowed        role or area does not permit it                    403
├── NoSuchCase        no case by that id, or none that you may see       404
├── NoSuchComplaint   no complaint by that id, or none that you may read  404
├── LeaseLost         another holds the case now, or nobody              409
├── WrongState        the case is not in a state that allows it          409
│   ├── ReasonMissing     it was opened without a yes, and nobody said why
│   └── SameHand          who wrote the reason cannot sign it
└── BadRequest        the request itself cannot be done                  422
"""


class EscalationError(Exception):
    """The hotline refuses a request; the message is safe to show to staff."""

    status = 400
    message = "That cannot be done."

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.message)


class NotAllowed(EscalationError):  # noqa: N818
    """Role or area does not permit it."""

    status = 403
    message = "Your role or area does not allow this."


class NoSuchCase(EscalationError):  # noqa: N818
    """No case by that id, or none that the asker may see: the two are not told apart."""

    status = 404
    message = "There is no such case."


class NoSuchComplaint(EscalationError):  # noqa: N818
    """No complaint by that id, or none that the asker may read: the two are not told apart."""

    status = 404
    message = "There is no such complaint."


class LeaseLost(EscalationError):  # noqa: N818
    """The case is held by somebody else now, or is back in the queue."""

    status = 409
    message = "You no longer hold this case. Nothing was sent."


class WrongState(EscalationError):  # noqa: N818
    """The case's state does not allow it."""

    status = 409
    message = "The case is not in a state that allows this."


class ReasonMissing(WrongState):
    """A case opened without a yes needs its reason in writing first."""

    message = "First write why this child's words were read without consent."


class SameHand(WrongState):
    """The second signature is another person's than the one who held the case or wrote the reason."""

    message = "Somebody else than the counsellor of this case has to sign."


class BadRequest(EscalationError):  # noqa: N818
    """The request itself cannot be done."""

    status = 422
    message = "The request cannot be done as it is."
