"""Misbehaviour that a test may ask of the loopback servers of Zalo."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What happens to one call instead of, or after, what should. `does`: the call has its effect first."""

    status: int = 200
    code: int | None = None  # answer with this error, as Zalo does with status 200
    message: str = "error"
    body: bytes | None = None  # answer with it
    retry_after: int | None = None
    location: str | None = None
    drops: bool = False  # cut the connection without an answer
    hangs_seconds: float = 0
    does: bool = False


def error(code: int, message: str = "error") -> Fault:
    """Refuse as Zalo does."""
    return Fault(code=code, message=message)


def status(code: int, *, retry_after: int | None = None) -> Fault:
    """Answer as a proxy in the way does."""
    return Fault(status=code, body=b"<html>Bad Gateway</html>", retry_after=retry_after)


def nonsense(body: bytes) -> Fault:
    """Answer 200 with something that is no answer."""
    return Fault(body=body)


def elsewhere(location: str) -> Fault:
    """Redirect, in the way that repeats the body."""
    return Fault(status=307, body=b"", location=location)


def cut() -> Fault:
    """Cut the connection with nothing done."""
    return Fault(drops=True)


def answer_lost() -> Fault:
    """Do what was asked and cut the connection before answering."""
    return Fault(drops=True, does=True)


def answer_late(seconds: float) -> Fault:
    """Do what was asked and answer after so many seconds."""
    return Fault(hangs_seconds=seconds, does=True)
