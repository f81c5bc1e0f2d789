"""Renders pages: one template environment, one set of words, the same frame around every page."""

from contextvars import ContextVar
from http import HTTPStatus
from typing import Any

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined

from escalation.desk import wording
from escalation.desk.identity import STAFF
from escalation.desk.language import PREFERENCES
from escalation.desk.marks import pieces
from escalation.desk.services import SERVICES, DeskServices
from escalation.errors import EscalationError
from escalation.permissions import Staff, may
from escalation.preferences import Preferences
from escalation.staff import notices
from escalation.staff.errors import TryLater

PREFIX = "/desk"
TEMPLATES = web.AppKey("templates", Environment)
_SHORT = 6


def environment() -> Environment:
    """Return the template environment: everything escaped, nothing undefined."""
    made = Environment(
        loader=PackageLoader("escalation.desk"),
        autoescape=True,
        undefined=StrictUndefined,
        enable_async=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        name_of=_name_of,
        clock=wording.clock_words,
        iso=wording.iso,
        local=wording.local,
        local_time=wording.local_time,
        number=number,
    )
    made.globals.update(may=may, pieces=pieces, base=PREFIX)
    return made


def number(case_id: str) -> str:
    """Return the short name of a case that staff say to one another."""
    return case_id[:_SHORT].upper()


def _name_of(staff_id: str, names: dict[str, str]) -> str:
    return names.get(staff_id, "?")


async def fragment(app: Any, services: DeskServices, template: str, **values: Any) -> str:
    """Render one template to text, in the language of the request."""
    made: Environment = app[TEMPLATES]
    return await made.get_template(template).render_async(
        w=wording.words(), language=wording.LANGUAGE.get(), now=services.clock.now(), **values
    )


async def page(request: web.Request, template: str, *, status: int = HTTPStatus.OK, **values: Any) -> web.Response:
    """Answer with a whole page."""
    services = request.config_dict[SERVICES]
    staff: Staff | None = request.get(STAFF)
    chosen = request.get(PREFERENCES, Preferences())
    frame = {
        "demo": services.demo,
        "staff": staff,
        "present": None,
        "chosen": chosen,
        "here": _here(request),
        "notices": await _notices(services, staff),
        "lock_after": int(services.lock_after.total_seconds()) if services.lock_after else "",
        **values,
    }
    text = await fragment(request.config_dict, services, template, **frame)
    return web.Response(text=text, content_type="text/html", status=status)


def _here(request: web.Request) -> str:
    """Return the address of this page as one comes back to it; after a form that has none, of the queue."""
    pages = {
        route.resource.canonical for route in request.app.router.routes() if route.resource and route.method == "GET"
    }
    return request.path if request.method == "GET" or request.path in pages else f"{PREFIX}/"


async def _notices(services: DeskServices, staff: Staff | None) -> tuple[notices.Notice, ...]:
    if staff is None:
        return ()
    async with services.database.reading() as unit:
        return await notices.unseen(unit, staff.id)


def redirect(path: str) -> web.Response:
    """Answer a form that did its work: go on to a page, which a reload then repeats without harm."""
    return web.Response(status=HTTPStatus.SEE_OTHER, headers={"Location": f"{PREFIX}{path}"})


def wants_json(request: web.Request) -> bool:
    """Tell whether a script of our pages asks, and not the browser itself."""
    return "application/json" in request.headers.get("Accept", "")


TOLD: ContextVar[list[EscalationError]] = ContextVar("told")
"""What this request was told to be refused on a page of its own, with what was typed still in its box."""


def error_words(error: EscalationError) -> str:
    """Return what went wrong in the words of the pages, by the error's class or the nearest one above it.

    Whatever is told is noted in `TOLD`, so that `refusals` writes it into the trail, whichever page says it.
    """
    TOLD.get([]).append(error)
    words = wording.words()
    known = words["error"] | words["security"]["error"] | words["records"]["error"]
    if isinstance(error, TryLater):
        return str(known["TryLater"]).format(wait=wording.wait_words(error.seconds))
    return next((str(known[kind.__name__]) for kind in type(error).__mro__ if kind.__name__ in known), known["Broken"])
