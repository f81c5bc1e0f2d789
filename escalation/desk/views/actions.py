"""What staff do with a case: claim, reply, renew, hand back, close, give a reason, sign. Each is a plain form post."""

from aiohttp import web

from escalation import contact, queue, signing
from escalation.desk.forms import done, fields, whole_number
from escalation.desk.identity import STAFF
from escalation.desk.pages import error_words, redirect, wants_json
from escalation.desk.services import SERVICES
from escalation.desk.views import hands
from escalation.desk.views.case import case_page
from escalation.errors import BadRequest, EscalationError, LeaseLost, WrongState
from escalation.shift.errors import ReasonForPicking
from escalation.writing import erasing


class BadMessage(BadRequest):
    """A message to a child that is empty or too long."""


class BadOutcome(BadRequest):
    """An end without an outcome."""


class BadReason(BadRequest):
    """A reason that is empty or too long."""


async def claim(request: web.Request) -> web.StreamResponse:
    """Take this one child; where that needs a reason, the next page asks for it."""
    case_id = request.match_info["case_id"]
    try:
        await hands.claim(request)
    except ReasonForPicking:
        if wants_json(request):
            raise
        return redirect(f"/cases/{case_id}/pick")
    return done(request, f"/cases/{case_id}")


async def reply(request: web.Request) -> web.StreamResponse:
    """Write to the child. A refusal keeps the words: on the page by its script, else in the box shown again."""
    services, case_id = request.config_dict[SERVICES], request.match_info["case_id"]
    sent = await fields(request)
    # A browser's form sends every line break as two characters.
    text = sent.get("text", "").replace("\r\n", "\n")
    try:
        if not 1 <= len(text.strip()) <= contact.MAX_REPLY_CHARACTERS or not 1 <= len(sent.get("id", "")) <= _MAX_ID:
            raise BadMessage
        async with services.database.transaction() as unit:
            await contact.reply(
                unit,
                services.vault,
                request[STAFF],
                case_id,
                lease=whole_number(sent.get("lease")),
                message_id=sent["id"],
                text=text,
                now=services.clock.now(),
            )
    except (LeaseLost, BadRequest) as error:
        return await _kept(request, error, draft=text)
    return done(request, f"/cases/{case_id}#reply")


async def renew(request: web.Request) -> web.StreamResponse:
    """Keep the claim; the open page asks every 15 s."""
    services, case_id = request.config_dict[SERVICES], request.match_info["case_id"]
    lease = whole_number((await fields(request)).get("lease"))
    async with services.database.transaction() as unit:
        await queue.renew(unit, request[STAFF], case_id, lease, services.clock.now())
    return done(request, f"/cases/{case_id}")


async def hand_back(request: web.Request) -> web.StreamResponse:
    """Put the child back to the front of the queue."""
    services, case_id = request.config_dict[SERVICES], request.match_info["case_id"]
    lease = whole_number((await fields(request)).get("lease"))
    async with services.database.transaction() as unit:
        await queue.hand_back(unit, services.vault, request[STAFF], case_id, lease, services.clock.now())
        await erasing.drafts_of_case(unit, case_id, request[STAFF].id)
    return redirect(f"/cases/{case_id}?notice=handed_back")


async def close(request: web.Request) -> web.StreamResponse:
    """End the contact with an outcome and a summary."""
    services, case_id = request.config_dict[SERVICES], request.match_info["case_id"]
    sent = await fields(request)
    summary, follow_up = sent.get("summary", "").replace("\r\n", "\n"), "follow_up" in sent
    try:
        if sent.get("outcome") not in contact.OUTCOMES:
            raise BadOutcome
        async with services.database.transaction() as unit:
            await contact.close(
                unit,
                services.vault,
                request[STAFF],
                case_id,
                lease=whole_number(sent.get("lease")),
                outcome=sent["outcome"],
                summary=summary,
                follow_up=follow_up,
                now=services.clock.now(),
            )
    except (LeaseLost, WrongState, BadRequest) as error:
        return await _kept(request, error, summary=summary, follow_up=follow_up)
    return redirect(f"/cases/{case_id}?notice=closed_notice")


async def write_reason(request: web.Request) -> web.StreamResponse:
    """Write why the words of a case that was opened without a yes were read."""
    services, case_id = request.config_dict[SERVICES], request.match_info["case_id"]
    sent = await fields(request)
    reason = sent.get("reason", "").replace("\r\n", "\n")
    try:
        if not 1 <= len(reason.strip()) <= signing.MAX_REASON_CHARACTERS:
            raise BadReason
        async with services.database.transaction() as unit:
            await signing.write_reason(
                unit,
                services.vault,
                request[STAFF],
                case_id,
                lease=whole_number(sent.get("lease")),
                text=reason,
                now=services.clock.now(),
            )
    except (LeaseLost, WrongState, BadRequest) as error:
        return await _kept(request, error, reason=reason)
    return done(request, f"/cases/{case_id}")


async def sign(request: web.Request) -> web.StreamResponse:
    """Put a supervisor's signature under the reason."""
    services, case_id = request.config_dict[SERVICES], request.match_info["case_id"]
    async with services.database.transaction() as unit:
        await signing.sign(unit, services.vault, request[STAFF], case_id, services.clock.now())
    return redirect(f"/cases/{case_id}?notice=signed_notice")


async def _kept(
    request: web.Request,
    error: EscalationError,
    *,
    draft: str = "",
    summary: str = "",
    follow_up: bool = False,
    reason: str = "",
) -> web.StreamResponse:
    if wants_json(request):
        raise error
    return await case_page(
        request,
        status=error.status,
        draft=draft,
        summary=summary,
        follow_up=follow_up,
        reason=reason,
        message=error_words(error),
    )


_MAX_ID = 64
