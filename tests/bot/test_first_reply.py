"""The first reply to a disclosure: short enough for the age, 111 where it is seen, numbers first in an emergency."""

import re
from typing import Any

import pytest

from bot.effects import Say
from bot.state import State
from bot.turn import turn
from nlu.understanding import Understanding
from tests.bot.moments import disclosure, of_kind, pressed, said

LIMITS: dict[Any, int] = {"6-10": 60, None: 60, "11-14": 90, "15-17": 90, "parent": 90}
CHOICES = ("safe.yes", "safe.no", "talk.now", "talk.later", "exit")
EMERGENCIES = {
    "beaten now": (disclosure("emergency", "physical_abuse"), "nó đang đánh em", {"111", "113"}),
    "meets a stranger": (disclosure("emergency", "grooming"), "tối nay nó hẹn gặp em", {"111", "113"}),
    "own life": (disclosure("emergency", "self_harm"), "em không muốn sống nữa", {"111", "115"}),
    "own life after blows": (
        disclosure("emergency", "self_harm", "physical_abuse"),
        "bố đánh, em muốn chết",
        {"111", "113", "115"},
    ),
    "injured": (disclosure("emergency", "physical_abuse"), "bố đánh em chảy máu đầu", {"111", "113", "115"}),
    "a friend's life": (
        disclosure("emergency", "self_harm", subject="other_child"),
        "bạn em đòi tự tử",
        {"111", "115"},
    ),
    "a friend beaten": (
        disclosure("emergency", "physical_abuse", subject="other_child"),
        "bạn em đang bị đánh",
        {"111", "113"},
    ),
    "an own child": (
        disclosure("emergency", "sexual_abuse", subject="own_child"),
        "con tôi đang bị",
        {"111", "113"},
    ),
    "no harm named": (disclosure("emergency"), "cứu em", {"111", "113"}),
}
ORDINARY = {
    f"{urgency} {subject}": disclosure(urgency, "physical_abuse", subject=subject)
    for urgency in ("moderate", "high")
    for subject in ("self", "other_child", "own_child")
}


def person(who: Any, language: Any, *, greeted: bool) -> State:
    role = "parent" if who == "parent" else ("child" if who else None)
    band = who if who not in {None, "parent"} else None
    return State(role=role, band=band, language=language, greeted=greeted)  # type: ignore[arg-type]


def first_reply(state: State, heard: Understanding, text: str) -> Say:
    (say,) = of_kind(turn(said(text, heard, state=state)), Say)
    assert isinstance(say, Say)
    return say


def words(text: str) -> int:
    """Count what stands between spaces and holds a letter or digit."""
    return len([word for word in text.split() if re.search(r"\w", word)])


every_person = pytest.mark.parametrize("who", list(LIMITS), ids=str)
every_language = pytest.mark.parametrize("language", ["vi", "en"])
newcomer_or_not = pytest.mark.parametrize("greeted", [True, False], ids=["known", "first message"])


@every_person
@every_language
@newcomer_or_not
@pytest.mark.parametrize("kind", EMERGENCIES)
def test_an_emergency_is_short_and_begins_with_its_numbers(who: Any, language: str, greeted: bool, kind: str) -> None:
    heard, text, numbers = EMERGENCIES[kind]
    if not greeted and language == "en":
        return  # the first message sets the language, and this one is Vietnamese
    say = first_reply(person(who, language, greeted=greeted), heard, text)
    limit = LIMITS[None] if who is None and heard.subject != "own_child" else LIMITS.get(who or "parent", 90)
    assert words(say.text) <= limit, f"{words(say.text)} words"
    assert set(re.findall(r"\d{3}", say.text.splitlines()[0])) == numbers
    assert say.text.startswith("111")
    assert tuple(choice.id for choice in say.choices) == CHOICES
    assert say.protect


@every_person
@every_language
@newcomer_or_not
@pytest.mark.parametrize("kind", ORDINARY)
def test_any_other_disclosure_is_short_and_has_111_alone_on_its_line(
    who: Any, language: str, greeted: bool, kind: str
) -> None:
    heard = ORDINARY[kind]
    if not greeted and language == "en":
        return
    say = first_reply(person(who, language, greeted=greeted), heard, "bố đánh em")
    limit = LIMITS[None] if who is None and heard.subject != "own_child" else LIMITS.get(who or "parent", 90)
    assert words(say.text) <= limit, f"{words(say.text)} words"
    assert "111" in [line.strip() for line in say.text.splitlines()]
    assert tuple(choice.id for choice in say.choices) == CHOICES


@every_person
@every_language
def test_not_safe_is_short_and_begins_with_the_numbers(who: Any, language: str) -> None:
    (say,) = of_kind(turn(pressed("safe.no", state=person(who, language, greeted=True))), Say)
    assert words(say.text) <= LIMITS[who]
    assert say.text.startswith("111")


@every_person
@every_language
def test_the_consent_question_stays_within_the_limit_in_each_of_its_messages(who: Any, language: str) -> None:
    said_first = of_kind(turn(pressed("talk.now", state=person(who, language, greeted=True))), Say)
    assert [say.message_id for say in said_first] == ["consent.explain", "consent.conversation"]
    assert [say.message_id for say in said_first if words(say.text) > LIMITS[who]] == []


@pytest.mark.parametrize(
    "text", ["bố đánh em đau lắm", "em bị bạn ép gửi ảnh", "my father hits me every day", "em 9 tuổi, bố đánh em"]
)
def test_the_first_message_of_all_is_answered_before_any_onboarding(text: str) -> None:
    result = turn(said(text, disclosure()))
    assert "111" in of_kind(result, Say)[0].text
    assert words(of_kind(result, Say)[0].text) <= 60
    assert result.state.greeted
