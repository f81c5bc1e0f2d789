"""The API's table of contents: routes and description are both made from it, so they cannot drift apart."""

from escalation.api import shift, views
from escalation.api.bodies import (
    Case,
    CloseBody,
    Entry,
    Lease,
    LeaseBody,
    MessageBody,
    PresenceBody,
    ReasonBody,
    Taken,
)
from escalation.api.operation import Operation

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        name="list_cases", method="GET", path="/cases", view=views.list_cases, answers=Entry, many=True, refusals=(403,)
    ),
    Operation(
        name="take_next",
        method="POST",
        path="/cases/next",
        view=views.take_next,
        answers=Taken,
        empty="Nobody waits.",
        refusals=(403, 409),
    ),
    Operation(
        name="read_case",
        method="GET",
        path="/cases/{case_id}",
        view=views.read_case,
        answers=Case,
        refusals=(403, 404),
    ),
    Operation(
        name="claim",
        method="POST",
        path="/cases/{case_id}/claim",
        view=views.claim,
        answers=Lease,
        refusals=(403, 404, 409, 422),
    ),
    Operation(
        name="reply",
        method="POST",
        path="/cases/{case_id}/messages",
        view=views.reply,
        sends=MessageBody,
        empty="Taken in; it is sent in the order of the conversation.",
        refusals=(403, 404, 409, 413, 422),
    ),
    Operation(
        name="renew",
        method="POST",
        path="/cases/{case_id}/renew",
        view=views.renew,
        sends=LeaseBody,
        empty="The claim lasts another 90 s.",
        refusals=(404, 409, 413, 422),
    ),
    Operation(
        name="hand_back",
        method="POST",
        path="/cases/{case_id}/hand-back",
        view=views.hand_back,
        sends=LeaseBody,
        empty="The child is back in the queue.",
        refusals=(404, 409, 413, 422),
    ),
    Operation(
        name="close",
        method="POST",
        path="/cases/{case_id}/close",
        view=views.close,
        sends=CloseBody,
        empty="The contact has ended.",
        refusals=(403, 404, 409, 413, 422),
    ),
    Operation(
        name="write_reason",
        method="PUT",
        path="/cases/{case_id}/reason",
        view=views.write_reason,
        sends=ReasonBody,
        empty="Written.",
        refusals=(403, 409, 413, 422),
    ),
    Operation(
        name="sign",
        method="POST",
        path="/cases/{case_id}/signature",
        view=views.sign,
        empty="Signed.",
        refusals=(403, 404, 409),
    ),
    Operation(
        name="set_presence",
        method="PUT",
        path="/presence",
        view=views.set_presence,
        sends=PresenceBody,
        empty="Noted.",
        refusals=(403, 413, 422),
    ),
    *shift.OPERATIONS,
)
