"""The outbox sends in order, one head of a conversation at a time, at least once; what is cancelled never leaves."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from store import conversations, outbox
from store.database import Database
from store.outbox import Outgoing
from store.tables import outbox as outbox_table
from tests.store.keys import VAULT

pytest_plugins = ("tests.store.databases",)
NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
CHANNELS = ("telegram", "web")


async def say(
    database: Database, address: str, *texts: str, channel: str = "telegram", at: datetime = NOW, **more: Any
) -> str:
    """Write texts for one person; returns the conversation's id."""
    async with database.transaction() as unit:
        held, _ = await conversations.upsert(unit, VAULT, channel, address, at)
        for text in texts:
            await outbox.enqueue(unit, held, kind=outbox.MESSAGE, body={"text": text}, now=at, **more)
    return held.id


async def take(database: Database, now: datetime = NOW, channels: tuple[str, ...] = CHANNELS) -> Outgoing | None:
    async with database.transaction() as unit:
        claimed = await outbox.claim(unit, VAULT, channels, now)
    return None if claimed is None else claimed[0]


async def sent(database: Database, row: Outgoing, now: datetime = NOW) -> None:
    async with database.transaction() as unit:
        await outbox.mark_sent(unit, row.conversation_id, row.seq, now)


async def drain(database: Database, now: datetime = NOW) -> list[str]:
    texts: list[str] = []
    while (row := await take(database, now)) is not None:
        texts.append(row.body["text"])
        await sent(database, row, now)
    return texts


async def test_texts_leave_in_the_order_they_were_said(database: Database) -> None:
    await say(database, "em", "một", "hai", "ba")
    assert await drain(database) == ["một", "hai", "ba"]


async def test_nobody_waits_for_another_conversations_head(database: Database) -> None:
    await say(database, "a", "a1", "a2")
    await say(database, "b", "b1", at=NOW + timedelta(seconds=1))
    later = NOW + timedelta(seconds=2)
    first = await take(database, later)
    second = await take(database, later)
    assert first is not None
    assert second is not None
    assert (first.body["text"], second.body["text"]) == ("a1", "b1")
    assert await take(database, later) is None


async def test_a_text_waits_until_the_one_before_it_is_delivered(database: Database) -> None:
    await say(database, "em", "một", "hai")
    row = await take(database)
    assert row is not None
    assert await take(database) is None
    await sent(database, row)
    following = await take(database)
    assert following is not None
    assert following.body["text"] == "hai"


async def test_a_passing_failure_keeps_later_texts_behind_it(database: Database) -> None:
    await say(database, "em", "một", "hai")
    row = await take(database)
    assert row is not None
    async with database.transaction() as unit:
        assert not await outbox.put_off(unit, row, NOW, wait_seconds=7)
    assert await take(database, NOW + timedelta(seconds=6.9)) is None
    assert await drain(database, NOW + timedelta(seconds=7)) == ["một", "hai"]


async def test_waits_grow_and_end_with_the_row_set_aside(database: Database) -> None:
    await say(database, "em", "một", "hai")
    now, waits = NOW, []
    for _ in range(outbox.MAX_ATTEMPTS):
        row = await take(database, now)
        assert row is not None
        async with database.transaction() as unit:
            parked = await outbox.put_off(unit, row, now)
            due = (await unit.execute(select(outbox_table.c.next_attempt_at).filter_by(seq=row.seq))).scalar_one()
        if not parked:
            waits.append((due - now).total_seconds())
        now = due
    assert parked
    assert waits == sorted(waits)
    assert len(set(waits)) == len(waits)
    assert await drain(database, now) == ["hai"]


async def test_a_parked_text_lets_the_later_ones_go_on(database: Database) -> None:
    conversation_id = await say(database, "em", "một", "hai")
    row = await take(database)
    assert row is not None
    async with database.transaction() as unit:
        await outbox.park(unit, conversation_id, row.seq)
    assert await drain(database) == ["hai"]


async def test_a_text_whose_sender_died_is_sent_again_and_marked(database: Database) -> None:
    await say(database, "em", "một")
    assert await take(database) is not None  # and the process dies here
    assert await take(database, NOW + timedelta(seconds=outbox.SENDING_SECONDS - 1)) is None
    again = await take(database, NOW + timedelta(seconds=outbox.SENDING_SECONDS))
    assert again is not None
    assert (again.body["text"], again.attempts) == ("một", 2)
    async with database.reading() as unit:
        assert (await unit.execute(select(outbox_table.c.maybe_sent))).scalar_one() is True


async def test_a_text_put_off_and_sent_later_is_not_marked_as_maybe_sent(database: Database) -> None:
    await say(database, "em", "một")
    row = await take(database)
    assert row is not None
    async with database.transaction() as unit:
        await outbox.put_off(unit, row, NOW, wait_seconds=1)
    assert await take(database, NOW + timedelta(seconds=1)) is not None
    async with database.reading() as unit:
        assert (await unit.execute(select(outbox_table.c.maybe_sent))).scalar_one() is False


async def test_what_is_cancelled_is_never_sent_and_keeps_no_words(database: Database) -> None:
    conversation_id = await say(database, "em", "một", "hai", push=True)
    await say(database, "bạn", "của bạn")
    async with database.transaction() as unit:
        await outbox.cancel_pushes(unit, conversation_id)
    assert await drain(database, NOW + timedelta(days=1)) == ["của bạn"]
    async with database.reading() as unit:
        mine = await unit.execute(select(outbox_table).where(outbox_table.c.conversation_id == conversation_id))
        assert [(row.status, row.body_sealed) for row in mine] == [("cancelled", None)] * 2


async def test_cancelling_leaves_the_cleaning_of_the_screen(database: Database) -> None:
    async with database.transaction() as unit:
        held, _ = await conversations.upsert(unit, VAULT, "telegram", "em", NOW)
        await outbox.enqueue(unit, held, kind=outbox.DELETE, body={"ids": ["7"]}, now=NOW)
        await outbox.cancel_pushes(unit, held.id)
    row = await take(database)
    assert row is not None
    assert (row.kind, row.body) == ("delete", {"ids": ["7"]})


async def test_a_channel_nobody_runs_here_is_left_to_others(database: Database) -> None:
    await say(database, "em", "một", channel="web")
    assert await take(database, channels=("telegram",)) is None
    assert await take(database, channels=("web",)) is not None


async def test_many_senders_never_take_the_same_text(database: Database) -> None:
    for number in range(8):
        await say(database, f"em {number}", "một", "hai")
    taken = await asyncio.gather(*(take(database) for _ in range(12)))
    keys = [(row.conversation_id, row.seq) for row in taken if row is not None]
    assert len(keys) == len(set(keys)) == 8


async def test_the_messengers_ids_are_kept_so_that_exit_can_delete_what_was_sent(database: Database) -> None:
    async with database.transaction() as unit:
        held, _ = await conversations.upsert(unit, VAULT, "telegram", "em", NOW)
        seq = await outbox.enqueue(unit, held, kind=outbox.MESSAGE, body={"text": "một"}, now=NOW)
        await outbox.mark_sent(unit, held.id, seq, NOW, "4711,4712")
        shown = await outbox.shown_on_channel(unit, held.id, before_seq=seq + 1, since=NOW - timedelta(hours=48))
        too_old = await outbox.shown_on_channel(unit, held.id, before_seq=seq + 1, since=NOW)
    assert (shown, too_old) == (["4711", "4712"], [])


@pytest.mark.parametrize(("unsent_only", "expected"), [(True, ["ba"]), (False, ["hai", "ba"])])
async def test_the_stream_is_given_pushes_after_a_number(
    database: Database, unsent_only: bool, expected: list[str]
) -> None:
    conversation_id = await say(database, "em", "một", "hai", "ba", channel="web", push=True)
    await say(database, "em", "câu trả lời", channel="web", answers=1)
    async with database.transaction() as unit:
        held = await conversations.read(unit, VAULT, conversation_id)
        first, second = 2, 3  # number 1 is the child's own message
        await outbox.mark_sent(unit, conversation_id, first, NOW)
        await outbox.mark_sent(unit, conversation_id, second, NOW)
        pushes = await outbox.pushes_after(unit, held, first, unsent_only=unsent_only)
    assert [row.body["text"] for row in pushes] == expected


async def test_the_replies_of_a_turn_are_those_that_answer_it(database: Database) -> None:
    conversation_id = await say(database, "em", "một", "hai", channel="web", answers=1)
    await say(database, "em", "sau", channel="web", answers=9)
    async with database.reading() as unit:
        held = await conversations.read(unit, VAULT, conversation_id)
        replies = await outbox.replies_to(unit, held, 1)
    assert [row.body["text"] for row in replies] == ["một", "hai"]
