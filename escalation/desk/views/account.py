"""One's own account: sessions, PIN, password, recovery codes, authenticator. Every change asks who one is."""

from datetime import datetime
from http import HTTPStatus
from typing import Any

from aiohttp import web

from escalation.desk.carry import STEP_UP_FIELD
from escalation.desk.forms import fields
from escalation.desk.identity import SESSION, STAFF, TOKEN
from escalation.desk.pages import error_words, page, redirect
from escalation.desk.proof import require_step_up
from escalation.desk.services import SERVICES
from escalation.desk.views.setup import shown_code
from escalation.errors import BadRequest, EscalationError
from escalation.staff import locks, notices, own_account, recovery, second_factor, sessions
from escalation.staff.accounts import staff_stream
from escalation.staff.errors import CodeRefused, ProofRefused, StepUpNeeded, TryLater
from escalation.trail import record

_TOLD_HERE = (StepUpNeeded, ProofRefused, TryLater, BadRequest)
_DONE = frozenset({"pin", "password", "authenticator", "ended"})


async def show(request: web.Request) -> web.StreamResponse:
    """Show what protects this account and where it is signed in."""
    done = request.query.get("done")
    return await _account(request, done=done if done in _DONE else None)


async def set_pin(request: web.Request) -> web.StreamResponse:
    """Set the PIN that opens a locked page."""
    services = request.config_dict[SERVICES]
    try:
        pin = (await fields(request)).get("pin", "")
        locks.check_pin(pin)
        await require_step_up(request)
        await locks.set_pin(services.database, request[STAFF].id, pin, services.clock.now())
    except _TOLD_HERE as error:
        return await _account(request, error=error)
    return redirect("/account?done=pin")


async def set_password(request: web.Request) -> web.StreamResponse:
    """Put a new password in place of the old one."""
    services = request.config_dict[SERVICES]
    sent = await fields(request)
    try:
        await require_step_up(request)
        await own_account.change_password(
            services.database,
            services.vault,
            who=request[STAFF],
            token=request[TOKEN],
            old=sent.get("old_password", ""),
            new=sent.get("password", ""),
            now=services.clock.now(),
        )
    except _TOLD_HERE as error:
        return await _account(request, error=error)
    return redirect("/account?done=password")


async def make_recovery(request: web.Request) -> web.StreamResponse:
    """Make ten fresh recovery codes and show them, once."""
    services, staff = request.config_dict[SERVICES], request[STAFF]
    await require_step_up(request)
    now = services.clock.now()
    async with services.database.transaction() as unit:
        codes = await recovery.make_codes(unit, services.vault, staff.id, by=staff.id, now=now)
        await notices.add(unit, staff.id, "recovery_made", now)
    return await page(request, "recovery_codes.html", codes=codes)


async def begin_authenticator(request: web.Request) -> web.StreamResponse:
    """Show a new authenticator's secret for the password and a fresh code, or a recovery code instead of it."""
    services, staff, now = request.config_dict[SERVICES], request[STAFF], request.config_dict[SERVICES].clock.now()
    sent = await fields(request)
    code = sent.get("recovery_code") or None
    try:
        if sent.get(STEP_UP_FIELD) or not (code or request[SESSION].recovered(now)):
            await require_step_up(request)
            code = None
        await own_account.prove_password(
            services.database,
            services.vault,
            who=staff,
            token=request[TOKEN],
            password=sent.get("old_password", ""),
            recovery_code=code,
            now=now,
        )
    except _TOLD_HERE as error:
        return await _account(request, error=error)
    async with services.database.transaction() as unit:
        secret = await second_factor.begin_change(unit, services.vault, staff.id, now)
    return await page(request, "authenticator.html", person=shown_code(staff, secret), message=None)


async def confirm_authenticator(request: web.Request) -> web.StreamResponse:
    """Put the new authenticator in place by its first code."""
    services, staff, now = request.config_dict[SERVICES], request[STAFF], request.config_dict[SERVICES].clock.now()
    code = (await fields(request)).get("code", "")
    async with services.database.transaction() as unit:
        right = await second_factor.confirm_change(unit, services.vault, staff.id, code, keep=request[TOKEN], now=now)
        secret = None if right else await second_factor.pending(unit, services.vault, staff.id, now)
    if right:
        return redirect("/account?done=authenticator")
    wrong = CodeRefused()
    if secret is None:
        return await _account(request, error=wrong)
    person, words = shown_code(staff, secret), error_words(wrong)
    return await page(request, "authenticator.html", status=wrong.status, person=person, message=words)


async def end_session(request: web.Request) -> web.StreamResponse:
    """End one of one's own sessions or tokens."""
    services, staff, now = request.config_dict[SERVICES], request[STAFF], request.config_dict[SERVICES].clock.now()
    session_id = request.match_info["session_id"]
    async with services.database.transaction() as unit:
        await sessions.end_one(unit, staff.id, session_id, now)
        await _note_ended(unit, staff.id, now)
    return redirect("/account?done=ended")


async def end_others(request: web.Request) -> web.StreamResponse:
    """End every session of this account but the one that asks."""
    services, staff, now = request.config_dict[SERVICES], request[STAFF], request.config_dict[SERVICES].clock.now()
    async with services.database.transaction() as unit:
        await sessions.end_others(unit, staff.id, keep=request[TOKEN], now=now)
        await _note_ended(unit, staff.id, now)
    return redirect("/account?done=ended")


async def put_away(request: web.Request) -> web.StreamResponse:
    """Put away what its owner had to be told, as far as it was on the page."""
    services = request.config_dict[SERVICES]
    try:
        until = datetime.fromisoformat((await fields(request)).get("until", ""))
    except ValueError as error:
        raise BadRequest from error
    if until.tzinfo is None:
        raise BadRequest
    async with services.database.transaction() as unit:
        await notices.put_away(unit, request[STAFF].id, until=until, now=services.clock.now())
    return redirect("/account")


async def _note_ended(unit: Any, staff_id: str, now: datetime) -> None:
    await record(unit, stream=staff_stream(staff_id), actor=staff_id, action="staff.session_ended", at=now)


async def _account(
    request: web.Request, *, error: EscalationError | None = None, done: str | None = None
) -> web.StreamResponse:
    services, staff = request.config_dict[SERVICES], request[STAFF]
    now = services.clock.now()
    async with services.database.reading() as unit:
        # Asked anew: a code that came with the form that was refused may have counted.
        session = await sessions.who(unit, request[TOKEN], "browser", now)
        values = {
            "sessions": await sessions.open_sessions(unit, staff.id, now),
            "codes_left": await recovery.left(unit, staff.id),
        }
    return await page(
        request,
        "account.html",
        status=error.status if error else HTTPStatus.OK,
        message=error_words(error) if error else None,
        done=done,
        this=sessions.token_hash(request[TOKEN]),
        has_pin=session.has_pin,
        proved=session.proved(now),
        recovered=session.recovered(now),
        **values,
    )
