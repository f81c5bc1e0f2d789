"""A timer rings once, when it is due, as one more event in the order of its conversation; on both databases."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from store import conversations, inbox, timers
from store.database import Database
from store.tables import inbox as inbox_table
from tests.store.keys import VAULT

pytest_plugins = ("tests.store.databases",)
NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


async def meet(database: Database, address: str = "em") -> str:
    async with database.transaction() as unit:
        held, _ = await conversations.upsert(unit, VAULT, "web", address, NOW)
    return held.id


async def set_timer(database: Database, conversation_id: str, name: str, seconds: float) -> None:
    async with database.transaction() as unit:
        await timers.set_timer(unit, conversation_id, name, NOW + timedelta(seconds=seconds))


async def ring_all(database: Database, now: datetime) -> list[str]:
    """Ring everything that is due; returns the names in the order in which turns will read them."""
    for _ in range(20):
        async with database.transaction() as unit:
            if not await timers.ring_one(unit, VAULT, now):
                break
    async with database.reading() as unit:
        rows = (await unit.execute(select(inbox_table).order_by(inbox_table.c.seq))).all()
        names = []
        for row in rows:
            held = await conversations.read(unit, VAULT, row.conversation_id)
            names.append(held.sealer.open(inbox.inbox_place(row.seq), row.body_sealed)["name"])
        return names


@pytest.mark.parametrize(("seconds", "rings"), [(-1, True), (0, True), (1, False)])
async def test_a_timer_rings_when_it_is_due_and_not_before(database: Database, seconds: int, rings: bool) -> None:
    await set_timer(database, await meet(database), "waiting.2", seconds)
    assert await ring_all(database, NOW) == (["waiting.2"] if rings else [])


async def test_timers_ring_in_the_order_of_their_time(database: Database) -> None:
    conversation_id = await meet(database)
    for name, seconds in (("late", 30), ("early", 10), ("middle", 20)):
        await set_timer(database, conversation_id, name, seconds)
    assert await ring_all(database, NOW + timedelta(minutes=1)) == ["early", "middle", "late"]


async def test_a_timer_rings_once(database: Database) -> None:
    await set_timer(database, await meet(database), "context", 0)
    await ring_all(database, NOW)
    assert await ring_all(database, NOW + timedelta(days=1)) == ["context"]


async def test_setting_a_timer_again_moves_it(database: Database) -> None:
    conversation_id = await meet(database)
    await set_timer(database, conversation_id, "context", 10)
    await set_timer(database, conversation_id, "context", 60)
    assert await ring_all(database, NOW + timedelta(seconds=30)) == []
    assert await ring_all(database, NOW + timedelta(seconds=60)) == ["context"]


async def test_a_timer_that_rang_can_be_set_for_another_time(database: Database) -> None:
    conversation_id = await meet(database)
    await set_timer(database, conversation_id, "context", 10)
    await ring_all(database, NOW + timedelta(seconds=10))
    await set_timer(database, conversation_id, "context", 20)
    assert await ring_all(database, NOW + timedelta(seconds=20)) == ["context", "context"]


async def test_a_cancelled_timer_stays_silent_and_cancelling_nothing_is_no_mistake(database: Database) -> None:
    conversation_id = await meet(database)
    await set_timer(database, conversation_id, "context", 0)
    async with database.transaction() as unit:
        await timers.cancel(unit, conversation_id, "context")
        await timers.cancel(unit, conversation_id, "never.set")
    assert await ring_all(database, NOW) == []


async def test_many_who_ring_at_once_ring_each_timer_once(database: Database) -> None:
    for number in range(6):
        await set_timer(database, await meet(database, f"em {number}"), "context", 0)

    async def ring() -> bool:
        async with database.transaction() as unit:
            return await timers.ring_one(unit, VAULT, NOW)

    async with asyncio.timeout(20):
        rang = await asyncio.gather(*(ring() for _ in range(10)))
    assert sum(rang) == 6
    assert await ring_all(database, NOW) == ["context"] * 6


async def test_a_ring_whose_unit_of_work_dies_rings_again(database: Database) -> None:
    await set_timer(database, await meet(database), "context", 0)
    with pytest.raises(RuntimeError, match="crash"):
        async with database.transaction() as unit:
            await timers.ring_one(unit, VAULT, NOW)
            raise RuntimeError("crash")
    assert await ring_all(database, NOW) == ["context"]
