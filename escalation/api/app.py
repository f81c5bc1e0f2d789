"""Puts the API together."""

from aiohttp import web

from escalation.api import openapi
from escalation.api.edge import explain, require_token
from escalation.api.operation import IDS
from escalation.api.operations import OPERATIONS
from escalation.desk.services import SERVICES, DeskServices


async def _no_store(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"


def api_app(services: DeskServices) -> web.Application:
    """Return the staff API as an application to be mounted at /api/v1."""
    app = web.Application(middlewares=[explain, require_token])
    app[SERVICES] = services
    app.on_response_prepare.append(_no_store)
    app.router.add_get("/openapi.json", openapi.show, name="openapi")
    for operation in OPERATIONS:
        # Ids are told from words, or `/cases/next` would also be a case named "next".
        path = IDS.sub(r"{\1:[0-9a-f]{32}}", operation.path)
        app.router.add_route(operation.method, path, operation.view, name=operation.name)
    return app
