"""Makes a failing run short: drops steps while the same check still breaks (delta debugging, Zeller 1999)."""

import time
from collections.abc import Sequence

from bot.simulation.checks import Broken
from bot.simulation.run import Gear, Outcome, replay
from bot.simulation.steps import Replay, Step, of_person


async def shrink(gear: Gear, outcome: Outcome, broken: Broken, *, seconds: float) -> Replay:
    """Return the shortest steps found within `seconds` that break the same check.

    First everybody but the person concerned is left out; where that breaks nothing, the whole run is kept.
    """
    until = time.monotonic() + seconds
    steps = of_person(outcome.steps, broken.person) if broken.person is not None else outcome.steps
    found = await _breaks(gear, steps, broken)
    if found is None:
        steps, found = outcome.steps, broken
    pieces = 2
    while len(steps) > 1 and time.monotonic() < until:
        shorter = await _without_a_piece(gear, steps, pieces, broken, until)
        if shorter is not None:
            steps, found = shorter
            pieces = max(pieces - 1, 2)
        elif pieces >= len(steps):
            break
        else:
            pieces = min(pieces * 2, len(steps))
    return Replay(
        check=found.check,
        words=found.words,
        seed=outcome.report.seed,
        emergency_policy=gear.emergency_policy,
        steps=tuple(steps),
    )


async def _without_a_piece(
    gear: Gear, steps: Sequence[Step], pieces: int, broken: Broken, until: float
) -> tuple[tuple[Step, ...], Broken] | None:
    """Leave out one of `pieces` equal pieces, the earliest that is not needed."""
    size = -(-len(steps) // pieces)
    for start in range(0, len(steps), size):
        if time.monotonic() > until:
            return None
        rest = (*steps[:start], *steps[start + size :])
        found = await _breaks(gear, rest, broken)
        if found is not None:
            return rest, found
    return None


async def _breaks(gear: Gear, steps: Sequence[Step], broken: Broken) -> Broken | None:
    """Return what broke when it is the same check."""
    found = await replay(gear, tuple(steps))
    return found if found is not None and found.check == broken.check else None
