"""`khien zalo`: connecting an account, seeding its tokens, telling which secret signs; and what the doctor says."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.channels.zalo_oa.signature import Signing
from bot.cli import app
from store import messenger_tokens
from store.clock import SystemClock
from tests.served import Served
from tests.zalo_oa.server import APP_ID, APP_SECRET, OA_ID, OA_SECRET, ZaloServer

runner = CliRunner()
VERIFIER = "v" * 43


@dataclass(frozen=True, slots=True, kw_only=True)
class Console:
    """A folder of the product, and Zalo."""

    product: Served
    server: ZaloServer

    async def run(self, *arguments: str, stdin: str = "") -> tuple[int, str, str]:
        """Run a command; returns its exit code and what it wrote."""
        # In a thread of its own: Zalo answers in this one.
        result = await asyncio.to_thread(runner.invoke, app, list(arguments), input=stdin)
        return result.exit_code, result.stdout, result.stderr

    async def finding(self) -> dict[str, Any]:
        """Return what the doctor says of the account."""
        _, printed, _ = await self.run("doctor", "--json")
        (found,) = [one for one in json.loads(printed) if one["what"] == "zalo_oa"]
        return dict(found)


@pytest.fixture
async def console(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Console]:
    async with ZaloServer() as server:
        settings = {
            "KHIEN_ZALO_OA_APP_ID": APP_ID,
            "KHIEN_ZALO_OA_APP_SECRET": APP_SECRET,
            "KHIEN_ZALO_OA_WEBHOOK_SECRET": OA_SECRET,
            "KHIEN_ZALO_OA_ID": OA_ID,
            "KHIEN_ZALO_OA_CODE_VERIFIER": VERIFIER,
            "KHIEN_ZALO_OA_BASE_URL": server.url,
            "KHIEN_ZALO_OA_OAUTH_URL": server.url,
        }
        monkeypatch.chdir(tmp_path)
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        yield Console(product=Served(folder=tmp_path), server=server)
        assert server.problems == []


async def test_a_refresh_token_of_the_api_explorer_is_changed_and_stored(console: Console) -> None:
    assert (await console.finding())["level"] == "wrong"
    code, printed, told = await console.run("zalo", "token", "--refresh-token-stdin", "--json", stdin="RT-0\n")
    assert (code, json.loads(printed)["connected"]) == (0, True)
    assert "RT-" not in printed + told
    async with console.product.opened() as (database, vault), database.reading() as unit:
        pair = await messenger_tokens.read(unit, vault, "zalo_oa")
    assert pair is not None
    assert (pair.access, pair.refresh) == (console.server.access, console.server.refresh)
    assert (await console.finding())["level"] == "ok"
    code, _, told = await console.run("zalo", "token", "--refresh-token-stdin", stdin="RT-0")
    assert (code, "a refresh token once" in told) == (2, True)


async def test_a_code_is_taken_alone_or_with_the_address_that_it_came_in(console: Console) -> None:
    code = console.server.give_code(VERIFIER)
    pasted = f"https://khien.example/?oa_id={OA_ID}&code={code}\n"
    where = ("--redirect-uri", "https://khien.example/")
    exit_code, printed, told = await console.run("zalo", "connect", *where, "--json", stdin=pasted)
    assert exit_code == 0, told
    assert "code_challenge=" in told
    assert json.loads(printed[printed.index("{") :])["connected"]
    exit_code, _, told = await console.run("zalo", "connect", *where, stdin=f"{console.server.give_code('x' * 43)}\n")
    assert (exit_code, "10 minutes" in told) == (2, True)
    exit_code, _, told = await console.run("zalo", "connect", *where, stdin="https://a.example/?oa_id=9&code=x\n")
    assert (exit_code, "another account" in told) == (2, True)


async def test_an_event_says_what_it_was_signed_with(console: Console) -> None:
    body = json.dumps({"event_name": "user_send_text", "timestamp": "1700000000000"})
    for first, secret, names in (
        (APP_ID, OA_SECRET, ["app_id", "KHIEN_ZALO_OA_WEBHOOK_SECRET"]),
        (OA_ID, APP_SECRET, ["oa_id", "KHIEN_ZALO_OA_APP_SECRET"]),
    ):
        header = Signing(first=first, secret=secret).sign(body.encode(), "1700000000000")
        code, printed, _ = await console.run("zalo", "verify", "--signature", header, "--json", stdin=body)
        assert code == 0
        assert [list(one.values()) for one in json.loads(printed)["signed_by"]] == [names]
    code, printed, _ = await console.run("zalo", "verify", "--signature", "mac=0", stdin=body)
    assert (code, "by none" in printed) == (1, True)


async def test_the_doctor_says_what_a_dead_process_may_have_lost(console: Console) -> None:
    await console.run("zalo", "token", "--refresh-token-stdin", stdin="RT-0")
    now = SystemClock().now()
    async with console.product.opened() as (database, vault), database.transaction() as unit:
        begun = now - timedelta(minutes=5)
        assert await messenger_tokens.begin(unit, vault, "zalo_oa", 1, begun) is not None
    found = await console.finding()
    assert found["level"] == "wrong"
    assert "khien zalo connect" in found["words"]
    async with console.product.opened() as (database, _), database.transaction() as unit:
        assert await messenger_tokens.note_trouble(unit, "zalo_oa", 1, "refused", now, known=True)
    found = await console.finding()
    assert (found["level"], "refuses" in found["words"]) == ("wrong", True)
