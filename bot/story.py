"""What a person told, line by line, as hotline 111 would read it; and what of it the person leaves out. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One message that a yes would share, masked as the counsellor sees it while nothing else is agreed."""

    seq: int
    own: bool  # the person's; else the bot's
    text: str


def own_lines(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Return the person's own lines; these are numbered from 1."""
    return tuple(line for line in lines if line.own)


def with_answers(lines: Sequence[Line], chosen: Collection[int]) -> tuple[int, ...]:
    """Return the numbers of the chosen own lines and of what the bot answered to them.

    The bot's answer goes with the words it answers: from "if you want to die" anybody reads what was said.
    """
    going: list[int] = []
    touched, answering = False, False
    for line in lines:
        if line.own:
            touched = (touched and not answering) or line.seq in chosen
            answering = False
            going += [line.seq] if line.seq in chosen else []
        else:
            answering = True
            going += [line.seq] if touched else []
    return tuple(going)
