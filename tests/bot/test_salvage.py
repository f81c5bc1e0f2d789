"""A stored state that no turn can work with does not silence a child: 111 comes, and a disclosure is heard."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
import structlog
from sqlalchemy import select, update

from bot import worker as module
from bot.moment import Moment, Turn
from bot.playback import Player, Shown, player
from bot.state import Flow, State, from_json, to_json
from bot.turn import turn
from content.library import Content
from escalation.tables import cases
from nlu.listener import Listener
from store import conversations
from store.tables import conversation

TELLING = "bố đánh em hoài, em sợ"


@pytest.fixture
async def child(content: Content, listener: Listener) -> AsyncIterator[Player]:
    async with player(content=content, listener=listener) as playing:
        await playing.press("role.child")
        await playing.press("band.11-14")
        yield playing


async def change(person: Player, **values: Any) -> None:
    """Overwrite fields of the stored state, as JSON."""
    async with person.database.transaction() as unit:
        held = await conversations.find(unit, person.vault, person.channel, person.address)
        assert held is not None
        assert isinstance(held.state, dict)
        await conversations.save_state(unit, held, {**held.state, **values}, person.clock.now())


async def damage(person: Player) -> None:
    """Overwrite the sealed state with bytes that open under no key."""
    async with person.database.transaction() as unit:
        await unit.execute(update(conversation).values(state_sealed=b"x" * 60))


async def state_of(person: Player) -> State:
    async with person.database.reading() as unit:
        held = await conversations.find(unit, person.vault, person.channel, person.address)
    assert held is not None
    return from_json(held.state)


async def say(person: Player, text: str) -> list[Shown]:
    shown = await person.say(text)
    for _ in range(6):
        shown += await person.wait(2.5)
    return shown


def ids(shown: list[Shown]) -> list[str]:
    return [said.message_id for said in shown]


async def test_a_field_that_cannot_be_read_is_left_out_and_who_it_is_stays(child: Player) -> None:
    await change(child, flow={"kind": "a flow of another release"})
    with structlog.testing.capture_logs() as entries:
        assert ids(await say(child, TELLING)) == ["disclosure.self"]
    state = await state_of(child)
    assert (state.role, state.band) == ("child", "11-14")
    assert "state_salvaged" in {entry["event"] for entry in entries}
    assert "bố" not in repr(entries)


async def test_a_state_that_does_not_open_still_lets_a_disclosure_be_heard(child: Player) -> None:
    await damage(child)
    (shown,) = await say(child, TELLING)
    assert "111" in shown.text
    assert ids(await child.press("talk.now")) == ["consent.explain", "consent.conversation"]


async def test_nothing_is_given_up_while_a_turn_may_still_succeed(child: Player) -> None:
    before = await state_of(child)
    await change(child, contact={"case_id": 7})
    await child.say(TELLING)
    await change(child, contact=None)  # mended before the last try
    assert ids(await child.wait(3)) == ["disclosure.self"]
    assert (await state_of(child)).flow == before.flow


@pytest.mark.parametrize("lost", ["contact", "everything"])
async def test_an_open_case_is_found_again_and_raised(child: Player, lost: str) -> None:
    await child.say("các bạn trong lớp nói xấu em trên mạng, em buồn lắm")
    await child.press("talk.now")
    await child.press("consent.conversation.yes")
    if lost == "contact":
        await change(child, contact={"case_id": 7}, matter={"stage": "?"})
    else:
        await damage(child)
    shown = await say(child, "ba say rượu đang cầm dao đuổi mẹ con em")
    assert "111" in "\n".join(said.text for said in shown)
    async with child.database.reading() as unit:
        (case,) = (await unit.execute(select(cases))).all()
    assert case.urgency == "emergency"
    contact = (await state_of(child)).contact
    assert contact is not None
    assert contact.case_id == case.id


async def test_everything_can_be_deleted_where_the_state_does_not_open(child: Player) -> None:
    await damage(child)
    await say(child, "chào bạn")
    await child.press("delete")
    assert "delete.done" in ids(await child.press("delete.confirm"))


async def test_a_lesson_that_no_longer_exists_does_not_break_a_disclosure(
    child: Player, monkeypatch: pytest.MonkeyPatch
) -> None:
    await child.press("learn")
    state = replace(await state_of(child), flow=Flow(kind="lesson", topic="gone"), wanted_topic="gone")
    await change(child, **to_json(state))

    def fragile(moment: Moment) -> Turn:
        if moment.state.flow.topic == "gone":
            raise KeyError
        return turn(moment)

    monkeypatch.setattr(module, "turn", fragile)
    assert ids(await say(child, TELLING)) == ["disclosure.self"]


async def test_what_was_learned_is_back_after_the_turn_that_went_without(
    child: Player, monkeypatch: pytest.MonkeyPatch
) -> None:
    await child.press("learn.scam")
    for choice in ("item.skip", "item.skip", *["next"] * 12):
        await child.press(choice)
    learned = (await state_of(child)).learned
    assert learned

    def fragile(moment: Moment) -> Turn:
        if moment.state.learned:
            raise KeyError
        return turn(moment)

    monkeypatch.setattr(module, "turn", fragile)
    await say(child, "chào bạn")
    assert (await state_of(child)).learned == learned
