"""The pages of a case file: overview, one form, three assessments side by side, two versions of a field, quoting."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from aiohttp import web

from escalation.casefile.assessment import assess
from escalation.casefile.comparing import side_by_side
from escalation.casefile.errors import NoSuchForm
from escalation.casefile.forms import Form
from escalation.casefile.papers import count_words
from escalation.casefile.quotations import messages_of
from escalation.casefile.reading import CaseFile, look_again, read_file
from escalation.desk import wording
from escalation.desk.identity import STAFF
from escalation.desk.pages import page, redirect
from escalation.desk.services import SERVICES
from escalation.desk.wording import local_time


def form_of(request: web.Request) -> Form:
    """Return the form that the address names; raises NoSuchForm."""
    found = request.config_dict[SERVICES].forms.by_number.get(request.match_info["form"])
    if found is None:
        raise NoSuchForm
    return found


async def read(request: web.Request, where: str) -> CaseFile:
    """Open the file for a page; the look goes into the trail."""
    services, staff, now = request.config_dict[SERVICES], request[STAFF], request.config_dict[SERVICES].clock.now()
    case_id, words = request.match_info["case_id"], wording.words("vi")
    async with services.database.transaction() as unit:
        return await read_file(unit, services.vault, staff, case_id, now, page=where, words=words)


async def look(request: web.Request) -> CaseFile:
    """Read the file once more for a page or an act that stands in the trail."""
    services, staff, now = request.config_dict[SERVICES], request[STAFF], request.config_dict[SERVICES].clock.now()
    case_id, words = request.match_info["case_id"], wording.words("vi")
    async with services.database.reading() as unit:
        return await look_again(unit, services.vault, staff, case_id, now, words=words)


async def file_page(
    request: web.Request, template: str, file: CaseFile, *, status: int = HTTPStatus.OK, **values: Any
) -> web.StreamResponse:
    """Answer with a page of the case file."""
    forms = request.config_dict[SERVICES].forms
    frame = {"file": file, "forms": forms, "entry": file.entry, "message": None, "form": None}
    return await page(request, template, status=status, **frame | values)


async def show(request: web.Request) -> web.StreamResponse:
    """Show which forms are begun, saved and signed."""
    return await file_page(request, "casefile.html", await read(request, "file"))


async def show_form(request: web.Request) -> web.StreamResponse:
    """Show one form to be filled."""
    return await form_page(request)


async def form_page(
    request: web.Request,
    *,
    typed: Mapping[str, str] | None = None,
    message: str | None = None,
    status: int = HTTPStatus.OK,
) -> web.StreamResponse:
    """Answer with a form; after a refusal it keeps what was `typed`."""
    form = form_of(request)
    file = await read(request, f"file/{form.number}")
    counted = assess(form, file.values(form))
    known = {cell for field in form.fields for cell in field.cells}
    values = file.values(form) | {name: value for name, value in (typed or {}).items() if name in known}
    return await file_page(
        request,
        "casefile_form.html",
        file,
        status=status,
        form=form,
        filled=file.forms[form.number],
        values=values,
        shown=file.shown(form),
        compared=form.number in request.config_dict[SERVICES].forms.compared,
        counted=counted,
        count_words=tuple(count_words(counted, wording.words()["casefile"])) if counted else (),
        others={name: cell.value for name, cell in file.forms[form.number].cells.items() if name not in known},
        message=message,
        mine={one.cell for one in file.forms[form.number].waiting if one.by_id == request[STAFF].id},
        holding=file.entry.state == "claimed" and file.entry.owner_id == request[STAFF].id,
    )


async def compare(request: web.Request) -> web.StreamResponse:
    """Show forms 02, 03 and 06 side by side."""
    file, forms = await read(request, "file/compare"), request.config_dict[SERVICES].forms
    values = {str(form.number): file.values(form) for form in forms}
    sides = side_by_side(forms, values, wording.LANGUAGE.get())
    return await file_page(request, "casefile_compare.html", file, sides=sides)


async def show_merge(request: web.Request) -> web.StreamResponse:
    """Show both versions of every field that waits for a choice."""
    return await merge_page(request)


async def merge_page(
    request: web.Request, *, message: str | None = None, status: int = HTTPStatus.OK
) -> web.StreamResponse:
    """Answer with the merge view."""
    form = form_of(request)
    file = await read(request, f"file/{form.number}/merge")
    filled = file.forms[form.number]
    return await file_page(
        request,
        "casefile_merge.html",
        file,
        form=form,
        filled=filled,
        shown=file.shown(form),
        message=message,
        status=status,
    )


async def show_quote(request: web.Request) -> web.StreamResponse:
    """Show what the child wrote, to mark words of it as the source of a field."""
    return await quote_page(request, field=request.query.get("field", ""))


async def quote_page(
    request: web.Request,
    *,
    field: str,
    seq: str = "",
    words: str = "",
    message: str | None = None,
    status: int = HTTPStatus.OK,
) -> web.StreamResponse:
    """Answer with the messages of the child; after a refusal it keeps what was chosen. Raises NoSuchForm."""
    services, form = request.config_dict[SERVICES], form_of(request)
    asked = form.field_of(field)
    if asked is None or asked.id != field:
        raise NoSuchForm
    file = await read(request, f"file/{form.number}/quote")
    if not file.writable:
        return redirect(f"/cases/{file.entry.case_id}/file/{form.number}")
    async with services.database.reading() as unit:
        lines = await messages_of(unit, services.vault, file.entry.case_id)
    values = {"form": form, "field": asked, "lines": lines, "seq": seq, "words": words, "message": message}
    return await file_page(request, "casefile_quote.html", file, status=status, **values)


async def news(request: web.Request) -> web.StreamResponse:
    """Tell a script what was saved in a form since its version; the opening of the page stands in the trail."""
    version = request.query.get("version", "")
    since = int(version) if version.isascii() and version.isdigit() else 0
    return web.json_response(await told(request, form_of(request), since))


async def told(request: web.Request, form: Form, since: int, own: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return what a page of a form on version `since` has to take in; `own` is what it has just sent itself."""
    file, staff = await look(request), request[STAFF]
    filled, words = file.forms[form.number], wording.words()["casefile"]
    counted, sent = assess(form, file.values(form)), own or {}
    changed = {
        name: {
            "value": cell.value,
            "words": words["changed"].format(name=file.names.get(cell.by_id, "?"), time=local_time(cell.at))
            if cell.by_id != staff.id
            else "",
        }
        for name, cell in filled.cells.items()
        if cell.version > since and sent.get(name) != cell.value
    }
    return {
        "version": filled.version,
        "saved": words["saved"].format(time=local_time(filled.saved_at)) if filled.saved_at else words["not_saved"],
        "changed": changed,
        "mine": [one.cell for one in filled.waiting if one.by_id == staff.id],
        "waiting": len(filled.waiting),
        "count": list(count_words(counted, words)) if counted else [],
        "lower": counted is not None and counted.is_lower,
        "child_at": wording.iso(file.child_at) if file.child_at else "",
    }
