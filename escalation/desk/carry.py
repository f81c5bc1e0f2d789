"""A form that meets the lock or needs a fresh code is not lost: its fields come back hidden beside the question.

Nothing is kept on the server. What was typed is in the answer's page alone, and goes on with the next click. Secrets
are left out: whoever typed one types it again.
"""

import re
from dataclasses import dataclass

from aiohttp import web

from escalation.desk.forms import fields
from escalation.desk.gate import UNLOCK_FIELD
from escalation.desk.pages import PREFIX
from escalation.errors import BadRequest

STEP_UP_FIELD = "step_up"
_OURS = re.compile(r"/(?:[\w.-]+(?:/[\w.-]+)*/?)?(?:\?[\w=&.%+-]*)?", re.ASCII)
_SECRETS = frozenset({"password", "old_password", "pin", "code", "recovery_code", UNLOCK_FIELD, STEP_UP_FIELD})


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """Where a request was going, below the desk's own address, and what its form said; None where it was no form."""

    path: str
    fields: dict[str, str] | None


async def carried(request: web.Request) -> Carried:
    """Return what a request meant to do, to be sent again from a page."""
    path = request.path_qs.removeprefix(PREFIX)
    if request.method != "POST":
        return Carried(path=path, fields=None)
    try:
        sent = await fields(request)
    except BadRequest:
        sent = {}
    kept = {name: value for name, value in sent.items() if name not in _SECRETS}
    return Carried(path=path, fields=kept)


def safe_path(path: str | None) -> str:
    """Return where to go on below the desk's own address; the first page instead of anything that leads elsewhere."""
    return path if path is not None and _OURS.fullmatch(path) else "/"
