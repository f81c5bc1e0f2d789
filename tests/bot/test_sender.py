"""The sender: in order, again when it failed in passing, set aside when it cannot be, and loud about it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from bot.channels.port import ChannelError, OutgoingMessage
from bot.sender import Sender
from escalation.tables import alert
from store import conversations, outbox
from store.clock import MovableClock
from store.database import Database
from store.tables import outbox as outbox_table
from tests.escalation.hotline import Hotline
from tests.store.keys import VAULT

pytest_plugins = ("tests.store.databases",)


@dataclass
class Messenger:
    """A messenger that fails as told and remembers what it was given."""

    name: str = "telegram"
    failures: list[Exception] = field(default_factory=list)
    got: list[tuple[str, str]] = field(default_factory=list)
    deleted: list[tuple[str, list[str]]] = field(default_factory=list)
    shown: list[OutgoingMessage] = field(default_factory=list)

    async def send(self, address: str, message: OutgoingMessage) -> str | None:
        if self.failures:
            raise self.failures.pop(0)
        self.got.append((address, message.text))
        self.shown.append(message)
        return f"id-{len(self.got)}"

    async def delete(self, address: str, message_ids: Sequence[str]) -> None:
        self.deleted.append((address, list(message_ids)))


@dataclass
class Post:
    """A sender with one messenger, on a database whose time is moved by hand."""

    database: Database
    messenger: Messenger
    clock: MovableClock

    @property
    def sender(self) -> Sender:
        return Sender(
            database=self.database, vault=VAULT, clock=self.clock, channels={self.messenger.name: self.messenger}
        )

    async def say(self, address: str, *texts: str, case_id: str | None = None, channel: str = "telegram") -> str:
        async with self.database.transaction() as unit:
            held, _ = await conversations.upsert(unit, VAULT, channel, address, self.now)
            for text in texts:
                choices = [{"id": "exit", "label": "Thoát nhanh"}]
                body = {"message_id": "x", "text": text, "choices": choices, "name": None, "protect": True}
                seq = await outbox.enqueue(unit, held, kind=outbox.MESSAGE, body=body, now=self.now)
                await conversations.add_message(
                    unit, held, seq=seq, author="bot", body=body, at=self.now, case_id=case_id
                )
        return held.id

    @property
    def now(self) -> datetime:
        return self.clock.now()

    async def send_all(self) -> None:
        while await self.sender.send():
            pass

    async def rows(self, table: Any) -> list[Any]:
        async with self.database.reading() as unit:
            return list((await unit.execute(select(table))).all())

    async def statuses(self) -> list[str]:
        return [row.status for row in sorted(await self.rows(outbox_table), key=lambda row: row.seq)]


@pytest.fixture
def post(database: Database) -> Post:
    return Post(database, Messenger(), MovableClock())


def passing(wait: float | None = None) -> ChannelError:
    return ChannelError("busy", permanent=False, retry_after_seconds=wait)


def permanent() -> ChannelError:
    return ChannelError("blocked", permanent=True)


async def test_texts_arrive_in_order_with_their_buttons(post: Post) -> None:
    await post.say("42", "một", "hai", "ba")
    await post.send_all()
    assert post.messenger.got == [("42", "một"), ("42", "hai"), ("42", "ba")]
    assert [choice.id for choice in post.messenger.shown[0].choices] == ["exit"]
    assert post.messenger.shown[0].protect
    assert await post.statuses() == ["sent"] * 3


async def test_the_messengers_id_is_noted_for_quick_exit(post: Post) -> None:
    await post.say("42", "một")
    await post.send_all()
    assert [row.channel_message_id for row in await post.rows(outbox_table)] == ["id-1"]


@pytest.mark.parametrize("failure", [passing(), passing(3), OSError("network"), RuntimeError("library")])
async def test_a_passing_failure_is_tried_again_and_the_order_holds(post: Post, failure: Exception) -> None:
    post.messenger.failures = [failure]
    await post.say("42", "một", "hai")
    await post.send_all()
    assert post.messenger.got == []
    post.clock.advance(10)
    await post.send_all()
    assert [text for _, text in post.messenger.got] == ["một", "hai"]


async def test_the_messengers_own_wish_to_wait_is_kept(post: Post) -> None:
    post.messenger.failures = [passing(120)]
    await post.say("42", "một")
    await post.send_all()
    post.clock.advance(115)
    await post.send_all()
    assert post.messenger.got == []
    post.clock.advance(10)
    await post.send_all()
    assert post.messenger.got == [("42", "một")]


async def test_one_persons_failure_keeps_nobody_else_waiting(post: Post) -> None:
    post.messenger.failures = [passing(120)]
    await post.say("42", "một")
    await post.say("43", "của bạn")
    await post.send_all()
    assert post.messenger.got == [("43", "của bạn")]


async def test_what_can_never_arrive_is_set_aside_and_the_rest_goes_on(post: Post) -> None:
    post.messenger.failures = [permanent()]
    await post.say("42", "một", "hai")
    await post.send_all()
    assert post.messenger.got == [("42", "hai")]
    assert await post.statuses() == ["parked", "sent"]


async def test_a_text_that_failed_too_often_is_set_aside(post: Post) -> None:
    post.messenger.failures = [passing(0) for _ in range(outbox.MAX_ATTEMPTS)]
    await post.say("42", "một", "hai")
    await post.send_all()
    assert await post.statuses() == ["parked", "sent"]


@pytest.mark.parametrize("failures", [[permanent()], [passing(0)] * outbox.MAX_ATTEMPTS])
async def test_the_counsellor_hears_when_the_child_did_not_receive_it(post: Post, failures: list[Exception]) -> None:
    case_id = await Hotline(post.database).child("em")
    post.messenger.failures = list(failures)
    await post.say("42", "một", case_id=case_id)
    await post.send_all()
    assert [(row.case_id, row.kind) for row in await post.rows(alert)] == [(case_id, "undelivered")]


async def test_what_belongs_to_no_case_alerts_nobody(post: Post) -> None:
    post.messenger.failures = [permanent()]
    await post.say("42", "một")
    await post.send_all()
    assert await post.rows(alert) == []


async def test_a_sender_that_died_between_sending_and_noting_sends_again_and_marks_it(post: Post) -> None:
    await post.say("42", "một")
    async with post.database.transaction() as unit:
        assert await outbox.claim(unit, VAULT, ("telegram",), post.now) is not None  # and dies
    await post.send_all()
    assert post.messenger.got == []
    post.clock.advance(outbox.SENDING_SECONDS + 1)
    await post.send_all()
    assert post.messenger.got == [("42", "một")]
    (row,) = await post.rows(outbox_table)
    assert (row.status, row.maybe_sent) == ("sent", True)


async def test_what_was_cancelled_is_never_sent(post: Post) -> None:
    conversation_id = await post.say("42", "một", "hai")
    async with post.database.transaction() as unit:
        await outbox.cancel_pushes(unit, conversation_id)
    post.clock.advance(3600)
    await post.send_all()
    assert post.messenger.got == []
    assert await post.statuses() == ["cancelled"] * 2


async def test_a_text_cancelled_while_it_waits_for_another_try_is_never_sent(post: Post) -> None:
    post.messenger.failures = [passing(5)]
    conversation_id = await post.say("42", "một")
    await post.send_all()
    async with post.database.transaction() as unit:
        await outbox.cancel_pushes(unit, conversation_id)
    post.clock.advance(3600)
    await post.send_all()
    assert post.messenger.got == []


async def test_a_text_on_its_way_when_exit_came_is_not_tried_again_afterwards(post: Post) -> None:
    """Exit comes while the messenger is being called, and the call fails: nothing about help may be sent later."""
    conversation_id = await post.say("42", "một")
    async with post.database.transaction() as unit:
        assert await outbox.claim(unit, VAULT, ("telegram",), post.now) is not None
        await outbox.cancel_pushes(unit, conversation_id)
    post.clock.advance(3600)
    await post.send_all()
    assert post.messenger.got == []


async def test_the_screen_is_cleaned_of_everything_shown_until_then(post: Post) -> None:
    await post.say("42", "một", "hai")
    async with post.database.transaction() as unit:
        held, _ = await conversations.upsert(unit, VAULT, "telegram", "42", post.now)
        await outbox.enqueue(unit, held, kind=outbox.DELETE, body={"ids": []}, now=post.now)
    await post.say("42", "nói sau")
    await post.send_all()
    assert post.messenger.deleted == [("42", ["id-1", "id-2"])]
    assert await post.statuses() == ["sent"] * 4


async def test_the_web_chats_rows_are_left_to_the_page(post: Post) -> None:
    await post.say("em", "một", channel="web")
    await post.send_all()
    assert post.messenger.got == []
    assert await post.statuses() == ["pending"]
