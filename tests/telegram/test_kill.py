"""A process that polls is killed in the middle of its work, again and again: no child's message may be lost."""

import asyncio
import sys
from pathlib import Path

from tests.telegram.bot_api_server import BotApiServer
from tests.telegram.conftest import until

LAN, MAI = 42, 43
MESSAGES = 60

# Stores each message for good, on disk, before it returns; slowly, so that the kill falls somewhere inside.
_POLLER = """
import asyncio, os, sys
from bot.channels.telegram.poll import poll
from bot.channels.telegram.setup import make_bot

async def main(token, url, path):
    disk = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    async def ingest(channel, received):
        await asyncio.sleep(0.002)
        os.write(disk, f"{received.external_id} {received.address} {received.text}\\n".encode())
        os.fsync(disk)

    async with make_bot(token, url) as bot:
        await poll(bot, ingest, asyncio.Event())

asyncio.run(main(*sys.argv[1:]))
"""


def _lines(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines() if path.exists() else []


async def _holds(path: Path, count: int) -> None:
    await until(lambda: len(set(_lines(path))) >= count)


async def test_nothing_is_lost_and_order_is_kept_at_a_kill(server: BotApiServer, tmp_path: Path) -> None:
    path = tmp_path / "inbox"
    for n in range(MESSAGES):
        await server.user_says((LAN, MAI)[n % 2], str(n))
    for stored in (5, 25, 45, MESSAGES):
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", _POLLER, server.token, server.url, path)
        await _holds(path, stored)
        if stored == MESSAGES:
            await until(lambda: not server.updates.pending)
        else:
            await server.user_says(LAN, f"during {stored}")
        process.kill()
        await process.wait()
    kept = list(dict.fromkeys(_lines(path)))  # as the inbox: the same message twice is one
    said = [line.split(" ", 2)[1:] for line in kept]
    for chat in (LAN, MAI):
        texts = [text for address, text in said if address == str(chat)]
        numbers = [str(n) for n in range(MESSAGES) if (LAN, MAI)[n % 2] == chat]
        assert texts == numbers + ([f"during {stored}" for stored in (5, 25, 45)] if chat == LAN else [])
    assert server.violations == []
