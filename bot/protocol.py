"""How far a disclosure has come: the consent machine of the safety protocol, as one frozen table.

`told`: the first reply was given and its question is open. `asked`, `asked_again`: the consent question is open, for
the first or the last time. `refused`, `lapsed`, `later`: no case, the offer stays. `shared`: a case is open.
"""

from typing import Literal

Stage = Literal["told", "asked", "asked_again", "refused", "lapsed", "later", "shared"]
StageEvent = Literal["hear", "talk", "later", "yes", "no", "unclear"]

TRANSITIONS: dict[tuple[Stage | None, StageEvent], Stage] = {
    (None, "hear"): "told",
    (None, "talk"): "asked",
    ("told", "hear"): "told",
    ("told", "talk"): "asked",
    ("told", "later"): "later",
    ("asked", "hear"): "asked",
    ("asked", "talk"): "asked",
    ("asked", "later"): "later",
    ("asked", "yes"): "shared",
    ("asked", "no"): "refused",
    ("asked", "unclear"): "asked_again",
    ("asked_again", "hear"): "asked_again",
    ("asked_again", "talk"): "asked_again",
    ("asked_again", "later"): "later",
    ("asked_again", "yes"): "shared",
    ("asked_again", "no"): "refused",
    ("asked_again", "unclear"): "lapsed",
    ("refused", "hear"): "told",
    ("refused", "talk"): "asked",
    ("refused", "later"): "refused",
    ("lapsed", "hear"): "told",
    ("lapsed", "talk"): "asked",
    ("lapsed", "later"): "later",
    ("later", "hear"): "told",
    ("later", "talk"): "asked",
    ("later", "later"): "later",
    ("shared", "hear"): "shared",
    ("shared", "talk"): "shared",
    ("shared", "later"): "shared",
}


def advance(stage: Stage | None, event: StageEvent) -> Stage | None:
    """Return the next stage, or None where the event means nothing at this stage."""
    return TRANSITIONS.get((stage, event))


def diagram() -> str:
    """Return the machine as a Mermaid state diagram, drawn from the table."""
    lines = ["stateDiagram-v2"]
    lines += [f"    {stage or '[*]'} --> {after}: {event}" for (stage, event), after in TRANSITIONS.items()]
    return "\n".join(lines)
