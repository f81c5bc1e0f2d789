"""Six-digit codes of an authenticator app (RFC 6238): made, checked once, shown as a picture."""

import hmac
from datetime import datetime

import pyotp
import segno

ISSUER = "Khiên Nhỏ 111"
STEP_SECONDS = 30
_DRIFT_STEPS = 1  # a phone's clock may be half a minute off


def new_secret() -> str:
    """Return a fresh secret in base 32."""
    return pyotp.random_base32()


def used_step(secret: str, code: str, *, after: int, now: datetime) -> int | None:
    """Return the time step whose code this is, or None; only steps later than `after` count, so a code works once."""
    present = int(now.timestamp()) // STEP_SECONDS
    typed = "".join(code.split())
    found = None
    for step in range(present - _DRIFT_STEPS, present + _DRIFT_STEPS + 1):
        right = pyotp.TOTP(secret).generate_otp(step)
        if hmac.compare_digest(right.encode(), typed.encode()) and step > after:
            found = step
    return found


def qr_svg(secret: str, name: str) -> str:
    """Return the picture to scan as inline SVG without any style, so that a strict content policy lets it through."""
    address = pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)
    picture: str = segno.make(address, error="m").svg_inline(border=3, dark="#000", light="#fff", omitsize=True)
    return picture


def spaced(secret: str) -> str:
    """Return the secret in groups of four, for typing by hand."""
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
