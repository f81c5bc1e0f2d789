"""Conversations are found by address, numbered without gaps, sealed, and erased for good; on both databases."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from store import conversations, inbox, outbox
from store.conversations import Conversation
from store.database import Database
from store.tables import conversation, message
from store.tables import inbox as inbox_table
from store.tables import outbox as outbox_table
from tests.store.keys import VAULT

pytest_plugins = ("tests.store.databases",)
NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


async def meet(database: Database, address: str = "em", channel: str = "web") -> tuple[Conversation, int]:
    async with database.transaction() as unit:
        return await conversations.upsert(unit, VAULT, channel, address, NOW)


async def rows(database: Database, table: Any) -> list[Any]:
    async with database.reading() as unit:
        return list((await unit.execute(select(table))).all())


async def test_the_same_address_is_the_same_conversation_and_takes_the_next_number(database: Database) -> None:
    (first, one), (again, two), (other, three) = [await meet(database, name) for name in ("em", "em", "bạn")]
    assert (first.id, one, two, three) == (again.id, 1, 2, 1)
    assert other.id != first.id


async def test_the_same_address_on_another_channel_is_somebody_else(database: Database) -> None:
    web, telegram = await meet(database, "42"), await meet(database, "42", "telegram")
    assert web[0].id != telegram[0].id
    async with database.reading() as unit:
        assert await conversations.count(unit) == 2


async def test_an_unknown_address_is_not_made_by_looking(database: Database) -> None:
    async with database.reading() as unit:
        assert await conversations.find(unit, VAULT, "web", "nobody") is None
        assert await conversations.count(unit) == 0


async def test_numbers_have_no_gap_and_no_twin_when_many_write_at_once(database: Database) -> None:
    taken = await asyncio.gather(*(meet(database) for _ in range(20)))
    assert sorted(seq for _, seq in taken) == list(range(1, 21))


async def test_a_fresh_conversation_has_no_state_and_a_saved_one_comes_back(database: Database) -> None:
    held, _ = await meet(database)
    assert held.state is None
    async with database.transaction() as unit:
        await conversations.save_state(unit, held, {"role": "child", "từ": "xoài"}, NOW)
    async with database.reading() as unit:
        assert (await conversations.read(unit, VAULT, held.id)).state == {"role": "child", "từ": "xoài"}


async def test_neither_address_nor_state_stands_in_plain_bytes(database: Database) -> None:
    held, _ = await meet(database, "0912345678")
    async with database.transaction() as unit:
        await conversations.save_state(unit, held, {"text": "bố đánh em"}, NOW)
    (row,) = await rows(database, conversation)
    assert b"0912345678" not in bytes(row.address_sealed) + bytes(row.key_wrapped) + row.address_hash.encode()
    assert "đánh".encode() not in bytes(row.state_sealed)


async def test_the_address_opens_for_sending(database: Database) -> None:
    held, _ = await meet(database, "0912345678")
    async with database.reading() as unit:
        assert await conversations.address_of(unit, VAULT, held.id) == "0912345678"


async def test_a_state_moved_to_another_conversation_does_not_open(database: Database) -> None:
    (one, _), (other, _) = await meet(database, "a"), await meet(database, "b")
    async with database.transaction() as unit:
        await conversations.save_state(unit, one, {"text": "của a"}, NOW)
        sealed = (
            await unit.execute(select(conversation.c.state_sealed).where(conversation.c.id == one.id))
        ).scalar_one()
        await unit.execute(conversation.update().where(conversation.c.id == other.id).values(state_sealed=sealed))
    async with database.reading() as unit:
        found = await conversations.read(unit, VAULT, other.id)
        assert (found.state, found.state_lost) == (None, True)


async def test_the_lock_lets_the_second_one_in_only_after_the_first(database: Database) -> None:
    held, _ = await meet(database)
    order: list[str] = []

    async def work(name: str, pause: float) -> None:
        async with database.transaction() as unit:
            await conversations.lock(unit, VAULT, held.id)
            order.append(f"{name} in")
            await asyncio.sleep(pause)
            order.append(f"{name} out")

    async with asyncio.timeout(10):
        await asyncio.gather(work("a", 0.05), work("b", 0.0))
    assert order in (["a in", "a out", "b in", "b out"], ["b in", "b out", "a in", "a out"])


async def test_what_a_failed_unit_of_work_did_is_gone(database: Database) -> None:
    with pytest.raises(RuntimeError, match="crash"):
        async with database.transaction() as unit:
            await conversations.upsert(unit, VAULT, "web", "em", NOW)
            raise RuntimeError("crash")
    assert await rows(database, conversation) == []


async def test_take_seq_counts_on_from_what_came_in(database: Database) -> None:
    held, seq = await meet(database)
    async with database.transaction() as unit:
        assert [await conversations.take_seq(unit, held.id) for _ in range(3)] == [seq + 1, seq + 2, seq + 3]


# --- erasing -------------------------------------------------------------------------------------------------------


async def talked(database: Database) -> Conversation:
    """Return a conversation with a line of each kind and one row of the inbox still being worked on."""
    async with database.transaction() as unit:
        for number in (1, 2):
            taken = await inbox.take_in(
                unit,
                VAULT,
                channel="telegram",
                address="em",
                external_id=f"m{number}",
                body={"text": f"lời {number}"},
                now=NOW,
            )
        held = await conversations.lock(unit, VAULT, taken.conversation_id)
        await conversations.add_message(unit, held, seq=1, author="child", body={"text": "lời 1"}, at=NOW)
        await conversations.add_message(
            unit, held, seq=2, author="child", body={"text": "lời 2"}, at=NOW, case_id="case"
        )
        await inbox.finish(unit, held.id, (1,))
        await outbox.enqueue(unit, held, kind=outbox.MESSAGE, body={"text": "chào"}, now=NOW)
        await outbox.enqueue(unit, held, kind=outbox.DELETE, body={"ids": ["1"]}, now=NOW)
    return held


async def test_erasing_keeps_only_what_the_law_keeps(database: Database) -> None:
    held = await talked(database)
    async with database.transaction() as unit:
        await conversations.erase(unit, held, person="child")
    assert [row.seq for row in await rows(database, message)] == [2], "the line of a case"


async def test_erasing_leaves_the_words_of_the_other_person_on_the_phone(database: Database) -> None:
    held = await talked(database)
    async with database.transaction() as unit:
        await conversations.add_message(
            unit, held, seq=90, author="child", body={"text": "của mẹ"}, at=NOW, person="parent"
        )
        await conversations.erase(unit, held, person="child")
    assert sorted(row.seq for row in await rows(database, message)) == [2, 90]


async def test_erasing_stops_unsent_words_but_not_the_cleaning_of_the_screen(database: Database) -> None:
    held = await talked(database)
    async with database.transaction() as unit:
        await conversations.erase(unit, held, person="child")
    sent = {row.kind: (row.status, row.body_sealed is None) for row in await rows(database, outbox_table)}
    assert sent == {"message": ("cancelled", True), "delete": ("pending", False)}


async def test_erasing_leaves_the_row_at_work_so_that_it_is_never_taken_for_a_new_one(database: Database) -> None:
    held = await talked(database)
    async with database.transaction() as unit:
        await conversations.erase(unit, held, person="child")
        again = await inbox.take_in(
            unit, VAULT, channel="telegram", address="em", external_id="m1", body={"text": "x"}, now=NOW
        )
    assert (again.seq, again.repeated) == (1, True)
    by_seq = {row.seq: (row.status, row.body_sealed is None) for row in await rows(database, inbox_table)}
    assert by_seq == {1: ("done", True), 2: ("pending", False)}


async def test_another_conversation_is_not_touched_by_erasing(database: Database) -> None:
    held, _ = await meet(database, "a")
    other, _ = await meet(database, "b")
    async with database.transaction() as unit:
        await conversations.add_message(unit, other, seq=1, author="child", body={"text": "b"}, at=NOW)
        await conversations.erase(unit, held, person="child")
    assert [row.conversation_id for row in await rows(database, message)] == [other.id]
