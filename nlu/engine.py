"""A second engine beside ours: what of a Rasa server's `/model/parse` is taken, and what never is. No input or output.

Ours decides disclosure, harms, urgency and subject. Rasa may give intent, topic and entities, and its `disclose` may
raise "none" to "borderline", no further. A model trained by `nlu/rasa` names intent and topic in one label.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from nlu.understanding import INTENTS, TOPICS, Entity, EntityLabel, Intent, Subject, Topic, Understanding

JOINT: Final = "+"
"""Stands between intent and topic in a label: `ask_advice+scam`. Rasa reads such a label as two."""
LONGEST: Final = 2_000
"""How many code points of a message are sent; intent and topic show at its beginning."""
_UNSURE: Final = 0.5
"""Below this Rasa's intent is a guess, and ours stands."""
_HEARD: Final = 0.9
"""From here on Rasa's `disclose` is worth one gentle question; it is often sure, and often in vain."""
_SEEKING: Final[frozenset[Intent]] = frozenset({"learn", "quiz", "ask_advice", "report_content"})
"""The intents whose topic something follows from; with the others it is not taught, so that labels stay few."""
_LABELS: Final = frozenset({"relation", "platform", "place", "age", "time", "url", "phone", "money"})
_LONGEST_VALUE: Final = 100


class AnswerError(ValueError):
    """What came back is no answer of `/model/parse`; the message never repeats any of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What Rasa says of one message. None: it does not know, so ours stands.

    `entities` lie in the text as the person sent it and do not overlap.
    """

    intent: Intent | None
    confidence: float
    topic: Topic | None
    entities: tuple[Entity, ...] = ()


class _Scored(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    name: str | None
    confidence: float = Field(allow_inf_nan=False)


class _Found(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    entity: str
    start: int
    end: int
    value: Any = None


class _Parse(BaseModel):
    """The fields of Rasa's answer that are read; the others, its copy of the text among them, are not."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    intent: _Scored
    intent_ranking: tuple[_Scored, ...] = ()
    entities: tuple[_Found, ...] = ()


def label_of(intent: Intent, topic: Topic) -> str:
    """The label that Rasa learns for a line: the intent, and its topic where the intent is one that seeks something."""
    return intent if topic == "none" or intent not in _SEEKING else f"{intent}{JOINT}{topic}"


def as_sent(text: str) -> tuple[str, int]:
    """What of `text` is sent to Rasa, and the place in `text` where that begins. It may be empty: then ask nothing.

    Rasa strips white space itself, which would move every offset. It takes a leading slash for a command, believes
    the intent that follows, and writes the text into its log; so neither is sent. A lone surrogate is no Unicode.
    """
    stripped = text.lstrip()
    while stripped.startswith("/"):
        stripped = stripped[1:].lstrip()
    start = len(text) - len(stripped)
    sent = stripped[:LONGEST].rstrip()
    return sent.encode("utf-8", "replace").decode("utf-8"), start


def read_answer(data: Any, text: str) -> Answer:
    """The answer in `data`, the parsed JSON that came back for `text`, the message as the person sent it.

    Unknown intents, topics and entities, and places outside the text, are passed over: another model may be served.

    Raises:
        AnswerError: `data` does not have the form of Rasa's answer.
    """
    try:
        parse = _Parse.model_validate(data)
    except (ValidationError, RecursionError):
        raise AnswerError("is not what /model/parse answers") from None
    intent, confidence, topic = _said(parse.intent, parse.intent_ranking)
    return Answer(intent=intent, confidence=confidence, topic=topic, entities=_entities(parse.entities, text))


def _said(chosen: _Scored, ranking: Sequence[_Scored]) -> tuple[Intent | None, float, Topic | None]:
    """The likeliest intent over all labels that name it, and the topic of its likeliest label."""
    if _split(chosen.name)[0] is None:
        return None, 0.0, None  # a fall-back of Rasa's own, or a label that is not ours
    labels = ranking if chosen.name in {scored.name for scored in ranking} else (chosen,)
    shares: dict[Intent, float] = {}
    topics: dict[Intent, tuple[float, Topic]] = {}
    for scored in labels:
        intent, topic = _split(scored.name)
        share = min(max(scored.confidence, 0.0), 1.0)
        if intent is not None:
            shares[intent] = shares.get(intent, 0.0) + share
            topics[intent] = max(topics.get(intent, (-1.0, topic)), (share, topic))
    likeliest = max(shares, key=lambda each: shares[each])
    confidence = min(shares[likeliest], 1.0)
    if confidence < _UNSURE:
        return None, confidence, None
    # A model that was taught no topics says nothing about them, nor does ours where the intent seeks none.
    knows_topics = likeliest in _SEEKING and any(JOINT in (scored.name or "") for scored in labels)
    return likeliest, confidence, topics[likeliest][1] if knows_topics else None


def _split(label: str | None) -> tuple[Intent | None, Topic]:
    name, _, rest = (label or "").partition(JOINT)
    intent = next((each for each in INTENTS if each == name), None)
    return intent, next((each for each in TOPICS if each == rest), "none")


def _entities(found: Iterable[_Found], text: str) -> tuple[Entity, ...]:
    sent, offset = as_sent(text)
    entities: list[Entity] = []
    for each in found:
        inside = 0 <= each.start < each.end <= len(sent)
        if each.entity not in _LABELS or not inside:
            continue
        start, end = offset + each.start, offset + each.end
        said = text[start:end]
        value = str(each.value)[:_LONGEST_VALUE] if isinstance(each.value, str | int | float) else None
        entity = Entity(
            label=cast("EntityLabel", each.entity),
            start=start,
            end=end,
            text=said,
            value=value if value not in {None, "", said} else None,
        )
        if not any(_overlap(entity, other) for other in entities):
            entities.append(entity)
    return tuple(sorted(entities, key=lambda entity: entity.start))


def merge(understood: Understanding, answer: Answer, role: str | None = None) -> Understanding:
    """Our reading with intent, topic and entities from Rasa's answer about the same message.

    The decision never falls, and rises only from "none" to "borderline". A reading raised so has no harms and no
    evidence, because nobody named any; its urgency is "moderate", and its subject the writer, or the own child where
    `role` is that of a grown-up. Ours stay: the words for a disclosure, what Rasa does not know, and entities that
    Rasa's do not touch (a phone or a link is found by its form, not learnt).
    """
    merged = replace(
        understood,
        topic=understood.topic if answer.topic is None else answer.topic,
        entities=_joined(understood.entities, answer.entities),
    )
    if answer.intent == "disclose":
        raised = understood.decision == "none" and answer.confidence >= _HEARD
        subject: Subject = "own_child" if role in {"parent", "other_adult"} else "self"
        return replace(merged, decision="borderline", urgency="moderate", subject=subject) if raised else merged
    if understood.decision == "disclosure" or answer.intent is None:
        return merged
    return replace(merged, intent=answer.intent, confidence=answer.confidence)


def _joined(ours: Sequence[Entity], theirs: Sequence[Entity]) -> tuple[Entity, ...]:
    """Rasa's entities, with our value where both found the same, and ours that none of Rasa's touches."""
    values = {(entity.label, entity.start, entity.end): entity.value for entity in ours}
    named = [
        replace(entity, value=entity.value or values.get((entity.label, entity.start, entity.end))) for entity in theirs
    ]
    kept = [entity for entity in ours if not any(_overlap(entity, other) for other in theirs)]
    return tuple(sorted([*named, *kept], key=lambda entity: (entity.start, entity.end)))


def _overlap(one: Entity, other: Entity) -> bool:
    return one.start < other.end and other.start < one.end
