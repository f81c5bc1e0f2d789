"""What the case file refuses, and why.

EscalationError
├── BadRequest
│   ├── NoSuchForm        there is no form of that number, or it has no such field
│   ├── BadValue          a value is too long, or is none of the field's choices
│   └── NotTheChildsWords the words are not in that message
├── WrongState
│   ├── FormMoved         somebody saved the form since the page was opened
│   ├── StillContested    two values of a field are waiting for a choice
│   └── LowerNeedsReason  the conclusion is lower than the count, and nobody said why
└── (NotAllowed, NoSuchCase as everywhere)
"""

from escalation.errors import BadRequest, WrongState


class NoSuchForm(BadRequest):
    """There is no form of that number, or it has no such field."""

    status = 404
    message = "There is no such form or field."


class BadValue(BadRequest):
    """A value is too long for its field, or is none of its choices."""

    message = "A value is too long for its field, or is none of the choices."


class NotTheChildsWords(BadRequest):
    """The words are not in that message of the child, letter by letter."""

    message = "These words are not in that message. Copy them from it, or leave the box empty for the whole message."


class FormMoved(WrongState):
    """Somebody saved the form since this page was opened."""

    message = "The form was changed since this page was opened. Look at it once more."


class StillContested(WrongState):
    """Two values of a field are waiting for somebody to choose."""

    message = "Two values of a field are waiting for a choice. Choose first, then sign."


class LowerNeedsReason(WrongState):
    """The conclusion is lower than what the count suggests, and the form does not say why."""

    message = "The conclusion is lower than the count suggests. Write the reason first."
