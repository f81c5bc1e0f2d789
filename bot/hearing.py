"""What a reading means in its conversation: an attempt, an idiom after a disclosure, an answer to something else."""

from dataclasses import replace

from bot.effects import Reading
from bot.state import State
from escalation.priority import rises
from nlu.answers import read_probe, speaks_of_dying, tells_attempt
from nlu.understanding import Harm, Understanding, Urgency


def gravely(reading: Reading, text: str) -> Reading:
    """The reading of `text` by somebody who has told of harm: words of dying are a wish to die, not an idiom."""
    if not speaks_of_dying(text):
        return reading
    alone = reading.alone
    harms: tuple[Harm, ...] = alone.harms if "self_harm" in alone.harms else (*alone.harms, "self_harm")
    urgency: Urgency = "high" if rises(alone.urgency, "high") else alone.urgency
    return replace(reading, alone=replace(alone, decision="disclosure", harms=harms, urgency=urgency))


def as_danger_now(reading: Reading, text: str) -> Reading:
    """The reading of `text`; where it is heard as self-harm and tells of an attempt, that is an emergency."""
    if not tells_attempt(text):
        return reading
    return replace(reading, alone=_raised(reading.alone), together=_raised(reading.together))


def _raised(heard: Understanding) -> Understanding:
    return replace(heard, urgency="emergency") if "self_harm" in heard.harms else heard


def meant_otherwise_alone(state: State, reading: Reading, text: str) -> bool:
    """Tell whether words that hint at nothing by themselves only fill the safety card, or abuse the program."""
    return reading.alone.decision == "none" and (state.flow.kind == "plan" or read_probe(text) is not None)
