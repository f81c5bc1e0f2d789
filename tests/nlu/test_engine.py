"""What is taken of a Rasa server's answer, and what never is."""

import math
from dataclasses import replace
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.engine import LONGEST, Answer, AnswerError, as_sent, label_of, merge, read_answer
from nlu.understanding import (
    DECISIONS,
    HARMS,
    INTENTS,
    SUBJECTS,
    TOPICS,
    URGENCIES,
    Entity,
    EntityLabel,
    Subject,
    Understanding,
)

LABELS = get_args(EntityLabel)
TEXT = "  ba em chơi free fire hoài, 0912345678"
PLAIN = Understanding(intent="chitchat", confidence=0.6, topic="gaming", probability=0.01, decision="none")
TOLD = Understanding(
    intent="disclose", confidence=0.98, topic="none", probability=0.98, decision="disclosure",
    harms=("physical_abuse",), urgency="emergency", subject="self",
)  # fmt: skip


def rasa(*ranking: tuple[str, float], entities: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    """The answer of Rasa 3.6 with these labels, the first one chosen."""
    scored = [{"name": name, "confidence": confidence} for name, confidence in ranking]
    return {
        "text": "…", "intent": scored[0], "entities": list(entities), "text_tokens": [[0, 1]],
        "intent_ranking": scored, "response_selector": {"all_retrieval_intents": []},
    }  # fmt: skip


def found(entity: str, start: int, end: int, value: Any = "…") -> dict[str, Any]:
    return {
        "entity": entity, "start": start, "end": end, "confidence_entity": 0.99, "value": value,
        "extractor": "DIETClassifier",
    }  # fmt: skip


# --- what is sent ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "sent", "start"),
    [
        ("chào", "chào", 0),
        (" \n chào ", "chào", 3),
        ("/disclose@1.0", "disclose@1.0", 1),
        (" // /menu", "menu", 5),
        ("/", "", 1),
        ("   ", "", 3),
        ("", "", 0),
        ("em \ud800 nè", "em ? nè", 0),
        ("a" * (LONGEST + 5), "a" * LONGEST, 0),
    ],
)
def test_rasa_is_never_sent_a_command_or_what_would_move_the_offsets(text: str, sent: str, start: int) -> None:
    assert as_sent(text) == (sent, start)


@given(st.text(st.characters(), max_size=80))
def test_what_is_sent_stands_in_the_text_where_it_is_said_to(text: str) -> None:
    sent, start = as_sent(text)
    assert sent == sent.strip()
    assert not sent.startswith("/")
    assert len(sent) <= len(text) - start
    assert all(one in {other, "?"} for one, other in zip(sent, text[start:], strict=False))
    sent.encode("utf-8")


# --- labels ---------------------------------------------------------------------------------------------------------


def test_a_label_says_the_topic_only_where_something_follows_from_it() -> None:
    assert label_of("ask_advice", "scam") == "ask_advice+scam"
    assert label_of("chitchat", "gaming") == "chitchat"
    assert label_of("greet", "none") == "greet"
    assert label_of("disclose", "grooming") == "disclose"


def test_labels_of_one_intent_are_added_up() -> None:
    data = rasa(("chitchat", 0.35), ("ask_advice+scam", 0.33), ("ask_advice+privacy", 0.3), ("greet", 0.02))
    answer = read_answer(data, TEXT)
    assert (answer.intent, answer.topic) == ("ask_advice", "scam")
    assert answer.confidence == pytest.approx(0.63)


def test_every_label_is_read_back() -> None:
    for intent in INTENTS:
        for topic in TOPICS:
            answer = read_answer(rasa((label_of(intent, topic), 0.9), ("quiz+scam", 0.05)), TEXT)
            assert answer.intent == intent
            assert answer.topic == (topic if intent in {"learn", "quiz", "ask_advice", "report_content"} else None)


def test_a_model_without_topics_says_nothing_of_them() -> None:
    assert read_answer(rasa(("learn", 0.9), ("greet", 0.1)), TEXT).topic is None


@pytest.mark.parametrize(
    "ranking",
    [
        [("nlu_fallback", 0.7), ("learn", 0.29)],
        [("learn", 0.2), ("greet", 0.1)],
        [("order_pizza", 0.99), ("learn", 0.01)],
        [("", 0.9)],
    ],
)
def test_where_rasa_does_not_know_there_is_no_intent(ranking: list[tuple[str, float]]) -> None:
    answer = read_answer(rasa(*ranking), TEXT)
    assert (answer.intent, answer.topic) == (None, None)
    assert merge(PLAIN, answer) == PLAIN


def test_no_classifier_and_no_ranking() -> None:
    assert read_answer({"intent": {"name": None, "confidence": 0.0}}, TEXT).intent is None
    assert read_answer({"intent": {"name": "learn", "confidence": 1.2}}, TEXT).confidence == 1.0


# --- entities -------------------------------------------------------------------------------------------------------


def test_entities_are_placed_in_the_text_as_the_person_sent_it() -> None:
    data = rasa(("chitchat", 0.9), entities=(found("platform", 11, 20, "free_fire"), found("relation", 0, 2, "ba")))
    assert read_answer(data, TEXT).entities == (
        Entity(label="relation", start=2, end=4, text="ba", value=None),
        Entity(label="platform", start=13, end=22, text="free fire", value="free_fire"),
    )


@pytest.mark.parametrize(
    "entity",
    [
        found("relation", -1, 2), found("relation", 2, 2), found("relation", 3, 1), found("relation", 0, 999),
        found("pizza", 0, 2), found("time", 0, 38),
    ],
)  # fmt: skip
def test_entities_that_are_nowhere_or_unknown_are_passed_over(entity: dict[str, Any]) -> None:
    assert read_answer(rasa(("chitchat", 0.9), entities=(entity,)), TEXT).entities == ()


def test_of_entities_that_overlap_the_first_is_kept() -> None:
    data = rasa(("chitchat", 0.9), entities=(found("relation", 0, 5), found("relation", 0, 2), found("place", 6, 10)))
    assert [(entity.start, entity.end) for entity in read_answer(data, TEXT).entities] == [(2, 7), (8, 12)]


def test_values_may_be_anything() -> None:
    money = found("money", 0, 2, 500_000), found("time", 3, 5, {"from": "…"}), found("place", 6, 10, "x" * 9000)
    values = [entity.value for entity in read_answer(rasa(("chitchat", 0.9), entities=money), TEXT).entities]
    assert values == ["500000", None, "x" * 100]


def test_our_entities_stay_where_rasa_has_none_and_give_the_value_where_it_has_the_same() -> None:
    ours = (
        Entity(label="relation", start=2, end=4, text="ba", value="father"),
        Entity(label="platform", start=13, end=17, text="free", value="free"),
        Entity(label="phone", start=29, end=39, text="0912345678", value="0912345678"),
    )
    theirs = (
        Entity(label="relation", start=2, end=4, text="ba"),
        Entity(label="platform", start=13, end=22, text="free fire"),
    )
    answer = Answer(intent=None, confidence=0.0, topic=None, entities=theirs)
    assert merge(replace(PLAIN, entities=ours), answer).entities == (
        Entity(label="relation", start=2, end=4, text="ba", value="father"),
        Entity(label="platform", start=13, end=22, text="free fire"),
        ours[2],
    )


# --- garbage --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        None, 7, "chào", [], {}, {"intent": None}, {"intent": {"name": "learn"}}, {"intent": "learn"},
        {"intent": {"name": "learn", "confidence": math.nan}}, {"intent": {"name": "learn", "confidence": math.inf}},
        {"intent": {"name": ["learn"], "confidence": 1}}, {"intent": {"name": "learn", "confidence": 1}, "entities": 3},
        {"intent": {"name": "learn", "confidence": 1}, "entities": [{"entity": "relation"}]},
        {"status": "failure", "message": "0912345678", "code": 400},
    ],
)  # fmt: skip
def test_what_is_no_answer_is_refused_without_repeating_it(data: Any) -> None:
    with pytest.raises(AnswerError) as error:
        read_answer(data, TEXT)
    assert "0912345678" not in str(error.value)
    assert error.value.__cause__ is None
    assert error.value.__suppress_context__


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=8,
)


@given(json_values, json_values, json_values, json_values)
def test_any_json_is_an_answer_or_refused(intent: Any, name: Any, entities: Any, ranking: Any) -> None:
    for data in (intent, {"intent": intent}, {"intent": {"name": name, "confidence": 1}, "entities": entities},
                 {"intent": {"name": "learn", "confidence": 1}, "intent_ranking": ranking}):  # fmt: skip
        try:
            read_answer(data, TEXT)
        except AnswerError:
            continue


# --- the rules of merging -------------------------------------------------------------------------------------------


def test_intent_topic_and_entities_are_rasas() -> None:
    answer = Answer(intent="learn", confidence=0.8, topic="scam")
    merged = merge(PLAIN, answer)
    assert (merged.intent, merged.confidence, merged.topic) == ("learn", 0.8, "scam")
    assert replace(merged, intent=PLAIN.intent, confidence=PLAIN.confidence, topic=PLAIN.topic) == PLAIN


def test_a_disclosure_stays_one_whatever_rasa_says() -> None:
    merged = merge(TOLD, Answer(intent="chitchat", confidence=1.0, topic="gaming"))
    assert merged == replace(TOLD, topic="gaming")


@pytest.mark.parametrize(("role", "subject"), [("child", "self"), (None, "self"), ("parent", "own_child")])
def test_rasas_disclose_raises_none_to_borderline_and_no_further(role: str | None, subject: Subject) -> None:
    merged = merge(PLAIN, Answer(intent="disclose", confidence=1.0, topic=None), role)
    assert merged == replace(PLAIN, decision="borderline", urgency="moderate", subject=subject)


def test_a_doubtful_disclose_of_rasas_raises_nothing() -> None:
    assert merge(PLAIN, Answer(intent="disclose", confidence=0.89, topic=None)) == PLAIN


def test_a_borderline_stays_as_it_is_under_rasas_disclose() -> None:
    borderline = replace(TOLD, intent="chitchat", decision="borderline", urgency="high")
    assert merge(borderline, Answer(intent="disclose", confidence=1.0, topic=None)) == borderline


@st.composite
def texts_and_spans(draw: st.DrawFn) -> tuple[str, tuple[Entity, ...], list[dict[str, Any]]]:
    text = draw(st.text(st.characters(), min_size=1, max_size=40))
    ours = []
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, len(text) - 1))
        end = draw(st.integers(start + 1, len(text)))
        ours.append(Entity(label=draw(st.sampled_from(LABELS)), start=start, end=end, text=text[start:end]))
    places = st.integers(-3, len(text) + 3)
    names = st.sampled_from([*LABELS, "pizza"])
    theirs = draw(st.lists(st.builds(found, names, places, places, st.text(max_size=5)), max_size=5))
    return text, tuple(ours), theirs


label_names = st.sampled_from([label_of(intent, topic) for intent in INTENTS for topic in TOPICS] + ["nlu_fallback"])
rankings = st.lists(st.tuples(label_names, st.floats(-0.5, 1.5)), min_size=1, max_size=6)


@given(
    spans=texts_and_spans(), ranking=rankings, decision=st.sampled_from(DECISIONS), role=st.text(max_size=6),
    data=st.data(),
)  # fmt: skip
def test_the_rules_hold_for_every_answer(
    spans: tuple[str, tuple[Entity, ...], list[dict[str, Any]]],
    ranking: list[tuple[str, float]],
    decision: Any,
    role: str,
    data: st.DataObject,
) -> None:
    text, ours, theirs = spans
    held = decision != "none"
    understood = Understanding(
        intent="disclose" if decision == "disclosure" else data.draw(st.sampled_from(INTENTS[:-1])),
        confidence=0.5,
        topic=data.draw(st.sampled_from(TOPICS)),
        probability=0.5,
        decision=decision,
        harms=(data.draw(st.sampled_from(HARMS)),) if held else (),
        urgency=data.draw(st.sampled_from(URGENCIES[1:])) if held else "none",
        subject=data.draw(st.sampled_from(SUBJECTS[:-1])) if held else "none",
        entities=ours,
    )
    merged = merge(understood, read_answer(rasa(*ranking, entities=tuple(theirs)), text), role)
    severity = {"none": 0, "borderline": 1, "disclosure": 2}
    raised = merged.decision != understood.decision
    assert severity[merged.decision] >= severity[understood.decision]
    assert not raised or (understood.decision, merged.decision) == ("none", "borderline")
    assert (merged.intent == "disclose") == (merged.decision == "disclosure")
    assert (merged.harms, merged.probability) == (understood.harms, understood.probability)
    assert merged.evidence == understood.evidence
    assert raised or (merged.urgency, merged.subject) == (understood.urgency, understood.subject)
    assert (merged.decision == "none") == (merged.urgency == "none") == (merged.subject == "none")
    assert 0 <= merged.confidence <= 1
    assert merged.intent in INTENTS
    assert merged.topic in TOPICS
    for entity in merged.entities:
        assert 0 <= entity.start < entity.end <= len(text)
        assert entity.text == text[entity.start : entity.end]
        assert entity.label in LABELS
