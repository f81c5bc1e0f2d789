"""What the tasks refuse.

EscalationError
├── NoSuchTask      no task by that id, or none that you may see       404
├── BadRequest
│   ├── BadTask     no words, too many, or no time ahead               422
│   └── NoReasonWhy what is not needed any more needs a reason         422
└── WrongState
    └── TaskChanged somebody else has changed the task meanwhile       409
"""

from escalation.errors import BadRequest, EscalationError, WrongState


class NoSuchTask(EscalationError):  # noqa: N818
    """No task by that id, or none that the asker may see: the two are not told apart."""

    status = 404
    message = "There is no such task."


class BadTask(BadRequest):
    """A task without words, with too many, or due in the past."""

    message = "A task needs 1 to 200 characters and a time ahead of now, at most a year."


class NoReasonWhy(BadRequest):
    """What the law asks for, or what a colleague wrote down, is put aside for a reason only."""

    message = "Say in 1 to 1000 characters why this is not needed."


class TaskChanged(WrongState):
    """Somebody else has changed the task since the page was opened."""

    message = "A colleague has changed this task meanwhile. Look at it again."
