"""Talk outside a case is erased after thirty days; a case's talk, and every row's number, stay; on both databases."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from store import conversations, inbox, outbox, retention
from store.database import Database
from store.tables import inbox as inbox_table
from store.tables import message
from store.tables import outbox as outbox_table
from tests.store.keys import VAULT

pytest_plugins = ("tests.store.databases",)
NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


async def written(database: Database, age: timedelta) -> None:
    """Write a line outside a case, one inside, and a row of each queue, all of this age."""
    at = NOW - age
    async with database.transaction() as unit:
        taken = await inbox.take_in(
            unit, VAULT, channel="web", address="em", external_id="m1", body={"text": "em"}, now=at
        )
        held = await conversations.lock(unit, VAULT, taken.conversation_id)
        await conversations.add_message(unit, held, seq=1, author="child", body={"text": "em"}, at=at)
        await conversations.add_message(unit, held, seq=90, author="child", body={"text": "em"}, at=at, case_id="c")
        for number in range(2):
            seq = await outbox.enqueue(unit, held, kind=outbox.MESSAGE, body={"text": str(number)}, now=at)
        await outbox.mark_sent(unit, held.id, seq, at)
        await unit.execute(update(inbox_table).values(status="parked"))


@pytest.mark.parametrize(("days", "kept"), [(29.99, True), (30.01, False)])
async def test_only_what_is_older_than_promised_is_erased(database: Database, days: float, kept: bool) -> None:
    await written(database, timedelta(days=days))
    async with database.transaction() as unit:
        removed = await retention.purge(unit, NOW)
        lines = {row.seq for row in await unit.execute(select(message))}
        sent = [(row.status, row.body_sealed is not None) for row in await unit.execute(select(outbox_table))]
        parked = (await unit.execute(select(inbox_table))).one()
    assert lines == ({1, 90} if kept else {90})
    assert sorted(sent) == ([("pending", True), ("sent", True)] if kept else [("cancelled", False), ("sent", False)])
    assert (parked.body_sealed is not None) is kept
    assert (removed.messages, removed.outgoing, removed.parked) == ((0, 0, 0) if kept else (1, 2, 1))


async def test_a_purged_message_is_still_known_and_never_taken_for_a_new_one(database: Database) -> None:
    await written(database, timedelta(days=31))
    async with database.transaction() as unit:
        await retention.purge(unit, NOW)
        again = await inbox.take_in(
            unit, VAULT, channel="web", address="em", external_id="m1", body={"text": "em"}, now=NOW
        )
    assert again.repeated


async def test_purging_twice_removes_nothing_more(database: Database) -> None:
    await written(database, timedelta(days=31))
    async with database.transaction() as unit:
        await retention.purge(unit, NOW)
        assert await retention.purge(unit, NOW) == retention.Purged(messages=0, outgoing=0, parked=0)
