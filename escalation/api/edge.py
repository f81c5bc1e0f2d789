"""The edge of the API: who asks, what they sent, and how refusals look."""

from http import HTTPStatus
from typing import TypeVar

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler
from pydantic import BaseModel, ValidationError

from escalation.denials import write_down
from escalation.desk.forms import MAX_BODY_BYTES
from escalation.desk.services import SERVICES
from escalation.errors import BadRequest, EscalationError
from escalation.permissions import Staff
from escalation.staff import sessions
from escalation.staff.errors import SignedOut

Model = TypeVar("Model", bound=BaseModel)
CALLER = web.RequestKey("caller", Staff)
_SCHEME = "Bearer "
_log = structlog.get_logger("staff_api")
_WORDS = {
    HTTPStatus.NOT_FOUND: "There is no such address.",
    HTTPStatus.METHOD_NOT_ALLOWED: "This address does not take that method.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body is too long.",
}


@web.middleware
async def explain(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer refusals and failures as {"error": words}; what was sent is never repeated, in the log neither."""
    try:
        response = await handler(request)
    except EscalationError as error:
        await _write_down(request, error)
        response = failure(str(error), error.status)
        if error.status == HTTPStatus.UNAUTHORIZED:
            response.headers["WWW-Authenticate"] = _SCHEME.strip()
    except web.HTTPException as error:
        response = failure(_WORDS.get(HTTPStatus(error.status), "The request cannot be done as it is."), error.status)
        if "Allow" in error.headers:
            response.headers["Allow"] = error.headers["Allow"]
    except Exception as error:  # noqa: BLE001 - the outermost boundary of the API
        _log.error("staff_api.failed", kind=type(error).__name__, route=request.match_info.route.name)
        response = failure("The server failed. Nothing was lost; try again.", HTTPStatus.INTERNAL_SERVER_ERROR)
    return response


async def _write_down(request: web.Request, error: EscalationError) -> None:
    services, asked = request.config_dict[SERVICES], request.match_info
    await write_down(
        services.database,
        services.clock,
        request.get(CALLER),
        error,
        route=asked.route.name or "",
        subject=asked.get("case_id") or asked.get("task_id") or "",
    )


@web.middleware
async def require_token(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let nobody in without a token, but to the description of the API."""
    if request.match_info.http_exception is None and request.match_info.route.name != "openapi":
        request[CALLER] = await _caller(request)
    return await handler(request)


async def _caller(request: web.Request) -> Staff:
    services = request.config_dict[SERVICES]
    given = request.headers.get("Authorization", "")
    if not given.startswith(_SCHEME):
        raise SignedOut("Send a token: Authorization: Bearer <token>.")
    token, now = given.removeprefix(_SCHEME).strip(), services.clock.now()
    async with services.database.reading() as unit:
        session = await sessions.who(unit, token, "api", now)
    if sessions.is_stale(session, now):
        async with services.database.transaction() as unit:
            await sessions.touch(unit, token, now)
    return session.staff


async def body(request: web.Request, model: type[Model]) -> Model:
    """Return the request's JSON as `model`; raises BadRequest that names the fields, never their values."""
    try:
        return model.model_validate_json(await request.clone(client_max_size=MAX_BODY_BYTES).read())
    except ValidationError as error:
        # `input` would repeat what was sent, and that may be a message to a child.
        known = error.errors(include_url=False, include_context=False, include_input=False)
        told = "; ".join(f"{'.'.join(str(part) for part in one['loc']) or 'body'}: {one['msg']}" for one in known)
        raise BadRequest(told) from None


def failure(words: str, status: int) -> web.Response:
    """Return a refusal."""
    return web.json_response({"error": words}, status=status)


def shown(model: BaseModel, status: int = HTTPStatus.OK) -> web.Response:
    """Return a model as JSON."""
    return web.Response(text=model.model_dump_json(), content_type="application/json", status=status)
