"""What goes on beside the chat: drafts kept while one types, "is writing…", notes for colleagues."""

from aiohttp import web
from sqlalchemy import select

from escalation import queue
from escalation.desk.forms import done, fields, whole_number
from escalation.desk.identity import STAFF
from escalation.desk.pages import error_words, wants_json
from escalation.desk.reading_ease import ease
from escalation.desk.services import SERVICES
from escalation.desk.views.case import case_page
from escalation.desk.wording import local_time
from escalation.errors import BadRequest, WrongState
from escalation.tables import cases
from escalation.writing import drafts, notes
from escalation.writing.typing import topic_of_writer


class BadNote(BadRequest):
    """A note that is empty or too long."""


async def keep_draft(request: web.Request) -> web.StreamResponse:
    """Keep what is in the box, and tell how it reads for this child; asked without words, tell what is kept."""
    services, case_id = request.config_dict[SERVICES], request.match_info["case_id"]
    sent = await fields(request)
    text, now = sent.get("text", "").replace("\r\n", "\n"), services.clock.now()
    async with services.database.transaction() as unit:
        if "text" not in sent:
            await queue.visible(unit, services.vault, request[STAFF], case_id)
            found = await drafts.of(unit, services.vault, request[STAFF], case_id)
            return web.json_response({"text": found.text if found else ""})
        await drafts.keep(
            unit, services.vault, request[STAFF], case_id, message_id=sent.get("id", ""), text=text, now=now
        )
        reader = (await unit.execute(select(cases).where(cases.c.id == case_id))).one()
    read = ease(text, reader.band or reader.audience)
    return web.json_response(
        {
            "at": local_time(now),
            "longest": read.longest,
            "most": read.most,
            "hard": [list(pair) for pair in read.hard],
        }
    )


async def typing(request: web.Request) -> web.StreamResponse:
    """Let the child's page know that somebody writes; kept nowhere, and only by who holds the child."""
    services, case_id = request.config_dict[SERVICES], request.match_info["case_id"]
    lease = whole_number((await fields(request)).get("lease"))
    async with services.database.reading() as unit:
        topic = await topic_of_writer(unit, request[STAFF], case_id, lease)
    if topic is not None:
        await services.database.stir(topic)
    return done(request, f"/cases/{case_id}")


async def add_note(request: web.Request) -> web.StreamResponse:
    """Write a note for colleagues; a refusal keeps its words."""
    services, case_id = request.config_dict[SERVICES], request.match_info["case_id"]
    text = (await fields(request)).get("note", "").replace("\r\n", "\n")
    try:
        if not 1 <= len(text.strip()) <= notes.MAX_NOTE_CHARACTERS:
            raise BadNote
        async with services.database.transaction() as unit:
            await notes.add(unit, services.vault, request[STAFF], case_id, text, services.clock.now())
    except (BadRequest, WrongState) as error:
        if wants_json(request):
            raise
        return await case_page(request, status=error.status, noting=text, message=error_words(error))
    return done(request, f"/cases/{case_id}")
