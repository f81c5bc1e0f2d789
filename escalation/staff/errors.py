"""What the door of the desk refuses, and why.

EscalationError
├── SignInRefused     name, password or code is wrong: never told which  401
├── SignedOut         no session, or one that has ended                  401
├── TryLater          too many failures from this address                429
├── LinkGone          the one-time link was used, is old, or never was   410
├── NameTaken         another account has this name                      409
├── NoSuchStaff       no account by that name or id                      404
├── Locked            the page is locked until its owner unlocks it      423
│   └── WrongPin      what was typed does not unlock it                  423
├── StepUpNeeded      a fresh code of the authenticator is needed        403
│   └── CodeRefused   the code that was typed is not good                403
├── ProofRefused      the old password, or the proof beside it, is wrong 403
└── BadRequest
    ├── WeakPassword      shorter than it must be                        422
    │   └── CommonPassword  one of those that are guessed first          422
    ├── WeakPin           not six digits, or digits that everybody tries 422
    └── BadName           a name nobody could sign in with               422
"""

from escalation.errors import BadRequest, EscalationError


class SignInRefused(EscalationError):  # noqa: N818
    """Name, password or code is wrong; the three are not told apart."""

    status = 401
    message = "Name, password or code is wrong."


class SignedOut(EscalationError):  # noqa: N818
    """There is no session, or it has ended."""

    status = 401
    message = "Sign in first."


class TryLater(EscalationError):  # noqa: N818
    """Too many failures for this name from this address."""

    status = 429
    message = "Too many attempts. Try again later."

    def __init__(self, seconds: int) -> None:
        super().__init__(f"Too many attempts. Try again in {seconds} seconds.")
        self.seconds = seconds


class LinkGone(EscalationError):  # noqa: N818
    """The one-time link was used, is too old, or never existed."""

    status = 410
    message = "This link no longer works."


class NameTaken(EscalationError):  # noqa: N818
    """Another account signs in with this name."""

    status = 409
    message = "Another account already has this name."


class NoSuchStaff(EscalationError):  # noqa: N818
    """No active account by that name or id."""

    status = 404
    message = "There is no such account."


class Locked(EscalationError):  # noqa: N818
    """The session is locked: nobody touched the page for a while, or its owner locked it."""

    status = 423
    message = "The desk is locked."


class WrongPin(Locked):
    """What was typed does not unlock the session."""

    message = "That does not unlock the desk."


class StepUpNeeded(EscalationError):  # noqa: N818
    """A fresh code of the authenticator is needed first."""

    status = 403
    message = "A fresh code of the authenticator is needed."


class CodeRefused(StepUpNeeded):
    """The code is wrong, old, or was used before."""

    message = "The code is wrong or was used before."


class ProofRefused(EscalationError):  # noqa: N818
    """The password, or the proof asked for beside it, is wrong; the two are not told apart."""

    status = 403
    message = "The password or the proof beside it is wrong."


class WeakPassword(BadRequest):
    """The password is shorter than it must be."""

    message = "A password needs at least 10 characters."


class CommonPassword(WeakPassword):
    """The password is among those that are guessed first, or made of one."""

    message = "This password is one of those that are guessed first."


class WeakPin(BadRequest):
    """A PIN is six digits, and not six that everybody tries first."""

    message = "A PIN is six digits, and not one that everybody tries first."


class BadName(BadRequest):
    """A name that nobody could sign in with, or that a child could not read."""

    message = "A sign-in name needs 2 to 64 letters, digits, dots, dashes or underscores; a display name 1 to 64."
