"""Referrals in the API, so that the system of 111 or of a receiver can be joined: listed, read, sent, answered.

The packet itself is not here: it leaves by an officer's hand, after a fresh code, from the page.
"""

from datetime import datetime
from http import HTTPStatus
from typing import Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from escalation.api.edge import CALLER, body
from escalation.api.operation import Operation
from escalation.api.tasks import VersionBody
from escalation.desk.services import SERVICES
from escalation.referrals import rows, sending
from escalation.referrals.acts import MAX_TEXT_CHARACTERS
from escalation.referrals.gate import Basis
from escalation.referrals.machine import Answer, Asking, State
from escalation.referrals.receivers import ReceiverId


class SendBody(VersionBody):
    """That the packet was handed to its receiver, and how."""

    how: Literal["letter", "phone", "system", "person"]


class AnswerBody(VersionBody):
    """What the receiver answered; the words are kept sealed."""

    event: Answer
    text: str = Field(default="", max_length=MAX_TEXT_CHARACTERS)


class ReferralShown(BaseModel):
    """One referral, without words of the child or of staff. `gate`: on what it may leave now; null while it may not."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    case_id: str
    receiver: ReceiverId
    state: State
    version: int
    urgent: bool
    fields: tuple[str, ...]
    by: str
    at: datetime
    changed_at: datetime
    asking: Asking
    wants_news: bool
    gate: Basis | None
    basis: str | None
    sent_by: str | None
    sent_at: datetime | None
    sent_how: str | None
    due_at: datetime | None
    late: bool


class WordsShown(BaseModel):
    """What staff wrote for the receiver; empty once it was erased."""

    model_config = ConfigDict(from_attributes=True)

    request: str
    account: str
    done_before: str


class AnswerShown(BaseModel):
    """One answer of the receiver, as it was noted."""

    model_config = ConfigDict(from_attributes=True)

    event: str
    text: str
    at: datetime
    by: str


class ReferralOpened(BaseModel):
    """One referral of a case with its words and the answers to it."""

    model_config = ConfigDict(from_attributes=True)

    referral: ReferralShown
    words: WordsShown
    answers: tuple[AnswerShown, ...]


_LISTED = TypeAdapter(tuple[ReferralShown, ...])
_OF_CASE = TypeAdapter(tuple[ReferralOpened, ...])


async def list_referrals(request: web.Request) -> web.Response:
    """List the open referrals of the area, the one that is due first on top; the look goes into the trail."""
    services = request.config_dict[SERVICES]
    async with services.database.transaction() as unit:
        found = await rows.listed(unit, services.vault, request[CALLER], services.clock.now())
    told = tuple(ReferralShown.model_validate(one) for one in found)
    return web.Response(body=_LISTED.dump_json(told), content_type="application/json")


async def case_referrals(request: web.Request) -> web.Response:
    """Read the referrals of one case, the newest first; the look goes into the trail."""
    services, case_id = request.config_dict[SERVICES], request.match_info["case_id"]
    async with services.database.transaction() as unit:
        seen = await rows.read_case(unit, services.vault, request[CALLER], case_id, services.clock.now())
    told = tuple(ReferralOpened.model_validate(one) for one in seen.found)
    return web.Response(body=_OF_CASE.dump_json(told), content_type="application/json")


async def send_referral(request: web.Request) -> web.Response:
    """Write down that a packet was handed over; 409 without the child's yes to this receiver or a signed ground."""
    services, sent = request.config_dict[SERVICES], await body(request, SendBody)
    async with services.database.transaction() as unit:
        await sending.send(
            unit,
            services.vault,
            request[CALLER],
            *_ids(request),
            services.receivers,
            version=sent.version,
            how=sent.how,
            now=services.clock.now(),
        )
    return web.Response(status=HTTPStatus.NO_CONTENT)


async def answer_referral(request: web.Request) -> web.Response:
    """Write down what the receiver answered: accepted, done, refused, or sent back."""
    services, sent = request.config_dict[SERVICES], await body(request, AnswerBody)
    async with services.database.transaction() as unit:
        await sending.answer(
            unit,
            services.vault,
            request[CALLER],
            *_ids(request),
            services.receivers,
            version=sent.version,
            event=sent.event,
            text=sent.text,
            now=services.clock.now(),
        )
    return web.Response(status=HTTPStatus.NO_CONTENT)


def _ids(request: web.Request) -> tuple[str, str]:
    return request.match_info["case_id"], request.match_info["referral_id"]


_WITH_BODY = (403, 404, 409, 413, 422)
OPERATIONS: tuple[Operation, ...] = (
    Operation(
        name="list_referrals",
        method="GET",
        path="/referrals",
        view=list_referrals,
        answers=ReferralShown,
        many=True,
        refusals=(403,),
    ),
    Operation(
        name="case_referrals",
        method="GET",
        path="/cases/{case_id}/referrals",
        view=case_referrals,
        answers=ReferralOpened,
        many=True,
        refusals=(403, 404),
    ),
    Operation(
        name="send_referral",
        method="POST",
        path="/cases/{case_id}/referrals/{referral_id}/send",
        view=send_referral,
        sends=SendBody,
        empty="Noted as sent.",
        refusals=_WITH_BODY,
    ),
    Operation(
        name="answer_referral",
        method="POST",
        path="/cases/{case_id}/referrals/{referral_id}/answer",
        view=answer_referral,
        sends=AnswerBody,
        empty="Noted.",
        refusals=_WITH_BODY,
    ),
)
