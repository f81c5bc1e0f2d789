"""From readings and rules to a decision: the learner proposes, red flags are a floor, benign contexts a ceiling."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from nlu.learner import Reading, Thresholds
from nlu.understanding import HARMS, URGENCIES, Decision, Harm, Intent, Subject, Topic, Urgency

_HARM_HOLDS: Final = 0.25
_SURE: Final = 0.97
_WITNESSED: Final = 0.9
"""From which probability the learner is believed where a red flag of stated harm or words of danger say the same."""
_STANDS: Final = 0.5
"""From which probability an earlier message's hint still counts by itself."""
_BESIDE: Final = 0.3
"""From which probability a hint in one message of a burst counts by itself; `bench/bursts.py` counts what it hears."""
_JOINED: Final = 0.25
"""From which probability all messages read as one are a hint; on innocent dev lines joined at random, 1 in 12 is."""
_JOINED_SURE: Final = 0.995
"""From which probability all messages read as one are a disclosure; below it they are a hint."""
_PLAINLY_BENIGN: Final = frozenset({"idiom", "information"})
_DIE: Final = frozenset({"wish_to_die", "farewell"})
_HARM_OF_FLAG: Final[Mapping[str, Harm]] = {
    "wish_to_die": "self_harm",
    "hurts_self": "self_harm",
    "farewell": "self_harm",
    "sexual_touch": "sexual_abuse",
    "beaten": "physical_abuse",
}
_Name = TypeVar("_Name", bound=str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """What the learner and the rules found in one text."""

    reading: Reading
    red_flags: frozenset[str]
    benign: frozenset[str]
    urgent: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The decision about a message within its context."""

    decision: Decision
    probability: float
    intent: Intent
    confidence: float
    topic: Topic
    harms: tuple[Harm, ...]
    urgency: Urgency
    subject: Subject


def judge(signs: Sequence[Signs], thresholds: Thresholds, role: str | None = None, parts: int = 0) -> Judgement:
    """The judgement over the readings of a message (first), of each message before it, and of all of them joined.

    Behind the first may stand those of its `parts`, the messages of a burst. The gravest reading that counts decides
    (`_counted`). Intent and topic are those of the message itself.
    """
    message = signs[0]
    decisions = _counted(signs, thresholds, parts)
    gravest = max(range(len(signs)), key=lambda at: (_RANK[decisions[at]], signs[at].reading.probability))
    decision, sign = decisions[gravest], signs[gravest]
    intent, confidence = _best(message.reading.intents)
    topic, _ = _best(message.reading.topics)
    if decision == "disclosure":
        intent, confidence = "disclose", sign.reading.probability
    held = decision != "none"
    flags = frozenset[str]().union(*(each.red_flags for each in signs))
    urgent = frozenset[str]().union(*(each.urgent for each in signs))
    harms = _harms(sign.reading, flags) if held else ()
    return Judgement(
        decision=decision,
        probability=sign.reading.probability,
        intent=intent,
        confidence=confidence,
        topic=topic,
        harms=harms,
        urgency=_urgency(sign.reading, harms, flags, urgent) if held else "none",
        subject=_subject(sign.reading, role) if held else "none",
    )


def _counted(signs: Sequence[Signs], thresholds: Thresholds, parts: int) -> list[Decision]:
    """The decision of each reading, as far as it counts for the message.

    A hint in an earlier message was answered when it came; it stands while it was a likely one or held a red flag, and
    what was said since may explain a fainter one. All messages joined are longer than what thresholds were set on.
    """
    decisions = [decide(sign, thresholds) for sign in signs]
    for at, sign in enumerate(signs[1:], 1):
        is_joined = at == len(signs) - 1
        least = _JOINED if is_joined else _BESIDE if at <= parts else _STANDS
        if is_joined and decisions[at] == "disclosure" and sign.reading.probability < _JOINED_SURE:
            decisions[at] = "borderline"
        if decisions[at] == "borderline" and not sign.red_flags and sign.reading.probability < least:
            decisions[at] = "none"
    return decisions


_RANK: Final[Mapping[Decision, int]] = {"none": 0, "borderline": 1, "disclosure": 2}


def decide(sign: Signs, thresholds: Thresholds) -> Decision:
    """The decision about one text, read alone.

    The learner has weighed benign contexts already; here they only keep it from being sure, and pass over what is
    hardly a hint where the context is one that hid no disclosure in the data (idioms, plain questions).
    """
    probability = sign.reading.probability
    witnessed = bool(sign.urgent or sign.red_flags & _HARM_OF_FLAG.keys())
    if probability >= (min(_WITNESSED, thresholds.disclosure) if witnessed else thresholds.disclosure):
        doubtful = sign.benign and not sign.red_flags and probability < _SURE
        return "borderline" if doubtful else "disclosure"
    if sign.red_flags:
        return "borderline"
    ask = thresholds.urgent if sign.urgent else thresholds.borderline
    if sign.benign & _PLAINLY_BENIGN:
        ask = (thresholds.borderline + thresholds.disclosure) / 2
    return "borderline" if probability >= ask else "none"


def _best(probabilities: Mapping[_Name, float]) -> tuple[_Name, float]:
    name = max(probabilities, key=lambda each: probabilities[each])
    return name, probabilities[name]


def _harms(reading: Reading, flags: frozenset[str]) -> tuple[Harm, ...]:
    """Every harm that holds; the likeliest where none does; those that a red flag names."""
    held = {name for name, value in reading.harms.items() if value >= _HARM_HOLDS}
    held |= {harm for flag, harm in _HARM_OF_FLAG.items() if flag in flags and flag in _DIE}
    if not held:
        held = {_best(reading.harms)[0]}
    return tuple(name for name in HARMS if name in held)


def _urgency(reading: Reading, harms: tuple[Harm, ...], flags: frozenset[str], urgent: frozenset[str]) -> Urgency:
    """The learner's urgency, raised by words of danger now; a wish to die is high at least."""
    urgency, _ = _best(reading.urgencies)
    if flags & _DIE and URGENCIES.index(urgency) < URGENCIES.index("high"):
        urgency = "high"
    if urgent:
        urgency = "emergency"
    return urgency if "self_harm" in harms or urgency != "none" else "moderate"


def _subject(reading: Reading, role: str | None) -> Subject:
    """Whom it happens to: a child has no child of its own, a grown-up is no child."""
    likely = dict(reading.subjects)
    if role == "child":
        likely.pop("own_child", None)
    elif role in {"parent", "other_adult"}:
        likely.pop("self", None)
    return _best(likely)[0]
