"""Puts the desk together: routes, and what stands before every one of them."""

from importlib.resources import files
from pathlib import Path

from aiohttp import web

from escalation.desk import live, pages
from escalation.desk.gate import require_session
from escalation.desk.language import prefer, speak
from escalation.desk.refusals import explain
from escalation.desk.routes import ROUTES
from escalation.desk.security import add_headers, refuse_cross_site
from escalation.desk.services import SERVICES, DeskServices


def desk_app(services: DeskServices) -> web.Application:
    """Return the desk as an application to be mounted at /desk."""
    app = web.Application(middlewares=[speak, explain, refuse_cross_site, require_session, prefer])
    app[SERVICES] = services
    app[pages.TEMPLATES] = pages.environment()
    app[live.STREAMS] = set()
    app.on_response_prepare.append(add_headers)
    app.on_shutdown.append(live.end_streams)
    app.router.add_static("/static", Path(str(files("escalation.desk").joinpath("static"))), name="static")
    app.add_routes(ROUTES)
    return app
