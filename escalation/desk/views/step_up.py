"""The page that asks for a fresh code of the authenticator, and then carries out what was meant."""

from aiohttp import web

from escalation.desk.carry import carried, safe_path
from escalation.desk.forms import fields
from escalation.desk.pages import error_words, page, redirect
from escalation.desk.proof import require_step_up
from escalation.errors import EscalationError
from escalation.staff.errors import CodeRefused


async def step_up_page(request: web.Request, error: EscalationError) -> web.StreamResponse:
    """Ask for the code; a form that was refused goes on from here with all that was typed."""
    wrong = error_words(error) if isinstance(error, CodeRefused) else None
    return await page(request, "step_up.html", status=error.status, then=await carried(request), message=wrong)


async def prove(request: web.Request) -> web.StreamResponse:
    """Take the code and go on to the page that asked for it."""
    await require_step_up(request)
    return redirect(safe_path((await fields(request)).get("to")))
