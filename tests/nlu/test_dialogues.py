"""Short conversations and paraphrases by a writer who saw no training line.

No model learns from them. Two constants of `nlu.decision` were set with an eye on every other conversation; the floors
for conversations therefore hold for the rest, which nobody looked at.
"""

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from nlu.listener import Listener
from nlu.understanding import URGENCIES

FOLDER = Path(__file__).parent / "dialogues"
HEARD = 0.97
LEFT_ALONE = 0.5
SAME = 0.82
HEARD_PARAPHRASES = 0.95


@cache
def read(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
    return found


def unseen() -> list[dict[str, Any]]:
    return read("dialogues.yml")[1::2]


def last_decision(listener: Listener, dialogue: dict[str, Any]) -> str:
    *earlier, last = dialogue["messages"]
    return listener.understand(last, earlier, role=dialogue["role"], age_band=dialogue["age_band"]).decision


def test_there_are_enough_of_each_kind() -> None:
    dialogues = read("dialogues.yml")
    assert len(dialogues) >= 120
    assert len({dialogue["name"] for dialogue in dialogues}) == len(dialogues)
    assert sum(not dialogue["heard"] for dialogue in dialogues) >= 50
    assert len(read("paraphrases.yml")) >= 300


def test_conversations_that_tell_of_harm_are_heard(listener: Listener) -> None:
    told = [dialogue for dialogue in unseen() if dialogue["heard"]]
    missed = [dialogue["name"] for dialogue in told if last_decision(listener, dialogue) == "none"]
    assert 1 - len(missed) / len(told) >= HEARD, missed


def test_every_emergency_in_a_conversation_is_heard(listener: Listener) -> None:
    grave = [dialogue for dialogue in read("dialogues.yml") if dialogue.get("least_urgency") == "emergency"]
    assert not [dialogue["name"] for dialogue in grave if last_decision(listener, dialogue) == "none"]


def test_conversations_that_tell_of_none_are_left_alone(listener: Listener) -> None:
    innocent = [dialogue for dialogue in unseen() if not dialogue["heard"]]
    decisions = {dialogue["name"]: last_decision(listener, dialogue) for dialogue in innocent}
    assert sum(decision == "disclosure" for decision in decisions.values()) <= 1
    asked = [name for name, decision in decisions.items() if decision == "borderline"]
    assert 1 - len(asked) / len(innocent) >= LEFT_ALONE, asked


@pytest.mark.parametrize("taking_back", ["đùa thôi", "quên đi ạ", "thôi ko sao đâu", "em nói chơi á"])
def test_taking_back_a_disclosure_does_not_cancel_it(listener: Listener, taking_back: str) -> None:
    got = listener.understand(taking_back, ["tối nào nghe tiếng xe ba về là hai chị em trốn"], role="child")
    assert got.decision != "none"


def test_the_urgency_of_a_conversation_is_not_played_down_often(listener: Listener) -> None:
    told = [dialogue for dialogue in read("dialogues.yml") if dialogue["heard"]]
    below = []
    for dialogue in told:
        *earlier, last = dialogue["messages"]
        got = listener.understand(last, earlier, role=dialogue["role"])
        if URGENCIES.index(got.urgency) < URGENCIES.index(dialogue["least_urgency"]):
            below.append(dialogue["name"])
    assert len(below) / len(told) <= 0.25, below


@pytest.mark.parametrize("heard", [True, False])
def test_two_ways_of_saying_the_same_are_decided_alike(listener: Listener, heard: bool) -> None:
    pairs = [pair for pair in read("paraphrases.yml") if pair["heard"] is heard]
    apart = []
    for pair in pairs:
        first, second = (listener.understand(pair[side]).decision != "none" for side in "ab")
        if first != second:
            apart.append(pair["a"])
    assert 1 - len(apart) / len(pairs) >= SAME, apart


def test_paraphrases_of_disclosures_are_heard(listener: Listener) -> None:
    texts = [pair[side] for pair in read("paraphrases.yml") if pair["heard"] for side in "ab"]
    missed = [text for text in texts if listener.understand(text).decision == "none"]
    assert 1 - len(missed) / len(texts) >= HEARD_PARAPHRASES, missed
