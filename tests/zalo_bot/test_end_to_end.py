"""The whole product on the Zalo Bot Platform: `khien serve`, a server of ours on loopback, a counsellor at the API."""

import asyncio
from pathlib import Path

import aiohttp
import pytest

from bot.channels.zalo_bot.setup import WEBHOOK_PATH
from content.library import Content
from tests.channels import faults
from tests.channels.journey import DISCLOSURE, Child, from_hello_to_a_counsellor_and_out
from tests.served import served
from tests.served_people import Counsellor, until
from tests.zalo_bot.bot_server import ZaloBotServer


async def test_a_child_by_polling(tmp_path: Path, content: Content) -> None:
    async with (
        ZaloBotServer() as server,
        served(tmp_path / "house", KHIEN_ZALO_BOT_TOKEN=server.token, KHIEN_ZALO_BOT_BASE_URL=server.url) as product,
        Counsellor(product.url, await product.counsellor_token()) as counsellor,
    ):
        for fault in (faults.quota(), faults.bad_gateway(), faults.cut()):
            server.fail_next("getUpdates", fault)
        await from_hello_to_a_counsellor_and_out(Child(server, "6ede", content), counsellor, "zalo_bot")
        # A protected account: its messages come without content, and are answered all the same.
        server.deliver(server.event("7fab", "unsupported"))
        await Child(server, "7fab", content).sees("Zalo không cho mình xem")
        await Child(server, "7fab", content).sees("gọi 111")
        assert {method for method, _ in server.calls} == {
            "deleteWebhook", "getUpdates", "sendChatAction", "sendMessage",
        }  # fmt: skip
        assert server.violations == []
        assert list((product.data / "zalo_bot").glob("*")) == []
        await _nothing_is_told(product.output, server.token)


async def test_what_was_fetched_before_a_kill_is_answered_after_it(tmp_path: Path, content: Content) -> None:
    """Zalo gives each message once: a process that dies must have it on its disk."""
    async with (
        ZaloBotServer() as server,
        served(tmp_path / "house", KHIEN_ZALO_BOT_TOKEN=server.token, KHIEN_ZALO_BOT_BASE_URL=server.url) as product,
    ):
        children = [Child(server, f"k{number}", content) for number in range(6)]
        for number, child in enumerate(children):
            child.says(DISCLOSURE)
            await asyncio.sleep(0.05)
            if number % 3 == 2:
                asked = len(server.calls_of("getUpdates"))
                await _until_asked(server, asked)
                await product.kill()
                await product.start()
        for child in children:
            await child.sees("111")
        assert server.violations == []


async def _until_asked(server: ZaloBotServer, already: int) -> None:
    async def look() -> bool:
        return len(server.calls_of("getUpdates")) > already or not server.pending

    await until(look)


@pytest.mark.parametrize("flat", [False, True])
async def test_a_child_by_webhook(tmp_path: Path, content: Content, flat: bool) -> None:
    async with (
        ZaloBotServer(flat=flat) as server,
        served(
            tmp_path / "house",
            KHIEN_ZALO_BOT_TOKEN=server.token,
            KHIEN_ZALO_BOT_BASE_URL=server.url,
            KHIEN_PUBLIC_URL="https://khien.example",
        ) as product,
        Counsellor(product.url, await product.counsellor_token()) as counsellor,
    ):

        async def told() -> str:
            return server.webhook

        assert await until(told) == f"https://khien.example{WEBHOOK_PATH}"
        server.webhook = f"{product.url}{WEBHOOK_PATH}"
        async with aiohttp.ClientSession() as stranger:
            for headers in ({}, {"X-Bot-Api-Secret-Token": "wrong"}):
                async with stranger.post(server.webhook, json=server.event("x", text="a"), headers=headers) as answer:
                    assert answer.status == 401
        await from_hello_to_a_counsellor_and_out(Child(server, "6ede", content), counsellor, "zalo_bot")
        assert server.calls_of("getUpdates") == []
        assert set(server.deliveries) == {200}
        assert server.violations == []
        await _nothing_is_told(product.output, server.token)


async def _nothing_is_told(output: str, token: str) -> None:
    assert "Traceback" not in output
    assert [word for word in (token, "6ede", DISCLOSURE, "chào bạn") if word in output] == []
