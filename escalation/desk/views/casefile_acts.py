"""What staff do with a case file: save, choose between two versions, quote, sign, take out a paper."""

from http import HTTPStatus
from typing import cast

from aiohttp import web

from escalation.casefile import exporting, filling, quotations, signatures
from escalation.casefile.exporting import Format
from escalation.casefile.filling import Choice, checked
from escalation.casefile.forms import Language
from escalation.casefile.papers import form_paper, whole_paper
from escalation.desk import wording
from escalation.desk.forms import done, fields, whole_number
from escalation.desk.identity import SESSION, STAFF
from escalation.desk.pages import error_words, number, redirect, wants_json
from escalation.desk.proof import require_step_up
from escalation.desk.services import SERVICES
from escalation.desk.views.casefile import file_page, form_of, form_page, look, merge_page, quote_page, read, told
from escalation.documents.docx import to_docx
from escalation.documents.pdf import to_pdf
from escalation.errors import BadRequest, EscalationError, WrongState
from escalation.permissions import may, require

MAX_FORM_BYTES = 512 * 1024  # a whole form, every letter of it written as nine bytes
_SHOWN = "shown."
_CHOICE = "choice."
_OURS = frozenset({"version", "step_up", "unlock"})
_KINDS = {
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", to_docx),
    "pdf": ("application/pdf", to_pdf),
}


class BadExport(BadRequest):
    """A paper that is not there, or in a kind of file that we do not make."""


async def save(request: web.Request) -> web.StreamResponse:
    """Save fields of a form: one by one from a script, all of them from a plain form. A refusal keeps the words."""
    services, form, case_id = request.config_dict[SERVICES], form_of(request), request.match_info["case_id"]
    posted = await fields(request, MAX_FORM_BYTES)
    version = whole_number(posted.get("version"))
    shown = {name.removeprefix(_SHOWN): value for name, value in posted.items() if name.startswith(_SHOWN)}
    sent = {name: value for name, value in posted.items() if name not in _OURS and not name.startswith(_SHOWN)}
    try:
        async with services.database.transaction() as unit:
            filled = await filling.save(
                unit,
                services.vault,
                request[STAFF],
                case_id,
                form,
                version=version,
                sent=sent,
                shown=shown,
                now=services.clock.now(),
            )
    except (BadRequest, WrongState) as error:
        if wants_json(request):
            raise
        return await form_page(request, typed=sent, message=error_words(error), status=error.status)
    if wants_json(request):
        return web.json_response(await told(request, form, version, checked(form, sent)))
    waits = any(one.by_id == request[STAFF].id and one.cell in sent for one in filled.waiting)
    return redirect(f"/cases/{case_id}/file/{form.number}{'/merge' if waits else '#filling'}")


async def choose(request: web.Request) -> web.StreamResponse:
    """Take the versions that were chosen; what was not chosen goes on waiting."""
    services, form, case_id = request.config_dict[SERVICES], form_of(request), request.match_info["case_id"]
    posted = await fields(request, MAX_FORM_BYTES)
    chosen = {
        name.removeprefix(_CHOICE): cast("Choice", value)
        for name, value in posted.items()
        if name.startswith(_CHOICE) and value in ("theirs", "mine", "both")
    }
    try:
        async with services.database.transaction() as unit:
            await filling.choose(
                unit,
                services.vault,
                request[STAFF],
                case_id,
                form,
                version=whole_number(posted.get("version")),
                chosen=chosen,
                now=services.clock.now(),
            )
    except (BadRequest, WrongState) as error:
        return await merge_page(request, message=error_words(error), status=error.status)
    return redirect(f"/cases/{case_id}/file/{form.number}")


async def sign(request: web.Request) -> web.StreamResponse:
    """Put one's name under a form as it stands on the page."""
    services, form, case_id = request.config_dict[SERVICES], form_of(request), request.match_info["case_id"]
    version = whole_number((await fields(request)).get("version"))
    file = await look(request)
    try:
        async with services.database.transaction() as unit:
            await signatures.sign(
                unit,
                services.vault,
                request[STAFF],
                case_id,
                form,
                version=version,
                shown=file.shown(form),
                now=services.clock.now(),
            )
    except WrongState as error:
        return await form_page(request, message=error_words(error), status=error.status)
    return redirect(f"/cases/{case_id}/file/{form.number}#sign")


async def quote(request: web.Request) -> web.StreamResponse:
    """Mark words of the child as the source of a field."""
    services, form, case_id = request.config_dict[SERVICES], form_of(request), request.match_info["case_id"]
    posted = await fields(request)
    field, seq, words = posted.get("field", ""), posted.get("seq", ""), posted.get("words", "")
    try:
        async with services.database.transaction() as unit:
            await quotations.quote(
                unit,
                services.vault,
                request[STAFF],
                case_id,
                form,
                field=field,
                seq=whole_number(seq),
                words=words,
                now=services.clock.now(),
            )
    except BadRequest as error:
        return await quote_page(
            request, field=field, seq=seq, words=words, message=error_words(error), status=error.status
        )
    return redirect(f"/cases/{case_id}/file/{form.number}#f-{field}")


async def unquote(request: web.Request) -> web.StreamResponse:
    """Take a mark away."""
    services, form, case_id = request.config_dict[SERVICES], form_of(request), request.match_info["case_id"]
    posted = await fields(request)
    async with services.database.transaction() as unit:
        wanted, now = posted.get("quotation", ""), services.clock.now()
        await quotations.unquote(unit, services.vault, request[STAFF], case_id, wanted, now)
    return done(request, f"/cases/{case_id}/file/{form.number}")


async def ask_export(request: web.Request) -> web.StreamResponse:
    """Ask what is to be taken out, and why."""
    require(request[STAFF], "casefile.export")
    return await _export_page(request, {"what": "all", "format": "pdf", "reason": ""})


async def take_out(request: web.Request) -> web.StreamResponse:
    """Answer with a paper, made in memory; the act and its reason are written down before it leaves."""
    require(request[STAFF], "casefile.export")
    await require_step_up(request)
    services, staff, case_id = request.config_dict[SERVICES], request[STAFF], request.match_info["case_id"]
    posted, now = await fields(request), services.clock.now()
    what, kind, reason = (posted.get(name, "") for name in ("what", "format", "reason"))
    form = services.forms.by_number.get(what)
    try:
        if kind not in _KINDS or (form is None and what != "all"):
            raise BadExport
        async with services.database.transaction() as unit:
            await exporting.note_export(
                unit, services.vault, staff, case_id, what=what, kind=cast("Format", kind), reason=reason, now=now
            )
    except (BadRequest, WrongState) as error:
        return await _export_page(request, {"what": what, "format": kind, "reason": reason}, error)
    file = await look(request)
    language: Language = "en" if wording.LANGUAGE.get() == "en" else "vi"
    short, words = number(case_id), wording.words()["casefile"]
    paper = (
        form_paper(file, services.forms, form, number=short, words=words, language=language, now=now)
        if form is not None
        else whole_paper(file, services.forms, number=short, words=words, language=language, now=now)
    )
    content_type, render = _KINDS[kind]
    name = f"ho-so-{short}{'' if form is None else f'-mau-{form.number}'}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return web.Response(body=render(paper), content_type=content_type, headers=headers)


async def _export_page(
    request: web.Request, sent: dict[str, str], error: EscalationError | None = None
) -> web.StreamResponse:
    services, staff = request.config_dict[SERVICES], request[STAFF]
    file = await read(request, "file/export")
    async with services.database.reading() as unit:
        reasons = may(staff, "case.take_over")
        papers = await exporting.papers_of(unit, services.vault, file.entry.case_id, reasons=reasons)
    return await file_page(
        request,
        "casefile_export.html",
        file,
        sent=sent,
        papers=papers,
        proved=request[SESSION].proved(services.clock.now()),
        message=error_words(error) if error else None,
        status=error.status if error else HTTPStatus.OK,
    )
