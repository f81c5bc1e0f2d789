import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest
import structlog
from telegram import Bot

from bot.channels.port import OutgoingChoice, OutgoingMessage
from bot.channels.telegram import poll as polling
from bot.channels.telegram.poll import poll
from bot.channels.telegram.send import TelegramChannel
from tests.telegram import faults
from tests.telegram.bot_api_server import BotApiServer
from tests.telegram.conftest import Inbox, until

LAN, MAI = 42, 43
Running = Callable[[], AbstractAsyncContextManager[None]]


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "_SHORTEST_WAIT", 0.01)
    monkeypatch.setattr(polling, "_LONGEST_WAIT", 0.02)


@pytest.fixture
def running(bot: Bot, inbox: Inbox) -> Running:
    @asynccontextmanager
    async def run() -> AsyncIterator[None]:
        stop = asyncio.Event()
        task = asyncio.create_task(poll(bot, inbox, stop))
        try:
            yield
        finally:
            stop.set()
            async with asyncio.timeout(2):
                await task

    return run


async def test_what_children_write_comes_in(server: BotApiServer, inbox: Inbox, running: Running) -> None:
    await server.user_says(LAN, "một")
    async with running():
        await inbox.holds(1)
        await server.user_says(MAI, "hai")
        await server.user_sends_photo(LAN, caption="ba")
        changed = server.messages(LAN)[0].message_id
        await server.edit(LAN, changed, "bốn")
        await inbox.holds(5)
    assert [(found.address, found.text, found.attachment, found.edited) for found in inbox.received] == [
        ("42", "một", None, False),
        ("43", "hai", None, False),
        ("42", "ba", None, False),
        ("42", None, "picture", False),
        ("42", "bốn", None, True),
    ]
    assert inbox.received[0].message_id == str(changed)
    assert server.violations == []


async def test_the_wire_is_what_telegram_documents(server: BotApiServer, inbox: Inbox, running: Running) -> None:
    async with running():
        await until(lambda: bool(server.calls_of("getUpdates")))
    assert server.calls_of("getUpdates") == [
        {"timeout": 25, "allowed_updates": ["message", "edited_message", "callback_query", "my_chat_member"]}
    ]
    assert inbox.received == []


async def test_a_press_is_stored_and_then_answered(
    server: BotApiServer, inbox: Inbox, running: Running, channel: TelegramChannel
) -> None:
    await server.user_says(LAN, "/start")
    async with running():
        await inbox.holds(1)
        choices = (OutgoingChoice(id="learn", label="Học"),)
        await channel.send(str(LAN), OutgoingMessage(text="Chào", choices=choices))
        await server.wait_for(LAN, lambda shown: "learn" in shown.choices)
        query = await server.user_presses(LAN, "learn")
        await inbox.holds(2)
        await until(lambda: server.answered == [query])
    assert [found.choice for found in inbox.received] == ["menu", "learn"]
    assert server.violations == []


async def test_a_press_that_cannot_be_answered_is_stored(
    server: BotApiServer, inbox: Inbox, running: Running, channel: TelegramChannel
) -> None:
    await server.user_says(LAN, "a")
    await channel.send(str(LAN), OutgoingMessage(text="b", choices=(OutgoingChoice(id="exit", label="Thoát"),)))
    server.fail_next("answerCallbackQuery", faults.status(400, "Bad Request: query is too old"))
    await server.user_presses(LAN, "exit")
    async with running():
        await inbox.holds(2)
        await server.user_says(LAN, "c")
        await inbox.holds(3)


async def test_a_slow_answer_to_a_press_holds_nobody_up(
    server: BotApiServer, inbox: Inbox, running: Running, channel: TelegramChannel
) -> None:
    await server.user_says(LAN, "a")
    await channel.send(str(LAN), OutgoingMessage(text="b", choices=(OutgoingChoice(id="exit", label="Thoát"),)))
    server.fail_next("answerCallbackQuery", faults.answer_late(3))
    await server.user_presses(LAN, "exit")
    async with asyncio.timeout(1), running():
        await server.user_says(MAI, "c")
        await inbox.holds(3)


async def test_groups_get_nothing(server: BotApiServer, inbox: Inbox, running: Running) -> None:
    await server.user_says(-5, "cả lớp")
    await server.user_says(LAN, "một mình")
    async with running():
        await inbox.holds(1)
    assert inbox.texts == ["một mình"]


async def test_nothing_is_confirmed_before_it_is_stored(server: BotApiServer, bot: Bot) -> None:
    update = await server.user_says(LAN, "bố đánh em")

    async def never(_: str, __: object) -> None:
        await asyncio.Event().wait()

    task = asyncio.create_task(poll(bot, never, asyncio.Event()))
    await until(lambda: bool(server.calls_of("getUpdates")))
    await asyncio.sleep(0.05)
    task.cancel()  # as near to a kill as one process comes
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [values.get("offset") for values in server.calls_of("getUpdates")] == [None]
    assert server.updates.pending == [update]


async def test_after_a_kill_everything_comes_and_nothing_twice(
    server: BotApiServer, bot: Bot, inbox: Inbox, running: Running
) -> None:
    for n in range(5):
        await server.user_says(LAN, str(n))
    inbox_of_a_process_that_dies = asyncio.create_task(poll(bot, inbox, asyncio.Event()))
    await inbox.holds(3)
    inbox_of_a_process_that_dies.cancel()
    await asyncio.gather(inbox_of_a_process_that_dies, return_exceptions=True)
    async with running():
        await inbox.holds(5)
    assert inbox.texts == ["0", "1", "2", "3", "4"]


async def test_a_failing_inbox_is_tried_again_in_order(server: BotApiServer, inbox: Inbox, running: Running) -> None:
    inbox.failures = 4
    for n in range(3):
        await server.user_says(LAN, str(n))
    with structlog.testing.capture_logs() as logs:
        async with running():
            await inbox.holds(3)
            await until(lambda: not server.updates.pending)
    assert inbox.texts == ["0", "1", "2"]
    assert {line["event"] for line in logs} == {"telegram.ingest_failed"}
    assert "words of a child" not in str(logs)


async def test_a_message_that_cannot_be_stored_holds_back_its_own_chat_alone(
    server: BotApiServer, inbox: Inbox, running: Running
) -> None:
    inbox.refuses = lambda received: received.text == "poison"
    await server.user_says(LAN, "poison")
    await server.user_says(LAN, "after")
    await server.user_says(MAI, "one")
    async with running():
        await inbox.holds(1)
        await server.user_says(MAI, "two")
        await inbox.holds(2)
        assert inbox.texts == ["one", "two"]
        offered = [name for name in inbox.offered if name == inbox.received[0].external_id]
        assert len(offered) == 1
        inbox.refuses = lambda _: False
        await inbox.holds(4)
        await until(lambda: not server.updates.pending)
    assert inbox.texts == ["one", "two", "poison", "after"]


@pytest.mark.parametrize(
    "fault",
    [
        faults.flood(0),
        faults.status(500),
        faults.bad_gateway(),
        faults.status(409, "Conflict: terminated by other getUpdates request"),
        faults.status(401, "Unauthorized"),
        faults.cut(),
        faults.nonsense(b"<html>"),
        faults.nonsense(b'{"ok": true, "result": 5}'),
        faults.nonsense(b'{"ok": true, "result": [5, {"update_id": "x"}, null]}'),
        faults.nonsense(b'{"ok": true}'),
        faults.answer_lost(),
    ],
)
async def test_polling_goes_on_whatever_telegram_does(
    server: BotApiServer, inbox: Inbox, running: Running, fault: faults.Fault
) -> None:
    server.fail_next("getUpdates", fault, times=3)
    await server.user_says(LAN, "a")
    async with running():
        await inbox.holds(1)
    assert inbox.texts == ["a"]


async def test_a_wish_of_telegram_is_kept(
    server: BotApiServer, inbox: Inbox, running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    pause = polling._pause

    async def noting(stop: asyncio.Event, seconds: float) -> None:
        pauses.append(seconds)
        await pause(stop, 0)

    monkeypatch.setattr(polling, "_pause", noting)
    server.fail_next("getUpdates", faults.flood(7))
    await server.user_says(LAN, "a")
    async with running():
        await inbox.holds(1)
    assert pauses == [7.0]


async def test_an_update_that_cannot_be_parsed_is_passed(server: BotApiServer, inbox: Inbox, running: Running) -> None:
    server.deliver(server.updates.make("message", {"from": 5}))
    server.deliver(server.updates.make("hologram", {"of": "tomorrow"}))
    server.deliver(server.updates.make("callback_query", {"data": []}))
    await server.user_says(LAN, "a")
    async with running():
        await inbox.holds(1)
        await until(lambda: not server.updates.pending)
    assert inbox.texts == ["a"]


async def test_the_same_update_twice_is_one(server: BotApiServer, inbox: Inbox, running: Running) -> None:
    update = await server.user_says(LAN, "a")
    server.deliver(update)
    async with running():
        await inbox.holds(1)
        await until(lambda: not server.updates.pending)
        server.deliver(update)
        await server.user_says(LAN, "b")
        await inbox.holds(2)
    assert inbox.texts == ["a", "b"]


async def test_updates_out_of_order_are_put_in_order(server: BotApiServer, inbox: Inbox, running: Running) -> None:
    await server.user_says(LAN, "a")
    await server.user_says(LAN, "b")
    server.updates.pending.reverse()
    async with running():
        await inbox.holds(2)
    assert inbox.texts == ["a", "b"]


async def test_numbers_that_begin_anew_after_a_quiet_week(
    server: BotApiServer, inbox: Inbox, running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling, "_LONG_POLL", 0)
    old = await server.user_says(LAN, "a")
    async with running():
        await inbox.holds(1)
        await until(lambda: not server.updates.pending)
        await until(lambda: "offset" not in server.calls_of("getUpdates")[-1])
        late = await server.user_says(LAN, "b")
        late["update_id"] = old["update_id"] - 500
        await inbox.holds(2)
    assert inbox.texts == ["a", "b"]


async def test_stopping_does_not_wait_for_the_long_poll(server: BotApiServer, running: Running) -> None:
    async with asyncio.timeout(1), running():
        await until(lambda: bool(server.calls_of("getUpdates")))


async def test_a_poller_that_is_stopped_asks_nothing(server: BotApiServer, bot: Bot, inbox: Inbox) -> None:
    stop = asyncio.Event()
    stop.set()
    await poll(bot, inbox, stop)
    assert server.calls_of("getUpdates") == []
