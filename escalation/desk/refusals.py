"""Turns everything that goes wrong into a calm page (or a line of JSON for our scripts) with the right status."""

from http import HTTPStatus

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from escalation.denials import write_down
from escalation.desk import wording
from escalation.desk.identity import STAFF, route_name
from escalation.desk.pages import TOLD, error_words, page, redirect, wants_json
from escalation.desk.services import SERVICES
from escalation.desk.views.lock import lock_page
from escalation.desk.views.step_up import step_up_page
from escalation.errors import EscalationError
from escalation.staff.errors import Locked, SignedOut, StepUpNeeded

_log = structlog.get_logger("desk")
_WORDS_OF_STATUS = {
    HTTPStatus.NOT_FOUND: "NotFound",
    HTTPStatus.METHOD_NOT_ALLOWED: "MethodNotAllowed",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "TooLarge",
}


@web.middleware
async def explain(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer refusals and failures in words. A failure is logged by its kind only: its text may quote a child."""
    told: list[EscalationError] = []
    TOLD.set(told)
    try:
        response = await handler(request)
        for error in tuple(told):
            await _write_down(request, error)
        return response  # noqa: TRY300 - what was told and written is an answer like any other
    except SignedOut as error:
        if request.method == "GET" and _wants_page(request):
            return redirect("/sign-in")
        return await _refusal(request, error_words(error), error.status)
    except (Locked, StepUpNeeded) as error:
        if wants_json(request):
            return await _refusal(request, error_words(error), error.status)
        return await (lock_page if isinstance(error, Locked) else step_up_page)(request, error)
    except EscalationError as error:
        await _write_down(request, error)
        return await _refusal(request, error_words(error), error.status)
    except web.HTTPException as error:
        words = wording.words()["error"][_WORDS_OF_STATUS.get(HTTPStatus(error.status), "BadRequest")]
        return await _refusal(request, words, error.status)
    except Exception as error:  # noqa: BLE001 - the outermost boundary of the desk
        _log.error("desk.failed", kind=type(error).__name__, route=request.match_info.route.name)
        return await _refusal(request, wording.words()["error"]["Broken"], HTTPStatus.INTERNAL_SERVER_ERROR)


async def _write_down(request: web.Request, error: EscalationError) -> None:
    services, asked = request.config_dict[SERVICES], request.match_info
    subject = asked.get("case_id") or asked.get("complaint_id") or asked.get("task_id") or ""
    await write_down(
        services.database, services.clock, request.get(STAFF), error, route=route_name(request), subject=subject
    )


def _wants_page(request: web.Request) -> bool:
    wanted = request.headers.get("Accept", "*/*")
    return "text/html" in wanted or wanted == "*/*"


async def _refusal(request: web.Request, words: str, status: int) -> web.StreamResponse:
    if wants_json(request):
        return web.json_response({"error": words}, status=status)
    return await page(request, "error.html", status=status, message=words)
