"""Reads what a form sent: text only, never a file."""

import re
from http import HTTPStatus

from aiohttp import web

from escalation.desk.pages import redirect, wants_json
from escalation.errors import BadRequest

# The room's own limit: that of the application it is mounted in is another's business.
MAX_BODY_BYTES = 64 * 1024
_NUMBER = re.compile(r"[0-9]{1,10}")
_LARGEST = 2**31 - 1
_FIELDS = web.RequestKey("fields", dict[str, str])


async def fields(request: web.Request, most: int = MAX_BODY_BYTES) -> dict[str, str]:
    """Return the form's fields; a file or a second value is not taken. Raises BadRequest when it cannot be read.

    A body can be read once, so what was read is kept with the request. `most` is how many bytes it may have.
    """
    if _FIELDS not in request:
        try:
            sent = await request.clone(client_max_size=most).post()
        except (ValueError, LookupError) as error:  # LookupError: a charset that nobody knows
            raise BadRequest from error
        request[_FIELDS] = {name: value for name, value in sent.items() if isinstance(value, str)}
    known = request[_FIELDS]
    return dict(known)


def whole_number(value: str | None) -> int:
    """Return a number that a form sent, as large as a column of the database takes it; raises BadRequest."""
    if value is None or not _NUMBER.fullmatch(value) or int(value) > _LARGEST:
        raise BadRequest
    return int(value)


def done(request: web.Request, path: str) -> web.Response:
    """Answer a change that was made: nothing more for our scripts, the next page for a plain form."""
    return web.Response(status=HTTPStatus.NO_CONTENT) if wants_json(request) else redirect(path)
