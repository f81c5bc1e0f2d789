"""The process that renews the tokens is killed at every step; what it leaves is healed, or told to a person."""

import asyncio
import signal
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot import doctor
from bot.settings import Settings
from store import messenger_tokens
from store.database import Database
from store.messenger_tokens import BUSY, Trouble
from tests.store.keys import VAULT
from tests.zalo_oa import faults
from tests.zalo_oa.refreshing import STEPS, looking_after
from tests.zalo_oa.server import APP_ID, APP_SECRET, ZaloServer

pytest_plugins = ("tests.store.databases",)
LATER = BUSY.total_seconds() + 1
SETTINGS = Settings(zalo_oa_app_id=APP_ID, zalo_oa_app_secret=SecretStr(APP_SECRET), public_url="https://khien.example")


async def _seed(database: Database, server: ZaloServer) -> None:
    async with database.transaction() as unit:
        await messenger_tokens.put(
            unit,
            VAULT,
            "zalo_oa",
            access=server.access,
            refresh=server.refresh,
            expires_at=datetime.now(UTC) + timedelta(hours=4),
        )


async def _process(url: str, server: ZaloServer, step: str = "none") -> tuple[int | None, str]:
    """Let a process look after the tokens; returns how it ended, and what it may call with at its end."""
    running = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.zalo_oa.refreshing", url, server.url, step,
        cwd=Path(__file__).parents[2], stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    printed, _ = await running.communicate()
    return running.returncode, printed.decode().rstrip().rpartition("\n")[2]


async def _next(database: Database, server: ZaloServer, ahead: float = 0) -> tuple[str, list[Trouble]]:
    """Let the next process look after them; returns what it may call with, and its alarms."""
    alarms: list[Trouble] = []

    async def alarm(trouble: Trouble) -> None:
        alarms.append(trouble)

    async with looking_after(database, server.url, ahead, alarm) as tokens:
        await tokens.look()
        return await tokens.access(), alarms


async def _doctor(database: Database, ahead: float) -> doctor.Finding:
    async with database.reading() as unit:
        now = datetime.now(UTC) + timedelta(seconds=ahead)
        (finding,) = await doctor._zalo_oa(unit, VAULT, SETTINGS, now)
    return finding


@pytest.mark.parametrize("step", STEPS)
async def test_what_a_killed_refresh_leaves_is_healed_or_told(lite: Database, server: ZaloServer, step: str) -> None:
    await _seed(lite, server)
    assert await _process(str(lite.engine.url), server, step) == (-signal.SIGKILL, "")
    was_asked, is_stored = step != "before the call", step == "after the store"
    assert server.refreshes == (["RT-0"] if was_asked else [])
    found = await _doctor(lite, LATER)
    assert found.level == ("ok" if is_stored else "wrong")
    assert is_stored or "its end is not known" in found.words
    # Nobody takes it over while the dead one may still be at it, and nobody calls with what is not stored.
    assert await _next(lite, server) == (server.access if is_stored else "AT-0", [])
    assert len(server.refreshes) == int(was_asked)
    after = await _next(lite, server, LATER)
    if was_asked and not is_stored:
        # Zalo has given a pair that nobody has: only a person can mend that, and is told.
        assert after == ("AT-0", ["refused"])
        assert "refuses the refresh token" in (await _doctor(lite, LATER)).words
    else:
        assert after == (server.access, [])
        assert (await _doctor(lite, LATER)).level == "ok"
        assert server.refreshes == ["RT-0"]


async def test_two_processes_never_refresh_at_once(database: Database, database_url: str, server: ZaloServer) -> None:
    await _seed(database, server)
    server.fail_next("token", faults.answer_late(3.0))
    ended = await asyncio.gather(*(_process(database_url, server) for _ in range(2)))
    assert server.refreshes == ["RT-0"]
    assert [code for code, _ in ended] == [0, 0]
    # One of them may have come when all was done, or have given up waiting: then it knows the pair before.
    assert server.access in [access for _, access in ended]
