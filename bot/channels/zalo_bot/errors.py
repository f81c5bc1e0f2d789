"""Errors of the Zalo Bot Platform in the port's words: whether trying again can help, and when.

Its descriptions are left behind: they may hold what was sent, a chat's id or the token.
"""

from typing import Final

from bot.channels.port import ChannelError
from bot.channels.wire import WireError

UNREADABLE: Final = 0  # an answer without `ok`, such as a proxy's
IDLE: Final = 408  # how a long poll ends when nobody wrote
_QUOTA: Final = 429
_QUOTA_SECONDS: Final = 30.0  # no time is documented


class RefusedError(Exception):
    """Zalo answered `ok: false`, or nothing that can be read; `code` is its `error_code`, else the HTTP status."""

    def __init__(self, code: int) -> None:
        super().__init__(f"refused with {code}")
        self.code = code


def as_channel_error(error: Exception, permanent: frozenset[int]) -> ChannelError:
    """Return the error to raise instead; `permanent` are the codes for which trying again cannot help.

    By the documentation 403 is "internal server error" and passes; so do 401 (a token to be put right), 404, 408, 429,
    the network and an unreadable answer.
    """
    if isinstance(error, RefusedError):
        wait = _QUOTA_SECONDS if error.code == _QUOTA else None
        is_permanent = error.code in permanent
        return ChannelError(f"Zalo Bot: {error.code}", permanent=is_permanent, retry_after_seconds=wait)
    kind = str(error) if isinstance(error, WireError) else type(error).__name__
    return ChannelError(f"Zalo Bot: {kind}", permanent=False)
