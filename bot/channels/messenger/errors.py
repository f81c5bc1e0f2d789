"""Errors of the Send API in the port's words: whether trying again can help, and when.

The texts of Meta's errors are left behind: they may hold what was sent, an id or the token.
"""

from collections.abc import Mapping
from typing import Any, Final

from bot.channels.bodies import object_in
from bot.channels.port import ChannelError
from bot.channels.wire import WireError

Errors = frozenset[tuple[int, int | None]]
"""`code` and `error_subcode`; without a subcode all of its code."""

TOKEN_INVALID: Final = 190
CLOSED: Final[Errors] = frozenset({(10, 2018278)})
"""The window is closed. U: told by many, not read in the published table of today."""
PERMANENT: Final[Errors] = frozenset(
    {
        *CLOSED,
        (100, 2018001),  # no matching user: the number of a subcode in older published tables
        (200, 1545041),  # the person is not available; U
        (551, None),  # the person is not available; U
    }
)
"""What trying again cannot change. Everything else passes, so that a person can mend it."""
_RATES: Final = frozenset({4, 32, 613, 80006})  # 4 and 613 are in the published table; 32 and 80006: U
_RATE_SECONDS: Final = 15.0  # no time is published


class RefusedError(Exception):
    """Meta answered with an error, or with nothing that can be read (code 0)."""

    def __init__(self, code: int, subcode: int | None, status: int) -> None:
        super().__init__(f"refused with {code}/{subcode}")
        self.code = code
        self.subcode = subcode
        self.status = status

    def is_one_of(self, known: Errors) -> bool:
        """Tell whether a table names this error."""
        return (self.code, self.subcode) in known or (self.code, None) in known


def refusal_in(body: Mapping[str, Any], status: int) -> RefusedError | None:
    """Return the error that an answer is; None where it is none."""
    if "error" not in body and status < 400 and "recipient_id" in body:  # noqa: PLR2004
        return None
    error = object_in(body.get("error"))
    code, subcode = error.get("code"), error.get("error_subcode")
    return RefusedError(code if isinstance(code, int) else 0, subcode if isinstance(subcode, int) else None, status)


def as_channel_error(error: Exception) -> ChannelError:
    """Return the error to raise instead."""
    if isinstance(error, RefusedError):
        name = f"Messenger: {error.code}/{error.subcode}" if error.code else f"Messenger: HTTP {error.status}"
        wait = _RATE_SECONDS if error.code in _RATES else None
        return ChannelError(name, permanent=error.is_one_of(PERMANENT), retry_after_seconds=wait)
    kind = str(error) if isinstance(error, WireError) else type(error).__name__
    return ChannelError(f"Messenger: {kind}", permanent=False)
