"""Wake-ups reach who listens, after the commit and never before, from other processes too."""

import asyncio

import pytest

from store import conversations
from store.clock import SystemClock
from store.database import Database
from store.signals import INBOX, OUTBOX, Signals, case_topic, conversation_topic
from tests.store.keys import VAULT

pytest_plugins = ("tests.store.databases",)
SOON = 0.02


async def test_a_waiter_wakes_for_its_topic_only() -> None:
    signals = Signals()
    with signals.listen(INBOX) as waiter:
        signals.dispatch(OUTBOX)
        assert not await waiter.wait(SOON)
        signals.dispatch(INBOX)
        assert await waiter.wait(SOON)


async def test_a_stir_between_two_waits_is_not_lost() -> None:
    signals = Signals()
    with signals.listen(INBOX, OUTBOX) as waiter:
        signals.dispatch(INBOX)
        signals.dispatch(OUTBOX)
        assert await waiter.wait(SOON)
        assert not await waiter.wait(SOON)


async def test_everyone_who_listens_is_woken() -> None:
    signals = Signals()
    with signals.listen(INBOX) as one, signals.listen(INBOX) as other:
        signals.dispatch(INBOX)
        assert await one.wait(SOON)
        assert await other.wait(SOON)


async def test_who_has_left_is_forgotten_even_after_a_mistake() -> None:
    signals = Signals()
    with pytest.raises(RuntimeError, match="crash"), signals.listen(INBOX):
        raise RuntimeError("crash")
    assert dict(signals._waiters) == {}


def test_topics_of_conversations_and_cases_never_meet() -> None:
    assert conversation_topic("1") != case_topic("1")
    assert conversation_topic("1") != conversation_topic("2")


async def test_a_wake_up_leaves_with_the_commit(database: Database) -> None:
    with database.signals.listen(INBOX) as waiter:
        async with database.transaction() as unit:
            unit.signal(INBOX)
            assert not await waiter.wait(SOON)
        assert await waiter.wait(SOON)


async def test_a_rolled_back_unit_of_work_wakes_nobody(database: Database) -> None:
    with database.signals.listen(INBOX) as waiter:
        with pytest.raises(RuntimeError, match="crash"):
            async with database.transaction() as unit:
                unit.signal(INBOX)
                raise RuntimeError("crash")
        assert not await waiter.wait(SOON)


async def test_another_process_is_woken_on_postgresql(postgres_url: str) -> None:
    here, there = Database(postgres_url), Database(postgres_url)
    await there.open()
    try:
        async with asyncio.timeout(20):
            with there.signals.listen(INBOX) as waiter:
                while True:  # the listener needs a moment to connect
                    async with here.transaction() as unit:
                        unit.signal(INBOX)
                    if await waiter.wait(0.1):
                        break
    finally:
        await here.close()
        await there.close()


async def test_reading_never_waits_for_the_writer(database: Database) -> None:
    async with asyncio.timeout(5), database.transaction() as unit:
        await conversations.upsert(unit, VAULT, "web", "em", SystemClock().now())
        async with database.reading() as other:
            assert await conversations.count(other) == 0


async def test_pages_look_often_while_wake_ups_do_not_arrive_and_at_once_when_they_do_again() -> None:
    signals = Signals()
    seldom = signals.until_next_look()
    signals.hear(hears=False)
    assert signals.until_next_look() < 2 < seldom
    with signals.listen(INBOX) as waiter:
        signals.hear(hears=True)
        assert await waiter.wait(SOON)
        signals.hear(hears=True)
        assert not await waiter.wait(SOON)
    assert signals.until_next_look() > 2
