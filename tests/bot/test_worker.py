"""A turn that fails is tried again, then set aside with 111 for the child; nobody else waits for it."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import structlog
from sqlalchemy import select

from bot import worker as module
from bot.effects import EraseAll
from bot.moment import Moment, Turn
from bot.playback import Player, Shown
from bot.turn import turn
from store import conversations, inbox
from store.signals import INBOX
from store.tables import inbox as inbox_table
from store.tables import message, outbox

BOOM = "tin nhắn làm hỏng 0912345678"


@pytest.fixture(autouse=True)
def poisoned(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every turn fail that reads the poisonous words."""

    def fragile(moment: Moment) -> Turn:
        if BOOM in moment.text:
            raise ValueError(moment.text)
        return turn(moment)

    monkeypatch.setattr(module, "turn", fragile)


@pytest.fixture
def logged() -> Iterator[list[structlog.typing.EventDict]]:
    with structlog.testing.capture_logs() as entries:
        yield entries


async def rows(person: Player, table: Any) -> list[Any]:
    async with person.database.reading() as unit:
        return list((await unit.execute(select(table))).all())


async def wait_until_said(person: Player) -> tuple[list[Shown], int]:
    """Let time pass until something is said; returns it and how often the turn was tried."""
    for _ in range(20):
        shown = await person.wait(3)
        if shown:
            break
    (row,) = [row for row in await rows(person, inbox_table) if row.status == "parked"]
    return shown, row.attempts


async def test_after_five_failures_the_child_is_given_111(person: Player) -> None:
    assert await person.say(BOOM) == []
    shown, attempts = await wait_until_said(person)
    assert [message.message_id for message in shown] == ["error.sorry"]
    assert "111" in shown[0].text
    assert attempts == inbox.MAX_ATTEMPTS == 5


async def test_the_request_that_brought_it_gets_the_sorry_words_as_its_reply(person: Player) -> None:
    await person.say(BOOM)
    await wait_until_said(person)
    (sorry,) = await rows(person, outbox)
    assert sorry.answers == 1


async def test_later_messages_go_on_as_if_nothing_had_been(person: Player) -> None:
    await person.say(BOOM)
    await wait_until_said(person)
    shown = await person.say("bố đánh em hoài, em sợ")
    assert shown[0].message_id == "disclosure.self"


async def test_a_disclosure_sent_behind_a_poisonous_message_is_answered_once_that_is_set_aside(person: Player) -> None:
    await person.say(BOOM, "bố đánh em hoài, em sợ")
    shown: list[Shown] = []
    for _ in range(10):
        shown += await person.wait(3)
    assert [message.message_id for message in shown][:2] == ["error.sorry", "disclosure.self"]


async def test_nobody_else_waits_for_a_failing_turn(person: Player) -> None:
    await person.say(BOOM)
    other = Player(worker=person.worker, clock=person.clock, address="another")
    assert [message.message_id for message in await other.say("chào bạn")] == ["onboarding.notice"]


async def test_a_failed_turn_leaves_no_half_of_itself(person: Player, monkeypatch: pytest.MonkeyPatch) -> None:
    await person.press("role.child")
    before = (await rows(person, message), await rows(person, outbox))

    def half(moment: Moment) -> Turn:
        result = turn(moment)
        return replace(result, effects=(*result.effects, EraseAll(person="child"), None))  # type: ignore[arg-type]

    async def dies(*_: Any) -> None:
        raise RuntimeError("crash")

    monkeypatch.setattr(module, "turn", half)
    monkeypatch.setattr(conversations, "save_state", dies)
    await person.press("band.11-14")
    assert (await rows(person, message), await rows(person, outbox)) == before


async def test_a_parked_message_keeps_its_words_sealed_and_no_log_has_them(
    person: Player, logged: list[structlog.typing.EventDict]
) -> None:
    await person.say(BOOM)
    await wait_until_said(person)
    (row,) = [row for row in await rows(person, inbox_table) if row.status == "parked"]
    assert row.body_sealed is not None
    assert BOOM.encode() not in bytes(row.body_sealed)
    assert "0912345678" not in repr(logged)
    assert {entry["event"] for entry in logged} == {"turn_failed", "inbox_row_parked"}


async def test_a_turn_that_fails_once_is_done_the_next_time(person: Player, monkeypatch: pytest.MonkeyPatch) -> None:
    left = [1]

    def once(moment: Moment) -> Turn:
        if left:
            left.pop()
            raise ValueError
        return turn(moment)

    monkeypatch.setattr(module, "turn", once)
    assert await person.say("chào bạn") == []
    assert [message.message_id for message in await person.wait(1)] == ["onboarding.notice"]
    assert await person.wait(10) == []


async def test_a_loop_outlives_its_step_and_stops_when_told(person: Player) -> None:
    stop, calls = asyncio.Event(), []

    async def step() -> bool:
        calls.append(1)
        if len(calls) == 1:
            raise OSError("the database is away")
        if len(calls) == 4:
            stop.set()
        return len(calls) > 1

    async def wake() -> None:
        while not stop.is_set():
            person.database.signals.dispatch(INBOX)
            await asyncio.sleep(0.01)

    async with asyncio.timeout(5):
        await asyncio.gather(module.loop(person.database, step, stop, INBOX), wake())
    assert len(calls) == 4


async def test_purging_happens_at_most_once_an_hour(person: Player) -> None:
    await person.worker.purge()
    first = person.worker.purged_at[-1]
    person.clock.advance(3590)
    await person.worker.purge()
    assert person.worker.purged_at == [first]
    person.clock.advance(20)
    await person.worker.purge()
    assert person.worker.purged_at[-1] > first
