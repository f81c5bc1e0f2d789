"""Misbehaviour that a test may ask of the loopback Bot API server."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What happens to one call instead of, or after, what should.

    `does` tells whether the call has its effect before it goes wrong.
    """

    status: int | None = None  # answer with it
    description: str = ""
    retry_after: int | None = None
    body: bytes | None = None  # answer with it instead of JSON
    location: str | None = None  # send the caller elsewhere
    drops: bool = False  # cut the connection without an answer
    hangs_seconds: float = 0  # answer after that long
    does: bool = False


def flood(retry_after: int) -> Fault:
    """Too many requests."""
    return Fault(status=429, description=f"Too Many Requests: retry after {retry_after}", retry_after=retry_after)


def status(code: int, description: str = "Internal Server Error") -> Fault:
    """Refuse with a status."""
    return Fault(status=code, description=description)


def bad_gateway() -> Fault:
    """Answer as a proxy in the way does: without JSON."""
    return Fault(status=502, body=b"<html>502 Bad Gateway</html>")


def elsewhere(location: str) -> Fault:
    """Redirect, in the way that repeats the body."""
    return Fault(status=307, description="Temporary Redirect", location=location)


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
    return Fault(status=200, body=body)
