"""What goes wrong: crashes, failing sends, messages that come twice, late or out of order, and jumps of the clock."""

from random import Random
from typing import Any

_CRASH = 0.03  # of steps
_POISON = 0.02  # of crashes: the same row fails until it is set aside
_SEND_FAULT = 0.06  # of messages by a messenger
_AGAIN = 0.03  # of messages: the channel hands it over once more
_LATE = 0.02  # of messages: it comes after those that were sent behind it
_JUMP = 0.002  # of steps
_MOST_STATEMENTS = 30
_TRIES_UNTIL_PARKED = 5


def faults(random: Random) -> dict[str, Any]:
    """Return the faults of a step that the product may run into."""
    found: dict[str, Any] = {}
    if random.random() < _CRASH:
        kind = random.choice(("error", "cut"))
        times = _TRIES_UNTIL_PARKED if random.random() < _POISON else random.choice((1, 1, 1, 2, 3))
        kind = "error" if times == _TRIES_UNTIL_PARKED else kind
        found["turn_faults"] = tuple(f"{kind}:{random.randint(2, _MOST_STATEMENTS)}" for _ in range(times))
    if random.random() < _SEND_FAULT:
        kinds = ("passing", "passing", "passing", "cut", "permanent")
        found["send_faults"] = tuple(random.choice(kinds) for _ in range(random.randint(1, 3)))
    return found


def comes_again(random: Random) -> float | None:
    """Return after how many seconds a message is handed over a second time, if at all."""
    return random.expovariate(1 / 60) if random.random() < _AGAIN else None


def comes_late(random: Random) -> float | None:
    """Return how many seconds a message is under way, if it is not there at once."""
    return random.expovariate(1 / 90) if random.random() < _LATE else None


def jump(random: Random) -> float | None:
    """Return by how many seconds the clock jumps while nothing runs, if it does: minutes mostly, at times days."""
    if random.random() >= _JUMP:
        return None
    return random.choice((120.0, 600.0, 1800.0, 4000.0, 20_000.0, 90_000.0))
