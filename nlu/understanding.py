"""What the listener says about one message; the words are those of the safety protocol."""

from dataclasses import dataclass
from typing import Literal, get_args

Intent = Literal[
    "greet", "thank", "goodbye", "menu", "learn", "quiz", "ask_advice", "report_content", "talk_to_human",
    "give_opinion", "change_profile", "delete_data", "affirm", "deny", "stop", "chitchat", "out_of_scope",
    "disclose",
]  # fmt: skip
Topic = Literal[
    "scam", "cyberbullying", "harmful_content", "grooming", "privacy", "screen_time", "fake_news", "gaming",
    "password_security", "digital_footprint", "ai_deepfake", "body_safety", "family_rules", "help_seeking",
    "none",
]  # fmt: skip
Decision = Literal["disclosure", "borderline", "none"]
Harm = Literal[
    "physical_abuse", "emotional_abuse", "sexual_abuse", "neglect", "exploitation", "grooming",
    "sexual_extortion", "cyberbullying", "school_violence", "self_harm", "scam", "harmful_content",
    "domestic_violence",
]  # fmt: skip
Urgency = Literal["none", "moderate", "high", "emergency"]
Subject = Literal["self", "other_child", "own_child", "none"]
EntityLabel = Literal["relation", "platform", "place", "age", "time", "url", "phone", "money"]

INTENTS: tuple[Intent, ...] = get_args(Intent)
TOPICS: tuple[Topic, ...] = get_args(Topic)
DECISIONS: tuple[Decision, ...] = get_args(Decision)
HARMS: tuple[Harm, ...] = get_args(Harm)
URGENCIES: tuple[Urgency, ...] = get_args(Urgency)  # rising
SUBJECTS: tuple[Subject, ...] = get_args(Subject)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A thing the text names; `start` and `end` are code points of the text as sent."""

    label: EntityLabel
    start: int
    end: int
    text: str
    value: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A span that led to the decision, so that a counsellor sees why; higher weight, stronger sign."""

    start: int
    end: int
    text: str
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Understanding:
    """The reading of one message together with the few before it.

    `harms`, `urgency` and `subject` hold the best guess when the decision is disclosure or borderline and
    are empty, "none", "none" otherwise. `intent` is "disclose" exactly when the decision is "disclosure".
    """

    intent: Intent
    confidence: float
    topic: Topic
    probability: float
    decision: Decision
    harms: tuple[Harm, ...] = ()
    urgency: Urgency = "none"
    subject: Subject = "none"
    entities: tuple[Entity, ...] = ()
    evidence: tuple[Evidence, ...] = ()
