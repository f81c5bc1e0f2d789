"""Puts the desk together: routes, and what stands before every one of them."""

from importlib.resources import files
from pathlib import Path

from aiohttp import web

from escalation.desk import live, pages
from escalation.desk.gate import require_session
from escalation.desk.refusals import explain
from escalation.desk.security import add_headers, refuse_cross_site
from escalation.desk.services import SERVICES, DeskServices
from escalation.desk.views import (
    account,
    actions,
    case,
    complaints,
    door,
    glass,
    hands,
    lock,
    presence,
    queue,
    reset,
    setup,
    shift,
    staff,
    step_up,
)


def desk_app(services: DeskServices) -> web.Application:
    """Return the desk as an application to be mounted at /desk."""
    app = web.Application(middlewares=[explain, refuse_cross_site, require_session])
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
            # the shift
            web.get("/shift", shift.show, name="shift"),
            web.get("/shift/events", shift.events, name="shift_events"),
            web.post("/shift/limits/{staff_id}", shift.set_limit, name="set_limit"),
            web.post("/break", shift.take_break, name="take_break"),
            web.get("/cases/{case_id}/pick", hands.ask_reason, name="ask_reason"),
            web.post("/cases/{case_id}/pick", hands.pick, name="pick"),
            web.post("/cases/{case_id}/transfer", hands.transfer, name="transfer"),
            web.post("/cases/{case_id}/transfer/accept", hands.accept, name="accept"),
            web.post("/cases/{case_id}/transfer/decline", hands.decline, name="decline"),
            web.post("/cases/{case_id}/transfer/recall", hands.recall, name="recall"),
            web.post("/cases/{case_id}/take-over", hands.take_over, name="take_over"),
            web.post("/cases/{case_id}/whisper", hands.whisper, name="whisper"),
        ]
    )
    app.add_routes(_SECURITY)
    return app


_SECURITY = [
    web.get("/recover", door.show_recover, name="recover"),
    web.post("/recover", door.recover, name="recover_enter"),
    web.get("/reset/{token}", reset.show, name="reset"),
    web.post("/reset/{token}", reset.begin, name="reset_begin"),
    web.post("/reset/{token}/code", reset.finish, name="reset_finish"),
    web.post("/step-up", step_up.prove, name="step_up"),
    web.get("/lock", lock.show, name="lock_page"),
    web.post("/lock", lock.lock, name="lock"),
    web.post("/unlock", lock.unlock, name="unlock"),
    web.post("/active", lock.active, name="active"),
    web.get("/account", account.show, name="account"),
    web.post("/account/pin", account.set_pin, name="set_pin"),
    web.post("/account/password", account.set_password, name="set_password"),
    web.post("/account/recovery", account.make_recovery, name="make_recovery"),
    web.post("/account/authenticator", account.begin_authenticator, name="begin_authenticator"),
    web.post("/account/authenticator/code", account.confirm_authenticator, name="confirm_authenticator"),
    web.post("/account/sessions/end", account.end_others, name="end_other_sessions"),
    web.post("/account/sessions/{session_id}/end", account.end_session, name="end_session"),
    web.post("/account/notices", account.put_away, name="put_away"),
    web.get("/staff/{staff_id}", staff.show_one, name="staff_one"),
    web.post("/staff/{staff_id}/sessions/end", staff.end_session, name="end_sessions_of"),
    web.post("/staff/{staff_id}/sessions/{session_id}/end", staff.end_session, name="end_session_of"),
    web.post("/staff/{staff_id}/reset-link", staff.make_reset_link, name="make_reset_link"),
    web.get("/glass", glass.show, name="glass"),
    web.post("/glass", glass.break_in, name="break_glass"),
]
