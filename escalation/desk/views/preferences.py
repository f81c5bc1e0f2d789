"""How the desk is used: the keys, and each person's own language and switch for single keys."""

from dataclasses import replace

from aiohttp import web

from escalation.desk.forms import fields
from escalation.desk.identity import STAFF
from escalation.desk.language import PREFERENCES
from escalation.desk.pages import PREFIX, page, redirect
from escalation.desk.services import SERVICES
from escalation.errors import BadRequest
from escalation.preferences import LANGUAGES, choose


async def show(request: web.Request) -> web.StreamResponse:
    """List the keys."""
    return await page(request, "help.html")


async def change(request: web.Request) -> web.StreamResponse:
    """Keep a language, or whether single keys do something; then go back to where the person was."""
    services, staff = request.config_dict[SERVICES], request[STAFF]
    sent = await fields(request)
    chosen = request[PREFERENCES]
    language, shortcuts = sent.get("language", chosen.language), sent.get("shortcuts")
    if language not in LANGUAGES or shortcuts not in {None, "0", "1"}:
        raise BadRequest
    if shortcuts is not None:
        chosen = replace(chosen, shortcuts=shortcuts == "1")
    async with services.database.transaction() as unit:
        await choose(unit, staff, replace(chosen, language=language))
    return redirect(_own_page(sent.get("back", "")))


def _own_page(back: str) -> str:
    """Return the page to go back to, without our prefix; whatever is no page of ours leads to the queue."""
    path = back.removeprefix(PREFIX)
    plain = back.startswith(f"{PREFIX}/") and back.isascii() and back.isprintable()
    return path if plain and "//" not in path and "\\" not in path else "/"
