"""The page behind the one-time link: makes the first admin and the first counsellor, shows their codes once."""

from typing import Any

from aiohttp import web

from escalation.desk.forms import fields
from escalation.desk.pages import error_words, page
from escalation.desk.services import SERVICES
from escalation.errors import BadRequest
from escalation.permissions import Staff
from escalation.staff import codes, recovery
from escalation.staff.errors import NameTaken
from escalation.staff.setup import NewAccount, check_link, set_up

_EMPTY = {"admin_name": "", "admin_display": "", "counsellor_name": "", "counsellor_display": ""}


def shown_code(staff: Staff, secret: str, recovery_codes: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return what a person needs to put the secret of their codes into a phone, and their recovery codes if any."""
    return {
        "name": staff.name,
        "display_name": staff.display_name,
        "role": staff.role,
        "qr": codes.qr_svg(secret, staff.name),
        "secret": codes.spaced(secret),
        "recovery": recovery_codes,
    }


async def show(request: web.Request) -> web.StreamResponse:
    """Show the form while the link is good."""
    services = request.config_dict[SERVICES]
    async with services.database.reading() as unit:
        await check_link(unit, request.match_info["token"], services.clock.now())
    return await page(request, "setup.html", sent=_EMPTY, message=None)


async def create(request: web.Request) -> web.StreamResponse:
    """Make both accounts and use the link up, then show both secrets: this answer is the only place they ever stand."""
    services, now = request.config_dict[SERVICES], request.config_dict[SERVICES].clock.now()
    sent = _EMPTY | await fields(request)
    try:
        async with services.database.transaction() as unit:
            made = await set_up(
                unit,
                services.vault,
                request.match_info["token"],
                admin=_account(sent, "admin"),
                counsellor=_account(sent, "counsellor"),
                now=now,
            )
            people = [
                shown_code(
                    staff, secret, await recovery.make_codes(unit, services.vault, staff.id, by=staff.id, now=now)
                )
                for staff, secret in made
            ]
    except (BadRequest, NameTaken) as error:
        return await page(request, "setup.html", status=error.status, sent=sent, message=error_words(error))
    return await page(request, "setup_done.html", people=people)


def _account(sent: dict[str, str], who: str) -> NewAccount:
    return NewAccount(
        name=sent.get(f"{who}_name", ""),
        display_name=sent.get(f"{who}_display", ""),
        password=sent.get(f"{who}_password", ""),
    )
