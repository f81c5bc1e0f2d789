"""Whom to tell: 111 comes first, a province is asked for only of who wants it, and its name is kept nowhere."""

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from bot.effects import ForgetMessages, Say
from bot.flows import menu
from bot.playback import Player
from bot.state import Contact, Flow, Heard, Question, State
from bot.turn import turn
from content.schema import AUDIENCES
from store.tables import message
from tests.bot.moments import (
    NOW,
    asking,
    child,
    disclosure,
    matter,
    of_kind,
    our_content,
    pressed,
    said,
    spoken,
    states,
)

ASKED = Flow(kind="who")


def words(result: Any) -> str:
    return " ".join(say.text for say in of_kind(result, Say))


@pytest.mark.parametrize("audience", AUDIENCES)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_first_number_is_111_and_the_others_are_the_emergency_numbers(audience: Any, language: str) -> None:
    numbers = re.findall(r"\b1\d\d\b", our_content().say("who.tell", audience, language))
    assert numbers == ["111", "113", "115"]


@pytest.mark.parametrize("state", [child("6-10"), child("15-17"), State(role="parent", greeted=True)])
def test_the_menu_offers_whom_to_tell(state: State) -> None:
    assert "who" in menu.ways_of(state)
    (say,) = of_kind(turn(pressed("who", state=state)), Say)
    assert say.message_id == "who.tell"
    assert [choice.id for choice in say.choices] == ["who.near", "talk.now", "menu", "exit"]


@pytest.mark.parametrize("typed", ["Hải Phòng", "hai phong", "tp hp", "quận Hồng Bàng", "Hải Dương"])
def test_a_province_with_a_verified_line_gives_it_behind_111(typed: str) -> None:
    result = turn(said(typed, state=child(flow=ASKED)))
    assert spoken(result) == ["who.line"]
    assert words(result).index("111") < words(result).index("18006605")


@pytest.mark.parametrize("typed", ["Đắk Lắk", "sài gòn", "Hà Tây"])
def test_a_province_without_one_gives_111_alone(typed: str) -> None:
    result = turn(said(typed, state=child(flow=ASKED)))
    assert spoken(result) == ["who.none"]
    assert re.findall(r"\d{3,}", words(result)) == ["111"]


@pytest.mark.parametrize("typed", ["xã Tân Hòa", "đn", "ở chỗ kia"])
def test_a_name_that_may_be_several_provinces_or_none_still_gives_111(typed: str) -> None:
    result = turn(said(typed, state=child(flow=ASKED)))
    assert spoken(result) == ["who.unclear"]
    assert "111" in words(result)


@pytest.mark.parametrize("typed", ["Hải Phòng", "Đắk Lắk", "xã Tân Hòa"])
def test_the_name_of_a_place_is_kept_neither_in_the_state_nor_in_the_transcript(typed: str) -> None:
    before = child(flow=ASKED)
    result = turn(said(typed, state=before))
    assert replace(result.state, pace=None) == child()
    assert of_kind(result, ForgetMessages) == [ForgetMessages(from_seq=50, to_seq=50)]
    assert typed == "Hải Phòng" or typed not in words(result)  # its line bears its name


async def test_the_line_with_the_name_is_gone_from_the_transcript_with_the_answer(person: Player) -> None:
    for choice in ("role.child", "band.11-14", "who.near"):
        await person.press(choice)
    assert [shown.message_id for shown in await person.say("Hải Phòng")] == ["who.line"]
    async with person.database.reading() as unit:
        authors = (await unit.execute(select(message.c.author).order_by(message.c.seq))).scalars().all()
    assert authors.count("child") == 3  # the three presses
    assert authors[-1] == "bot"


def test_words_beside_the_name_are_remembered_like_all_that_is_told() -> None:
    result = turn(said("em ở Hải Phòng, em hay buồn", state=child(flow=ASKED)))
    assert result.state.heard == (Heard(seq=50, text="em ở Hải Phòng, em hay buồn", at=NOW, hint=False),)
    assert of_kind(result, ForgetMessages) == []


def test_a_name_beside_an_open_disclosure_stays_with_it() -> None:
    result = turn(said("Đắk Lắk", state=child(flow=ASKED, matter=matter("later"))))
    assert of_kind(result, ForgetMessages) == []


def test_a_disclosure_in_place_of_a_province_is_heard_as_one() -> None:
    result = turn(said("bố đánh em", disclosure("high"), state=child(flow=ASKED)))
    assert not any(name.startswith("who.") for name in spoken(result))
    assert result.state.matter is not None


@pytest.mark.parametrize(
    "state",
    [
        asking("phone"),
        child(contact=Contact(case_id="case")),
        child(question=Question(kind="delete")),
        State(greeted=True),
    ],
)
@pytest.mark.parametrize("choice", ["who", "who.near"])
def test_while_something_is_open_no_province_is_asked_for_and_it_stays_open(state: State, choice: str) -> None:
    result = turn(pressed(choice, state=state))
    assert spoken(result)[0] == "who.tell"
    assert (result.state.question, result.state.flow) == (state.question, state.flow)
    offered = of_kind(result, Say)[0].choices
    assert "who.near" not in [choice.id for choice in offered]


@given(state=states, typed=st.text(max_size=30) | st.sampled_from(["Hải Phòng", "hà nội", "xã Tân Hòa"]))
def test_a_case_never_loses_a_message_to_the_search_for_a_number(state: State, typed: str) -> None:
    result = turn(said(typed, state=state))
    if state.open_contact is not None or state.question is not None:
        assert not any(name in {"who.line", "who.none", "who.unclear"} for name in spoken(result))
