"""Tokens of the staff API, for who manages accounts: listed, made and shown once, ended."""

from typing import Any

from aiohttp import web

from escalation.desk.forms import fields
from escalation.desk.identity import SESSION, STAFF
from escalation.desk.pages import error_words, page, redirect
from escalation.desk.proof import require_step_up
from escalation.desk.services import SERVICES
from escalation.errors import EscalationError
from escalation.permissions import ACTIONS, POLICY, require
from escalation.staff import tokens
from escalation.staff.accounts import list_staff
from escalation.staff.errors import NoSuchStaff, StepUpNeeded

_EMPTY = {"owner": "", "label": "", "area": ""}
_TICK = "action:"


async def show(request: web.Request) -> web.StreamResponse:
    """List every token that lets somebody in."""
    return await _list(request, sent=_EMPTY)


async def make(request: web.Request) -> web.StreamResponse:
    """Make a token and show its secret, once; a refusal keeps the form."""
    services, admin = request.config_dict[SERVICES], request[STAFF]
    require(admin, "token.manage")
    given = await fields(request)
    sent = _EMPTY | given
    try:
        await require_step_up(request)
        async with services.database.transaction() as unit:
            made, secret = await tokens.make(
                unit,
                admin,
                owner_id=sent["owner"],
                label=sent["label"],
                actions=[name.removeprefix(_TICK) for name in given if name.startswith(_TICK)],
                area=sent["area"],
                now=services.clock.now(),
            )
    except (tokens.BadScope, tokens.BadLabel, NoSuchStaff, StepUpNeeded) as error:
        return await _list(request, sent=sent, error=error)
    return await page(request, "token_made.html", token=made, secret=secret)


async def revoke(request: web.Request) -> web.StreamResponse:
    """End a token."""
    services = request.config_dict[SERVICES]
    async with services.database.transaction() as unit:
        await tokens.revoke(unit, request[STAFF], request.match_info["token_id"], services.clock.now())
    return redirect("/tokens")


async def _list(
    request: web.Request, *, sent: dict[str, str], error: EscalationError | None = None
) -> web.StreamResponse:
    services, admin, now = request.config_dict[SERVICES], request[STAFF], request.config_dict[SERVICES].clock.now()
    async with services.database.transaction() as unit:
        found = await tokens.listed(unit, admin, now)
        owners = [one.staff for one in await list_staff(unit) if one.active and POLICY[one.staff.role]]
    values: dict[str, Any] = {
        "tokens": found,
        "owners": owners,
        "actions": [action for action in ACTIONS if any(action in POLICY[one.role] for one in owners)],
        "sent": sent,
        "message": error_words(error) if error else None,
        "proved": request[SESSION].proved(now),
    }
    return await page(request, "tokens.html", status=error.status if error else 200, **values)
