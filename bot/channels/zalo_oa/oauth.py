"""Zalo's OAuth v4: the link by which the account lets the app in, a code for tokens, a refresh token for the next pair.

The secret of the app goes in the header `secret_key`, the proof (PKCE) is the SHA-256 of a verifier of 43 letters.
"""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, TypeGuard
from urllib.parse import urlencode

from bot.channels.zalo_oa.request import OAUTH, ZaloRequest, code_of

PERMISSION_PATH: Final = "/v4/oa/permission"
TOKEN_PATH: Final = "/v4/oa/access_token"  # noqa: S105 - a path
# A late answer holds tokens that are given only once: it is waited for much longer than a child would.
PATIENCE_SECONDS: Final = 30.0
_SHORTEST: Final = timedelta(hours=1)  # an older description names 3600 seconds
_LONGEST: Final = timedelta(days=90)


class Refused(Exception):  # noqa: N818
    """Zalo gave no tokens. `code` is its own, where it named one."""

    def __init__(self, code: int | None) -> None:
        super().__init__(f"Zalo refused ({'no code' if code is None else code})")
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Fresh:
    """What Zalo gave: a token to call with, for so long, and one to get the next pair by."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    lasts: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """Who asks."""

    id: str
    secret: str = field(repr=False)


def new_verifier() -> str:
    """Return a fresh verifier: 43 letters."""
    return secrets.token_urlsafe(32)


def challenge_of(verifier: str) -> str:
    """Return what is shown of a verifier: base64url without padding of its SHA-256."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def consent_link(app_id: str, redirect_uri: str, verifier: str, *, oauth_url: str | None = None) -> str:
    """Return the page on which an administrator of the account lets the app in."""
    asked = {"app_id": app_id, "redirect_uri": redirect_uri, "code_challenge": challenge_of(verifier)}
    return f"{(oauth_url or OAUTH).rstrip('/')}{PERMISSION_PATH}?{urlencode(asked)}"


async def exchange(request: ZaloRequest, app: App, code: str, verifier: str) -> Fresh:
    """Give a code of the consent page (good for 10 minutes, once) for the first pair. Raises Refused, ChannelError."""
    form = {"code": code, "app_id": app.id, "grant_type": "authorization_code", "code_verifier": verifier}
    return read_tokens(await request.ask(TOKEN_PATH, form, app.secret, seconds=PATIENCE_SECONDS))


async def refresh(request: ZaloRequest, app: App, token: str) -> Fresh:
    """Give a refresh token for the next pair; it is good for this once. Raises Refused, ChannelError."""
    form = {"refresh_token": token, "app_id": app.id, "grant_type": "refresh_token"}
    return read_tokens(await request.ask(TOKEN_PATH, form, app.secret, seconds=PATIENCE_SECONDS))


def read_tokens(answer: Mapping[str, Any]) -> Fresh:
    """Read an answer, in which `expires_in` is a text. Raises Refused: failures come with status 200 as well."""
    access, refresh_token = answer.get("access_token"), answer.get("refresh_token")
    if not _is_token(access) or not _is_token(refresh_token):
        raise Refused(code_of(answer))
    return Fresh(access=access, refresh=refresh_token, lasts=_lasts(answer.get("expires_in")))


def _is_token(value: Any) -> TypeGuard[str]:
    return isinstance(value, str) and value.isascii() and value.isprintable() and bool(value.strip())


def _lasts(value: object) -> timedelta:
    """Return how long; a pair that is given only once is not thrown away because of a number that is none."""
    text = str(value).strip()
    seconds = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0  # noqa: PLR2004
    return min(max(timedelta(seconds=seconds), timedelta(minutes=1)), _LONGEST) if seconds else _SHORTEST
