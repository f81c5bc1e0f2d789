"""What is owed and until when: one's own list and that of the area, the tasks of a case, and what is done with them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from aiohttp import web

from escalation.desk.forms import done, fields, whole_number
from escalation.desk.identity import STAFF
from escalation.desk.pages import error_words, page, wants_json
from escalation.desk.services import SERVICES
from escalation.errors import BadRequest, EscalationError, WrongState
from escalation.staff.accounts import names_of
from escalation.tasks import doing, reading, viewing
from escalation.tasks.calendar import HANOI
from escalation.tasks.doing import Event
from escalation.tasks.errors import BadTask

_FIRST_GUESS = timedelta(hours=24)
_SHOWN = "%Y-%m-%dT%H:%M"  # as a browser's field for date and time wants it


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What somebody was writing when it was refused."""

    title: str = ""
    due: str = ""
    task_id: str = ""
    note: str = ""


async def show_list(request: web.Request) -> web.StreamResponse:
    """Show the open tasks of this person, or of the area."""
    services, staff = request.config_dict[SERVICES], request[STAFF]
    of_area = request.query.get("of") == "area"
    async with services.database.transaction() as unit:
        found = await reading.listed(
            unit, services.vault, staff, services.calendar, services.clock.now(), of_area=of_area
        )
        names = await names_of(unit)
    return await page(request, "tasks.html", found=found, of_area=of_area, names=names, at_most=reading.AT_MOST)


async def show_case(request: web.Request) -> web.StreamResponse:
    """Show the tasks of a case; the look goes into the trail."""
    return await _case_tasks(request, request.match_info["case_id"])


async def begin_plan(request: web.Request) -> web.StreamResponse:
    """Begin the plan of the law for a case."""
    services, case_id = request.config_dict[SERVICES], request.match_info["case_id"]
    async with services.database.transaction() as unit:
        await doing.begin_plan(unit, services.vault, request[STAFF], case_id, services.clock.now())
    return done(request, f"/cases/{case_id}/tasks")


async def add(request: web.Request) -> web.StreamResponse:
    """Add a task of one's own; a refusal keeps its words."""
    services, case_id = request.config_dict[SERVICES], request.match_info["case_id"]
    sent = await fields(request)
    typed = Typed(title=sent.get("title", ""), due=sent.get("due", ""))
    try:
        due_at = _moment(typed.due)
        async with services.database.transaction() as unit:
            await doing.add(
                unit,
                services.vault,
                request[STAFF],
                case_id,
                title=typed.title,
                due_at=due_at,
                now=services.clock.now(),
            )
    except (BadRequest, WrongState) as error:
        return await _refused(request, case_id, typed, error)
    return done(request, f"/cases/{case_id}/tasks")


async def finish(request: web.Request) -> web.StreamResponse:
    """Write down that a task is done."""
    return await _step(request, "finish")


async def drop(request: web.Request) -> web.StreamResponse:
    """Put a task aside for a reason."""
    return await _step(request, "drop")


async def take_up(request: web.Request) -> web.StreamResponse:
    """Take a task up again."""
    return await _step(request, "take_up")


async def give(request: web.Request) -> web.StreamResponse:
    """Make a task somebody's."""
    services, task_id = request.config_dict[SERVICES], request.match_info["task_id"]
    sent = await fields(request)
    async with services.database.transaction() as unit:
        case_id = await doing.give(
            unit,
            services.vault,
            request[STAFF],
            task_id,
            version=whole_number(sent.get("version")),
            to_id=sent.get("to", ""),
            now=services.clock.now(),
        )
    return done(request, f"/cases/{case_id}/tasks")


async def _step(request: web.Request, event: Event) -> web.StreamResponse:
    services, task_id = request.config_dict[SERVICES], request.match_info["task_id"]
    sent = await fields(request)
    note = sent.get("note", "").replace("\r\n", "\n")
    try:
        async with services.database.transaction() as unit:
            case_id = await doing.step(
                unit,
                services.vault,
                request[STAFF],
                task_id,
                event,
                version=whole_number(sent.get("version")),
                note=note,
                now=services.clock.now(),
            )
    except (BadRequest, WrongState) as error:
        async with services.database.reading() as unit:
            refused_in = await doing.case_of(unit, services.vault, request[STAFF], task_id)
        return await _refused(request, refused_in, Typed(task_id=task_id, note=note), error)
    return done(request, f"/cases/{case_id}/tasks")


async def _refused(request: web.Request, case_id: str, typed: Typed, error: EscalationError) -> web.StreamResponse:
    if wants_json(request):
        raise error
    return await _case_tasks(request, case_id, typed=typed, error=error)


async def _case_tasks(
    request: web.Request, case_id: str, *, typed: Typed | None = None, error: EscalationError | None = None
) -> web.StreamResponse:
    services, staff = request.config_dict[SERVICES], request[STAFF]
    now = services.clock.now()
    async with services.database.transaction() as unit:
        seen = await viewing.read_case(unit, services.vault, staff, case_id, services.calendar, now)
        values: dict[str, Any] = {
            "names": await names_of(unit),
            "takers": await doing.takers(unit, services.vault, seen.case),
        }
    first_guess = (now + _FIRST_GUESS).astimezone(HANOI).strftime(_SHOWN)
    return await page(
        request,
        "case_tasks.html",
        status=error.status if error else HTTPStatus.OK,
        case=seen.case,
        case_id=case_id,
        glass=seen.glass,
        tasks=tuple(reading.beside(one, services.calendar, now) for one in seen.tasks if reading.is_open(one)),
        ended=tuple(one for one in seen.tasks if not reading.is_open(one)),
        may_begin=seen.case.state != "withdrawn" and not any(one.kind == "plan" for one in seen.tasks),
        typed=typed or Typed(due=first_guess),
        message=error_words(error) if error else None,
        **values,
    )


def _moment(written: str) -> datetime:
    """Read a time in Việt Nam as the form sends it; raises BadTask."""
    try:
        return datetime.strptime(written, _SHOWN).replace(tzinfo=HANOI)
    except ValueError as error:
        raise BadTask from error
