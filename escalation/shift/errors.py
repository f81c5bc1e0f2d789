"""What the shift refuses.

EscalationError
├── BadRequest
│   ├── ReasonForPicking  another child than the first needs a reason from the list   422
│   └── NotThere          whom a child is handed to is not there, or may not have it  422
└── WrongState
    ├── HandsFull         as many children at once as are good for anybody            409
    └── NoOffer           nobody offers this child any more                           409
"""

from escalation.errors import BadRequest, WrongState


class ReasonForPicking(BadRequest):
    """Another child than the first was asked for, without a reason from the list."""

    message = "Say why this child is taken before those who wait longer: a reason from the list."


class NotThere(BadRequest):
    """Whom the child shall be handed to is not at the desk, or may not have this child."""

    message = "That colleague is not at the desk now, or may not take this child."


class HandsFull(WrongState):
    """This person has as many children at once as their limit allows."""

    message = "You are with as many children as your limit allows. End or hand over one first."


class NoOffer(WrongState):
    """The offer was recalled, declined or taken, or its giver no longer holds the child."""

    message = "This child is not offered to you any more."
