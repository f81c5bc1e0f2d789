"""Step-up: acts that change who may read what ask for a fresh code of the authenticator, at most five minutes old."""

from aiohttp import web

from escalation.desk.carry import STEP_UP_FIELD
from escalation.desk.forms import fields
from escalation.desk.identity import SESSION, STAFF, TOKEN
from escalation.desk.services import SERVICES
from escalation.staff.errors import StepUpNeeded
from escalation.staff.second_factor import step_up


async def require_step_up(request: web.Request) -> None:
    """Raise StepUpNeeded unless a code was given within five minutes, or comes with this form.

    The answer to StepUpNeeded is a page that asks for the code and then carries out what was meant. Call it before
    anything is changed or shown. A code that comes with the form is checked even where none is needed.
    """
    services = request.config_dict[SERVICES]
    code = (await fields(request)).get(STEP_UP_FIELD) if request.method == "POST" else None
    now = services.clock.now()
    if code:
        await step_up(
            services.database,
            services.vault,
            staff_id=request[STAFF].id,
            token=request[TOKEN],
            code=code,
            now=now,
        )
    elif not request[SESSION].proved(now):
        raise StepUpNeeded
