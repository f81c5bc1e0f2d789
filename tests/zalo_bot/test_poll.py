import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
import structlog

from bot.channels.port import Received
from bot.channels.zalo_bot import poll as polling
from bot.channels.zalo_bot.poll import Poller
from bot.channels.zalo_bot.request import BotApi
from bot.channels.zalo_bot.spool import Spool
from store.vault import Vault
from tests.channels import faults
from tests.channels.inbox import Inbox, until
from tests.zalo_bot.bot_server import ZaloBotServer

LAN, MAI = "6ede", "7fab"
Running = Callable[[], AbstractAsyncContextManager[Poller]]


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "_SHORTEST_WAIT", 0.01)
    monkeypatch.setattr(polling, "_LONGEST_WAIT", 0.05)
    monkeypatch.setattr(polling, "POLL_SECONDS", 1)


@pytest.fixture
def spool(tmp_path: Path, vault: Vault) -> Spool:
    return Spool(tmp_path / "zalo_bot", vault)


@pytest.fixture
def running(api: BotApi, inbox: Inbox, spool: Spool) -> Running:
    @asynccontextmanager
    async def run() -> AsyncIterator[Poller]:
        stop, poller = asyncio.Event(), Poller(api, inbox, spool)
        task = asyncio.create_task(poller.run(stop))
        try:
            yield poller
        finally:
            stop.set()
            await poller.finish()
            await task

    return run


def _kept(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "zalo_bot").glob("*"))


@pytest.mark.parametrize("flat", [False, True])
async def test_what_children_write_comes_in(server: ZaloBotServer, inbox: Inbox, running: Running, flat: bool) -> None:
    server.flat = flat
    server.says(LAN, "một")
    async with running():
        server.says(MAI, "hai")
        server.deliver(server.event(LAN, "image", photo="https://z/a.jpg", caption="ba"))
        server.deliver(server.event(MAI, "unsupported"))
        await inbox.holds(5)
    assert {(found.address, found.text, found.attachment) for found in inbox.received} == {
        (LAN, "một", None), (MAI, "hai", None), (LAN, "ba", None), (LAN, None, "picture"), (MAI, None, "unreadable"),
    }  # fmt: skip
    assert server.calls_of("getUpdates")[0] == {"timeout": 1}
    assert server.violations == []


async def test_an_idle_poll_is_no_failure(server: ZaloBotServer, inbox: Inbox, running: Running) -> None:
    with structlog.testing.capture_logs() as logs:
        async with running():
            await until(lambda: len(server.calls_of("getUpdates")) >= 3)
            server.says(LAN, "a")
            await inbox.holds(1)
    assert logs == []


async def test_groups_get_nothing(server: ZaloBotServer, inbox: Inbox, running: Running) -> None:
    server.deliver(server.event("g1", text="cả lớp", chat_type="GROUP"))
    server.says(LAN, "một mình")
    async with running():
        await inbox.holds(1)
    assert inbox.texts == ["một mình"]


@pytest.mark.parametrize(
    "fault",
    [
        faults.quota(),
        faults.refused(401, status=401),
        faults.refused(403),
        faults.bad_gateway(),
        faults.cut(),
        faults.nonsense(b"<html>"),
        faults.nonsense(b'{"ok": true, "result": 5}'),
        faults.nonsense(b'{"ok": true}'),
        faults.nonsense(b'{"ok": true, "result": {"event_name": [], "message": 5}}'),
    ],
)
async def test_polling_goes_on_whatever_zalo_does(
    server: ZaloBotServer, inbox: Inbox, running: Running, fault: faults.Fault
) -> None:
    server.fail_next("getUpdates", fault, times=3)
    server.says(LAN, "a")
    async with running():
        await inbox.holds(1)
    assert inbox.texts == ["a"]


async def test_empty_answers_that_come_at_once_are_not_asked_for_without_pause(
    server: ZaloBotServer, running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling, "_SHORTEST_WAIT", 0.2)
    monkeypatch.setattr(polling, "_LONGEST_WAIT", 0.2)
    server.fail_next("getUpdates", faults.nonsense(b'{"ok": true, "result": {}}'), times=1000)
    async with running():
        await asyncio.sleep(0.5)
    assert len(server._faults["getUpdates"]) > 950


async def test_a_message_that_cannot_be_stored_holds_back_its_own_chat_alone(
    server: ZaloBotServer, inbox: Inbox, running: Running, tmp_path: Path
) -> None:
    inbox.refuses = lambda received: received.text == "poison"
    with structlog.testing.capture_logs() as logs:
        async with running():
            for chat, text in ((LAN, "poison"), (LAN, "after"), (MAI, "one"), (MAI, "two")):
                server.says(chat, text)
            await inbox.holds(2)
            assert inbox.texts == ["one", "two"]
            await until(lambda: len(_kept(tmp_path)) == 2)
            inbox.refuses = lambda _: False
            await inbox.holds(4)
            await until(lambda: _kept(tmp_path) == [])
    assert inbox.texts == ["one", "two", "poison", "after"]
    assert {line["event"] for line in logs} == {"zalo_bot.ingest_failed"}
    assert "bố đánh em" not in str(logs)


async def test_what_was_handed_out_and_not_stored_outlives_the_process(
    server: ZaloBotServer, api: BotApi, spool: Spool, inbox: Inbox, running: Running, tmp_path: Path
) -> None:
    """Zalo gives each event once: without the disk a database that is away would cost every one of them."""

    async def never(_: str, __: Received) -> None:
        await asyncio.Event().wait()

    for text in ("một", "hai", "ba"):
        server.says(LAN, text)
    server.says(MAI, "bốn")
    dying = asyncio.create_task(Poller(api, never, spool).run(asyncio.Event()))
    await until(lambda: len(_kept(tmp_path)) == 4)
    dying.cancel()  # as near to a kill as one process comes
    await asyncio.gather(dying, return_exceptions=True)
    for name in _kept(tmp_path):
        raw = (tmp_path / "zalo_bot" / name).read_bytes()
        assert "một".encode() not in raw
        assert LAN.encode() not in raw
    async with running():
        server.says(LAN, "năm")
        await inbox.holds(5)
        await until(lambda: _kept(tmp_path) == [])
    assert [found.text for found in inbox.received if found.address == LAN] == ["một", "hai", "ba", "năm"]


async def test_a_stop_waits_for_the_call_under_way(server: ZaloBotServer, inbox: Inbox, running: Running) -> None:
    async with running():
        await until(lambda: bool(server.calls_of("getUpdates")))
        asyncio.get_running_loop().call_later(0.3, lambda: server.says(LAN, "im letzten Augenblick"))
    assert inbox.texts == ["im letzten Augenblick"] or server.pending


async def test_a_disk_that_fails_costs_nothing_while_the_process_lives(
    server: ZaloBotServer, api: BotApi, inbox: Inbox, vault: Vault, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("not a folder")
    stop, poller = asyncio.Event(), Poller(api, inbox, Spool(tmp_path / "file" / "zalo_bot", vault))
    inbox.failures = 2
    server.says(LAN, "a")
    with structlog.testing.capture_logs() as logs:
        task = asyncio.create_task(poller.run(stop))
        await inbox.holds(1)
        stop.set()
        await poller.finish()
        await task
    assert next(line["event"] for line in logs if line["log_level"] == "error") == "zalo_bot.not_spooled"


async def test_a_damaged_file_keeps_nobody_back(
    server: ZaloBotServer, inbox: Inbox, running: Running, tmp_path: Path
) -> None:
    (tmp_path / "zalo_bot").mkdir()
    (tmp_path / "zalo_bot" / f"{0:020d}-000000.sealed").write_bytes(b"damaged")
    server.says(LAN, "a")
    with structlog.testing.capture_logs() as logs:
        async with running():
            await inbox.holds(1)
    assert [line["event"] for line in logs] == ["zalo_bot.spool_unreadable"]


async def test_only_so_much_is_fetched_while_nothing_can_be_stored(
    server: ZaloBotServer, inbox: Inbox, running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling, "_MOST_WAITING", 3)
    inbox.refuses = lambda _: True
    for number in range(6):
        server.says(LAN, str(number))
    async with running():
        await until(lambda: len(server.pending) == 3)
        await asyncio.sleep(0.1)
        assert len(server.pending) == 3
        inbox.refuses = lambda _: False
        await inbox.holds(6)
    assert inbox.texts == [str(number) for number in range(6)]


async def test_the_same_event_twice_is_one(server: ZaloBotServer, inbox: Inbox, running: Running) -> None:
    event = server.says(LAN, "a")
    server.deliver(event)
    server.says(LAN, "b")
    async with running():
        await inbox.holds(2)
    assert inbox.texts == ["a", "b"]
