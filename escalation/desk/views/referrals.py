"""Referrals of one case: drafting, asking the child, signing, sending, noting answers; and the coordinator's list."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from aiohttp import web

from escalation.desk.forms import fields, whole_number
from escalation.desk.identity import STAFF
from escalation.desk.pages import error_words, number, page, redirect
from escalation.desk.proof import require_step_up
from escalation.desk.referral_frame import frame
from escalation.desk.services import SERVICES, DeskServices
from escalation.desk.wording import local
from escalation.documents.docx import to_docx
from escalation.documents.model import Document
from escalation.documents.pdf import to_pdf
from escalation.errors import BadRequest, EscalationError, LeaseLost, WrongState
from escalation.permissions import Staff, may, require
from escalation.referrals import asking, drafting, rows, sending
from escalation.referrals.gate import GROUND_WORDS
from escalation.referrals.machine import OPEN, UNSENT, answers_to
from escalation.referrals.packet import document_of, to_json, to_text
from escalation.referrals.rows import Opened, Referrals, Words
from escalation.staff.accounts import names_of
from store.database import Transaction

_TEXTS = {"txt": "text/plain", "json": "application/json"}
_PAPERS = {
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", to_docx),
    "pdf": ("application/pdf", to_pdf),
}
_KEEPS_THE_FORM = (WrongState, BadRequest, LeaseLost)
Act = Callable[[Transaction, DeskServices, Staff, dict[str, str]], Awaitable[object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One referral as its page shows it."""

    opened: Opened
    packet: Document | None  # none before the claim of a case opened without a yes
    may_go: bool  # as far as its state and its words go; the gate is asked beside it
    answers: tuple[str, ...]
    editable: bool


async def work(request: web.Request) -> web.StreamResponse:
    """List every open referral of the area, the one that is due first on top; the look goes into the trail."""
    services, staff = request.config_dict[SERVICES], request[STAFF]
    async with services.database.transaction() as unit:
        found = await rows.listed(unit, services.vault, staff, services.clock.now())
        names = await names_of(unit)
    return await page(request, "referral_list.html", referrals=found, names=names, receivers=services.receivers)


async def show(request: web.Request) -> web.StreamResponse:
    """Show the referrals of a case; the look goes into the trail."""
    return await _referrals(request)


async def draft(request: web.Request) -> web.StreamResponse:
    """Begin a referral."""

    async def act(unit: Transaction, services: DeskServices, staff: Staff, sent: dict[str, str]) -> None:
        receiver = services.receivers.named(sent.get("receiver", ""))
        told = {**_told(sent), "now": services.clock.now()}
        await drafting.draft(unit, services.vault, staff, _case(request), receiver, **told)

    return await _do(request, act, keeps="draft")


async def change(request: web.Request) -> web.StreamResponse:
    """Change one that is not outside."""

    async def act(unit: Transaction, services: DeskServices, staff: Staff, sent: dict[str, str]) -> None:
        told = {**_told(sent), **_when(services, sent)}
        await drafting.change(unit, services.vault, staff, *_ids(request), services.receivers, **told)

    return await _do(request, act, keeps="change")


async def ask(request: web.Request) -> web.StreamResponse:
    """Ask the child, in the talk that goes on now."""

    async def act(unit: Transaction, services: DeskServices, staff: Staff, sent: dict[str, str]) -> None:
        told = {"lease": whole_number(sent.get("lease")), **_when(services, sent)}
        await asking.ask(unit, services.vault, staff, *_ids(request), **told)

    return await _do(request, act)


async def write_reason(request: web.Request) -> web.StreamResponse:
    """Give it a ground of law, with a reason."""

    async def act(unit: Transaction, services: DeskServices, staff: Staff, sent: dict[str, str]) -> None:
        told = {"ground": sent.get("ground", ""), "text": _lines(sent, "reason"), **_when(services, sent)}
        await drafting.write_reason(unit, services.vault, staff, *_ids(request), **told)

    return await _do(request, act, keeps="reason")


async def sign(request: web.Request) -> web.StreamResponse:
    """Put the second signature under the ground."""

    async def act(unit: Transaction, services: DeskServices, staff: Staff, sent: dict[str, str]) -> None:
        await drafting.sign(unit, services.vault, staff, *_ids(request), **_when(services, sent))

    return await _do(request, act)


async def send(request: web.Request) -> web.StreamResponse:
    """Write down that the packet was handed over."""

    async def act(unit: Transaction, services: DeskServices, staff: Staff, sent: dict[str, str]) -> None:
        told = {"how": sent.get("how", ""), **_when(services, sent)}
        await sending.send(unit, services.vault, staff, *_ids(request), services.receivers, **told)

    return await _do(request, act)


async def answer(request: web.Request) -> web.StreamResponse:
    """Note what the receiver answered."""

    async def act(unit: Transaction, services: DeskServices, staff: Staff, sent: dict[str, str]) -> None:
        told = {"event": sent.get("event", ""), "text": _lines(sent, "text"), **_when(services, sent)}
        await sending.answer(unit, services.vault, staff, *_ids(request), services.receivers, **told)

    return await _do(request, act, keeps="answer")


async def drop(request: web.Request) -> web.StreamResponse:
    """Give one up that is not outside."""

    async def act(unit: Transaction, services: DeskServices, staff: Staff, sent: dict[str, str]) -> None:
        await drafting.drop(unit, services.vault, staff, *_ids(request), **_when(services, sent))

    return await _do(request, act)


async def packet(request: web.Request) -> web.StreamResponse:
    """Hand the packet to the officer who carries it outside; a fresh code first, and an entry in the trail."""
    services, staff = request.config_dict[SERVICES], request[STAFF]
    require(staff, "referral.send")
    form = (await fields(request)).get("form", "")
    if form not in _TEXTS and form not in _PAPERS:
        raise BadRequest
    await require_step_up(request)
    case_id, referral_id = _ids(request)
    now = services.clock.now()
    async with services.database.transaction() as unit:
        taken = await sending.take_packet(
            unit, services.vault, staff, case_id, referral_id, services.receivers, form=form, now=now
        )
    paper = document_of(taken, frame(), services.receivers, local(now))
    name = f"khien-{number(case_id)}-{referral_id[:6]}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    if form in _PAPERS:
        kind, render = _PAPERS[form]
        return web.Response(body=await asyncio.to_thread(render, paper), content_type=kind, headers=headers)
    body = to_text(paper) if form == "txt" else to_json(taken, paper, now)
    return web.Response(text=body, content_type=_TEXTS[form], charset="utf-8", headers=headers)


# --- pieces --------------------------------------------------------------------------------------------------------


async def _do(request: web.Request, act: Act, *, keeps: str = "") -> web.StreamResponse:
    """Carry an act out and show the referrals again; a refusal says why and keeps what was typed in its form."""
    services, staff, sent = request.config_dict[SERVICES], request[STAFF], await fields(request)
    try:
        async with services.database.transaction() as unit:
            await act(unit, services, staff, sent)
    except _KEEPS_THE_FORM as error:
        typed = {"of": request.match_info.get("referral_id", ""), "form": keeps, **sent}
        return await _referrals(request, typed=typed if keeps else {}, error=error)
    return redirect(f"/cases/{_case(request)}/referrals")


async def _referrals(
    request: web.Request, *, typed: dict[str, str] | None = None, error: EscalationError | None = None
) -> web.StreamResponse:
    services, staff, now = request.config_dict[SERVICES], request[STAFF], request.config_dict[SERVICES].clock.now()
    typed = typed or {"of": "", "form": ""}
    async with services.database.transaction() as unit:
        seen = await rows.read_case(unit, services.vault, staff, _case(request), now)
        case = seen.case
        shown = tuple([await _shown(unit, services, staff, seen, one) for one in seen.found])
        names = await names_of(unit)
    holds = case.state == "claimed" and case.owner_id == staff.id
    wanted = request.query.get("receiver", typed.get("receiver", ""))
    values: dict[str, Any] = {
        "case": case,
        "seen": seen,
        # Through broken glass one reads, and does nothing.
        "drafts": may(staff, "referral.draft") and seen.glass is None,
        "signs": may(staff, "referral.sign") and seen.glass is None,
        "sends": may(staff, "referral.send") and seen.glass is None,
        "lease": case.lease if holds else None,
        "cards": shown,
        "names": names,
        "receivers": services.receivers,
        "busy": frozenset(one.referral.receiver for one in seen.found if one.referral.state in OPEN),
        "chosen_receiver": services.receivers.get(wanted),
        "grounds": GROUND_WORDS,
        "ways": sending.WAYS,
        "typed": typed,
        "message": error_words(error) if error else None,
    }
    return await page(request, "referrals.html", status=error.status if error else HTTPStatus.OK, **values)


async def _shown(unit: Transaction, services: DeskServices, staff: Staff, seen: Referrals, one: Opened) -> Shown:
    case, moment = seen.case, local(one.referral.sent_at or services.clock.now())
    row = await rows.row_of(unit, case.id, one.referral.id)
    packet = None
    if not seen.opens_at_claim:
        would_go, _ = await sending.packet_for(unit, services.vault, staff, case, row, services.receivers)
        packet = document_of(would_go, frame(), services.receivers, moment)
    return Shown(
        opened=one,
        packet=packet,
        may_go=row.state != "stopped" and row.body_sealed is not None,
        answers=answers_to(row.state),
        editable=row.state in UNSENT,
    )


def _case(request: web.Request) -> str:
    return request.match_info["case_id"]


def _ids(request: web.Request) -> tuple[str, str]:
    return _case(request), request.match_info["referral_id"]


def _when(services: DeskServices, sent: dict[str, str]) -> dict[str, Any]:
    return {"version": whole_number(sent.get("version")), "now": services.clock.now()}


def _told(sent: dict[str, str]) -> dict[str, Any]:
    words = Words(
        request=_lines(sent, "request"), account=_lines(sent, "account"), done_before=_lines(sent, "done_before")
    )
    wanted = frozenset(name.removeprefix("goes_") for name in sent if name.startswith("goes_"))
    return {"urgent": "urgent" in sent, "fields": wanted, "words": words}


def _lines(sent: dict[str, str], name: str) -> str:
    return sent.get(name, "").replace("\r\n", "\n")
