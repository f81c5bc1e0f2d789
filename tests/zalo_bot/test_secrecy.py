"""Neither the token, nor a child's words, nor a chat's id may stand in a log line, an error or on the terminal."""

import asyncio
import logging
import traceback
from pathlib import Path

import pytest
import structlog

from bot.channels.port import ChannelError, OutgoingChoice, OutgoingMessage
from bot.channels.wire import WireError
from bot.channels.zalo_bot import poll as polling
from bot.channels.zalo_bot.errors import RefusedError, as_channel_error
from bot.channels.zalo_bot.poll import Poller
from bot.channels.zalo_bot.request import BotApi
from bot.channels.zalo_bot.send import ZaloBotChannel
from bot.channels.zalo_bot.setup import prepare
from bot.channels.zalo_bot.spool import Spool
from store.vault import Vault
from tests.channels import faults
from tests.channels.inbox import Inbox
from tests.zalo_bot.bot_server import NAME, ZaloBotServer

CHAT = "6edecanary"
SECRET = "a-Secret_2026"
CHILD = "bố đánh em"
COUNSELLOR = "cô ở đây với em"
TROUBLE = [
    faults.quota(),
    faults.refused(400, f"{COUNSELLOR} {CHAT}"),
    faults.refused(403, f"{CHILD} {COUNSELLOR}"),
    faults.refused(401, "Unauthorized", status=401),
    faults.bad_gateway(),
    faults.nonsense(f"{CHILD} {COUNSELLOR}".encode()),
    faults.cut(),
    faults.answer_lost(),
]


async def _everything_that_goes_wrong(server: ZaloBotServer, inbox: Inbox, vault: Vault, folder: Path) -> list[str]:
    """Run the whole channel through all its trouble; returns the errors that came out, as they would be printed."""
    errors: list[str] = []
    api = BotApi(server.token, server.url)
    channel = ZaloBotChannel(api, frozenset({400}))
    server.says(CHAT, CHILD)
    for fault in TROUBLE:
        server.fail_next("setWebhook", fault)
        server.fail_next("sendMessage", fault)
        server.fail_next("getUpdates", fault)
        try:
            await prepare(api, "https://khien.example", SECRET)
        except (RefusedError, WireError) as error:
            errors += ["".join(traceback.format_exception(error)), str(as_channel_error(error, frozenset()))]
        try:
            choices = (OutgoingChoice(id="a", label="a", number=1),)
            await channel.send(CHAT, OutgoingMessage(text=COUNSELLOR, choices=choices))
        except ChannelError as error:
            errors.append("".join(traceback.format_exception(error)))
    server.webhook = ""
    inbox.failures = 1
    folder.mkdir()
    (folder / "0-0.sealed").write_bytes(b"damaged")
    stop, poller = asyncio.Event(), Poller(api, inbox, Spool(folder, vault))
    polling = asyncio.create_task(poller.run(stop))
    server.says(CHAT, CHILD)
    await inbox.holds(1)
    stop.set()
    await poller.finish()
    await polling
    errors += [repr(api), repr(channel), repr(poller)]
    gone = BotApi(server.token, "http://127.0.0.1:9")
    with pytest.raises(ChannelError) as caught:
        await ZaloBotChannel(gone, frozenset()).send(CHAT, OutgoingMessage(text=COUNSELLOR))
    errors.append("".join(traceback.format_exception(caught.value)))
    await gone.close()
    await api.close()
    return errors


async def test_nothing_secret_is_written_down(
    server: ZaloBotServer,
    inbox: Inbox,
    vault: Vault,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(polling, "_LONGEST_WAIT", 0.05)
    caplog.set_level(logging.DEBUG)
    with structlog.testing.capture_logs() as lines:
        errors = await _everything_that_goes_wrong(server, inbox, vault, tmp_path / "spool")
    assert len(errors) > 15
    assert {line["event"] for line in lines} >= {"zalo_bot.ingest_failed", "zalo_bot.polling_failed"}
    printed = capfd.readouterr()
    everything = "\n".join((*errors, str(lines), caplog.text, printed.out, printed.err))
    secrets = (server.token, server.token.split(":")[1], SECRET, CHILD, COUNSELLOR, CHAT, NAME)
    assert [word for word in secrets if word in everything] == []
