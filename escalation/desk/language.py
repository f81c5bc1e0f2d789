"""In which language a page answers: the person's own choice; before sign-in, what the address asks for."""

from aiohttp import web
from aiohttp.typedefs import Handler

from escalation.desk.identity import STAFF
from escalation.desk.services import SERVICES
from escalation.desk.wording import LANGUAGE
from escalation.permissions import Staff
from escalation.preferences import LANGUAGES, Preferences, preferences_of

PREFERENCES = web.RequestKey("preferences", Preferences)


@web.middleware
async def speak(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Begin every request in its own language; outermost, so that refusals are told in it too."""
    asked = request.query.get("lang", "vi")
    before = LANGUAGE.set(asked if asked in LANGUAGES else "vi")
    try:
        return await handler(request)
    finally:
        LANGUAGE.reset(before)


@web.middleware
async def prefer(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Take up what the signed-in person chose."""
    if (staff := request.get(STAFF)) is not None:
        await answer_as_chosen(request, staff)
    return await handler(request)


async def answer_as_chosen(request: web.Request, staff: Staff) -> None:
    """Answer this request as its person likes the desk."""
    async with request.config_dict[SERVICES].database.reading() as unit:
        request[PREFERENCES] = await preferences_of(unit, staff)
    LANGUAGE.set(request[PREFERENCES].language)
