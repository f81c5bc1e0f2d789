"""Steps that the tests of the desk's accounts share."""

import re
from http import HTTPStatus

import pyotp

from tests.escalation.world import Browser, Member, World

PIN = "270495"


def next_code(world: World, member: Member) -> str:
    """Wait for the next code of the authenticator, because each works once, and return it."""
    world.clock.advance(30)
    return pyotp.TOTP(member.secret).at(world.now)


async def set_pin(browser: Browser) -> None:
    """Set the PIN; the browser has just signed in, so that no code is asked for."""
    assert (await browser.post("/desk/account/pin", {"pin": PIN})).status == HTTPStatus.SEE_OTHER


async def recovery_codes(browser: Browser) -> list[str]:
    """Make a set of recovery codes and read them off the page."""
    page = await (await browser.post("/desk/account/recovery")).text()
    return re.findall(r"<code>([a-z2-7-]{19})</code>", page)
