"""Puts the desk together: routes, and what stands before every one of them."""

from importlib.resources import files
from pathlib import Path

from aiohttp import web

from escalation.desk import live, pages
from escalation.desk.identity import require_session
from escalation.desk.language import prefer, speak
from escalation.desk.refusals import explain
from escalation.desk.security import add_headers, refuse_cross_site
from escalation.desk.services import SERVICES, DeskServices
from escalation.desk.views import actions, beside, case, complaints, door, preferences, presence, queue, setup, staff


def desk_app(services: DeskServices) -> web.Application:
    """Return the desk as an application to be mounted at /desk."""
    app = web.Application(middlewares=[speak, explain, refuse_cross_site, require_session, prefer])
    app[SERVICES] = services
    app[pages.TEMPLATES] = pages.environment()
    app[live.STREAMS] = set()
    app.on_response_prepare.append(add_headers)
    app.on_shutdown.append(live.end_streams)
    app.router.add_static("/static", Path(str(files("escalation.desk").joinpath("static"))), name="static")
    app.add_routes(
        [
            web.get("", queue.home, name="home"),
            web.get("/sign-in", door.show, name="sign_in"),
            web.post("/sign-in", door.enter, name="enter"),
            web.post("/sign-out", door.leave, name="sign_out"),
            web.get("/setup/{token}", setup.show, name="setup"),
            web.post("/setup/{token}", setup.create, name="set_up"),
            web.get("/", queue.show, name="queue"),
            web.get("/events", queue.events, name="queue_events"),
            web.post("/next", queue.take_next, name="take_next"),
            web.post("/presence", presence.change, name="presence"),
            web.post("/alerts/{case_id}/{number}/seen", queue.see_alert, name="see_alert"),
            web.get("/cases/{case_id}", case.show, name="case"),
            web.get("/cases/{case_id}/events", case.events, name="case_events"),
            web.post("/cases/{case_id}/claim", actions.claim, name="claim"),
            web.post("/cases/{case_id}/messages", actions.reply, name="reply"),
            web.post("/cases/{case_id}/renew", actions.renew, name="renew"),
            web.post("/cases/{case_id}/hand-back", actions.hand_back, name="hand_back"),
            web.post("/cases/{case_id}/close", actions.close, name="close"),
            web.post("/cases/{case_id}/reason", actions.write_reason, name="write_reason"),
            web.post("/cases/{case_id}/signature", actions.sign, name="sign"),
            web.get("/complaints", complaints.show, name="complaints"),
            web.get("/complaints/{complaint_id}", complaints.read, name="complaint"),
            web.get("/staff", staff.show, name="staff"),
            web.post("/staff", staff.create, name="create_staff"),
            web.post("/staff/{staff_id}/deactivate", staff.deactivate, name="deactivate"),
        ]
    )
    # beside the chat, and how one likes the desk
    app.add_routes(
        [
            web.post("/cases/{case_id}/draft", beside.keep_draft, name="keep_draft"),
            web.post("/cases/{case_id}/typing", beside.typing, name="typing"),
            web.post("/cases/{case_id}/notes", beside.add_note, name="add_note"),
            web.get("/help", preferences.show, name="help"),
            web.post("/preferences", preferences.change, name="preferences"),
        ]
    )
    return app
