"""Misbehaviour that a test may ask of the loopback servers of JSON messengers."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What happens to one call instead of, or after, what should.

    `does` tells whether the call has its effect before it goes wrong.
    """

    status: int = 200
    code: int | None = None  # answer `ok: false` with it
    description: str = ""
    body: bytes | None = None  # answer with it instead of JSON
    location: str | None = None  # send the caller elsewhere
    drops: bool = False  # cut the connection without an answer
    hangs_seconds: float = 0  # answer after that long
    does: bool = False


def refused(code: int, description: str = "", *, status: int = 200) -> Fault:
    """Refuse, as the documentation has it: with HTTP 200 too."""
    return Fault(code=code, description=description, status=status)


def quota() -> Fault:
    """Too many calls."""
    return refused(429, "quota exceeded", status=429)


def bad_gateway() -> Fault:
    """Answer as a proxy in the way does: without JSON."""
    return Fault(status=502, body=b"<html>502 Bad Gateway</html>")


def elsewhere(location: str) -> Fault:
    """Redirect, in the way that repeats the body."""
    return Fault(status=307, location=location, body=b"")


def answer_lost() -> Fault:
    """Do what was asked and cut the connection before answering."""
    return Fault(drops=True, does=True)


def answer_late(seconds: float) -> Fault:
    """Do what was asked and answer only after so many seconds."""
    return Fault(hangs_seconds=seconds, does=True)


def cut() -> Fault:
    """Cut the connection with nothing done."""
    return Fault(drops=True)


def nonsense(body: bytes) -> Fault:
    """Answer 200 with something that is no answer."""
    return Fault(body=body)
