"""A child comes into hands and changes them: picked for a reason, offered, given, taken over; a whisper beside."""

from http import HTTPStatus

from aiohttp import web

from escalation import queue
from escalation.desk.forms import done, fields, whole_number
from escalation.desk.identity import STAFF
from escalation.desk.pages import error_words, page, redirect, wants_json
from escalation.desk.services import SERVICES
from escalation.desk.views.case import case_page
from escalation.errors import BadRequest, LeaseLost
from escalation.permissions import require
from escalation.shift import handover, listening, picking

_WAYS = ("warm", "cold", "queue")


async def claim(request: web.Request, *, reason: str = "", words: str = "") -> None:
    """Take the child of this address, for a reason, if there is one. Raises ReasonForPicking and the like."""
    services = request.config_dict[SERVICES]
    async with services.database.transaction() as unit:
        await picking.pick(
            unit,
            services.vault,
            request[STAFF],
            request.match_info["case_id"],
            reason=reason,
            words=words,
            limits=services.limits,
            now=services.clock.now(),
            owner=services.queue,
        )


async def ask_reason(request: web.Request) -> web.StreamResponse:
    """Ask why another child than the first is taken; nothing of the child is shown."""
    return await _ask(request)


async def pick(request: web.Request) -> web.StreamResponse:
    """Take the child for the reason given; without one the page asks again and keeps the words."""
    sent = await fields(request)
    words = _lines(sent.get("words", ""))
    try:
        await claim(request, reason=sent.get("reason", ""), words=words)
    except BadRequest as error:
        return await _ask(request, status=error.status, words=words, message=error_words(error))
    return redirect(f"/cases/{request.match_info['case_id']}")


async def _ask(
    request: web.Request, *, status: int = HTTPStatus.OK, words: str = "", message: str | None = None
) -> web.StreamResponse:
    services, case_id = request.config_dict[SERVICES], request.match_info["case_id"]
    async with services.database.reading() as unit:
        row = await queue.visible(unit, services.vault, request[STAFF], case_id)
    if row.state != "waiting":
        return redirect(f"/cases/{case_id}")
    reasons = picking.PICK_REASONS
    return await page(
        request, "pick.html", status=status, case_id=case_id, reasons=reasons, words=words, message=message
    )


async def transfer(request: web.Request) -> web.StreamResponse:
    """Offer the child to a colleague, give it to them at once, or put it back into the queue; each with a note.

    After a refusal the page is shown again with the note in its box.
    """
    sent = await fields(request)
    note = _lines(sent.get("note", ""))
    try:
        await _transfer(request, sent, note)
    except (BadRequest, LeaseLost) as error:
        if wants_json(request):
            raise
        return await case_page(request, status=error.status, handing=note, message=error_words(error))
    return redirect(f"/cases/{request.match_info['case_id']}")


async def _transfer(request: web.Request, sent: dict[str, str], note: str) -> None:
    services, staff, case_id = request.config_dict[SERVICES], request[STAFF], request.match_info["case_id"]
    require(staff, "case.transfer")
    way, to_id = sent.get("way", ""), sent.get("to", "")
    if way not in _WAYS or not note.strip() or (way != "queue" and not to_id):
        raise BadHandover
    lease, now = whole_number(sent.get("lease")), services.clock.now()
    async with services.database.transaction() as unit:
        if way == "warm":
            await handover.offer(unit, services.vault, staff, case_id, lease=lease, to_id=to_id, note=note, now=now)
            return
        await handover.give(
            unit,
            services.vault,
            staff,
            case_id,
            lease=lease,
            to_id=to_id if way == "cold" else None,
            note=note,
            limits=services.limits,
            now=now,
        )


async def accept(request: web.Request) -> web.StreamResponse:
    """Take the child that a colleague offers."""
    services, case_id = request.config_dict[SERVICES], request.match_info["case_id"]
    async with services.database.transaction() as unit:
        await handover.accept(unit, services.vault, request[STAFF], case_id, services.limits, services.clock.now())
    return redirect(f"/cases/{case_id}")


async def decline(request: web.Request) -> web.StreamResponse:
    """Say no to an offer; nobody asks why."""
    services, case_id = request.config_dict[SERVICES], request.match_info["case_id"]
    async with services.database.transaction() as unit:
        await handover.decline(unit, services.vault, request[STAFF], case_id, services.clock.now())
    return redirect("/")


async def recall(request: web.Request) -> web.StreamResponse:
    """Take an offer back."""
    services, case_id = request.config_dict[SERVICES], request.match_info["case_id"]
    lease = whole_number((await fields(request)).get("lease"))
    async with services.database.transaction() as unit:
        await handover.recall(unit, request[STAFF], case_id, lease, services.clock.now())
    return redirect(f"/cases/{case_id}")


async def take_over(request: web.Request) -> web.StreamResponse:
    """Let the supervisor go on with the child themselves."""
    services, case_id = request.config_dict[SERVICES], request.match_info["case_id"]
    async with services.database.transaction() as unit:
        await handover.take_over(unit, services.vault, request[STAFF], case_id, services.limits, services.clock.now())
    return redirect(f"/cases/{case_id}")


async def whisper(request: web.Request) -> web.StreamResponse:
    """Tell the counsellor something that the child does not see."""
    services, case_id = request.config_dict[SERVICES], request.match_info["case_id"]
    text = _lines((await fields(request)).get("text", ""))
    async with services.database.transaction() as unit:
        await listening.whisper(unit, services.vault, request[STAFF], case_id, text, services.clock.now())
    return done(request, f"/cases/{case_id}")


class BadHandover(BadRequest):
    """A hand-over without a way, a receiver or a note."""


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n")  # a browser's form sends every line break as two characters
