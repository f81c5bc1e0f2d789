"""From the conversation into the case file: a message of the child becomes the source of a field, in its own words."""

from http import HTTPStatus

from aiohttp import web

from escalation.casefile import quotations
from escalation.casefile.errors import NotTheChildsWords
from escalation.casefile.quotations import messages_of
from escalation.desk.forms import fields, whole_number
from escalation.desk.identity import STAFF
from escalation.desk.pages import error_words, redirect
from escalation.desk.services import SERVICES
from escalation.desk.views.casefile import file_page, read
from escalation.errors import BadRequest


class NoField(BadRequest):
    """No field of a form was chosen."""


async def show(request: web.Request) -> web.StreamResponse:
    """Show one message of the child, and ask which field it goes to."""
    return await _page(request)


async def quote(request: web.Request) -> web.StreamResponse:
    """Mark the message, or words of it, as the source of a field; a refusal keeps what was chosen."""
    services, case_id, sent = request.config_dict[SERVICES], request.match_info["case_id"], await fields(request)
    place, words = sent.get("place", ""), sent.get("words", "")
    number, _, field = place.partition("/")
    form = services.forms.by_number.get(number)
    try:
        if form is None or field not in {each.id for each in form.fields if not each.office}:
            raise NoField
        async with services.database.transaction() as unit:
            await quotations.quote(
                unit,
                services.vault,
                request[STAFF],
                case_id,
                form,
                field=field,
                seq=_seq(request),
                words=words,
                now=services.clock.now(),
            )
    except BadRequest as error:
        return await _page(request, place=place, words=words, message=error_words(error), status=error.status)
    return redirect(f"/cases/{case_id}/file/{number}#f-{field}")


async def _page(
    request: web.Request, *, place: str = "", words: str = "", message: str | None = None, status: int = HTTPStatus.OK
) -> web.StreamResponse:
    services, seq = request.config_dict[SERVICES], _seq(request)
    file = await read(request, "file/quote")
    if not file.writable:
        return redirect(f"/cases/{file.entry.case_id}/file")
    async with services.database.reading() as unit:
        said = await messages_of(unit, services.vault, file.entry.case_id)
    line = next((each for each in said if each.seq == seq), None)
    if line is None:
        raise NotTheChildsWords
    values = {"line": line, "place": place, "words": words, "message": message}
    return await file_page(request, "casefile_quote_message.html", file, status=status, **values)


def _seq(request: web.Request) -> int:
    return whole_number(request.match_info["seq"])
