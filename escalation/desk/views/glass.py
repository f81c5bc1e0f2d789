"""Break-glass: the form that opens one case beyond one's reach, and the list of all that was opened so."""

from http import HTTPStatus

from aiohttp import web

from escalation.desk.forms import fields
from escalation.desk.identity import SESSION, STAFF
from escalation.desk.pages import error_words, page, redirect
from escalation.desk.proof import require_step_up
from escalation.desk.services import SERVICES
from escalation.errors import EscalationError, NoSuchCase, NotAllowed
from escalation.glass import breaking
from escalation.permissions import may, require
from escalation.staff.accounts import names_of
from escalation.staff.errors import StepUpNeeded


async def show(request: web.Request) -> web.StreamResponse:
    """Show the form to those who may break the glass, and the list to those who watch over it."""
    return await _glass(request)


async def break_in(request: web.Request) -> web.StreamResponse:
    """Open the case for half an hour; a refusal keeps the reason in its box."""
    services, staff = request.config_dict[SERVICES], request[STAFF]
    require(staff, "case.break_glass")
    sent = await fields(request)
    number, reason = sent.get("number", ""), sent.get("reason", "").replace("\r\n", "\n")
    now = services.clock.now()
    try:
        await require_step_up(request)
        async with services.database.transaction() as unit:
            case_id = await breaking.break_in(unit, services.vault, staff, number, reason, now)
    except (StepUpNeeded, NoSuchCase, breaking.NoReason, breaking.InReach) as error:
        if isinstance(error, NoSuchCase):
            async with services.database.transaction() as unit:
                await breaking.refused(unit, staff, now)
        return await _glass(request, number=number, reason=reason, error=error)
    return redirect(f"/cases/{case_id}")


async def _glass(
    request: web.Request, *, number: str = "", reason: str = "", error: EscalationError | None = None
) -> web.StreamResponse:
    services, staff = request.config_dict[SERVICES], request[STAFF]
    if not may(staff, "case.break_glass") and not may(staff, "trail.view"):
        raise NotAllowed
    now = services.clock.now()
    async with services.database.transaction() as unit:
        listed = await breaking.listed(unit, services.vault, staff, now) if may(staff, "trail.view") else ()
        names = await names_of(unit)
    return await page(
        request,
        "glass.html",
        status=error.status if error else HTTPStatus.OK,
        listed=listed,
        names=names,
        sent={"number": number, "reason": reason},
        proved=request[SESSION].proved(now),
        message=error_words(error) if error else None,
    )
