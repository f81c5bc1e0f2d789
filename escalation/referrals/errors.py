"""What a referral refuses, and why.

EscalationError
├── NoSuchReferral      none by that id, or none that you may see          404
├── NotNow              its state does not allow this step                 409
├── ChangedMeanwhile    somebody changed it since the page was opened      409
├── GateShut            neither the child's yes nor a signed ground        409
├── OneAlready          an open referral to this receiver                  409
├── TooSoon             the child said no to this receiver a day ago       409
├── SameSignature       who wrote the reason cannot sign it                409
├── OpensAtClaim        without a yes it is for whoever takes the child    409
└── Unreadable          a field of the form cannot be taken                422
"""

from escalation.errors import BadRequest, EscalationError, WrongState


class NoSuchReferral(EscalationError):  # noqa: N818
    """No referral by that id, or none that the asker may see: the two are not told apart."""

    status = 404
    message = "There is no such referral."


class NotNow(WrongState):
    """The referral's state has no such step."""

    message = "This referral is not at a point where that can be done."


class ChangedMeanwhile(WrongState):
    """Somebody else changed the referral since the page was opened."""

    message = "Somebody changed this referral since you opened it. Nothing was done; look at it again."


class GateShut(WrongState):
    """Nothing leaves without the child's yes to this receiver, or a ground of law that a second person signed."""

    message = "This cannot leave yet: it needs the child's yes to this receiver, or a signed ground of law."


class OneAlready(WrongState):
    """The case has an open referral to this receiver."""

    message = "This case already has an open referral to this receiver."


class TooSoon(WrongState):
    """The child said no to this receiver; it is not pressed."""

    message = "The child said no to this receiver less than a day ago. It is not asked again so soon."


class SameSignature(WrongState):
    """The second signature is another person's than the one who wrote the reason."""

    message = "Somebody else than the one who wrote the reason has to sign."


class OpensAtClaim(WrongState):
    """A case opened without a yes that nobody has taken: what was written about it is not open yet."""

    message = "The child has not agreed. What was written about it opens to whoever takes the child."


class Unreadable(BadRequest):
    """A field of the form is missing, too long, or names something that is not there."""


class ReceiversError(Exception):
    """The file of receivers is broken; the text names file, line, what is wrong and how to mend it."""
