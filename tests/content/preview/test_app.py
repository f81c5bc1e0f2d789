"""The preview over HTTP: pages, headers, live events, a file that breaks while it runs."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient, TestServer, unused_port

from content.preview.app import preview_app

LESSON = "vi/lessons/scam/6-10.md"
Client = TestClient[Any, Any]


@pytest_asyncio.fixture
async def client(root: Path) -> AsyncIterator[Client]:
    async with TestClient(TestServer(preview_app(root))) as client:
        yield client


async def text(client: Client, path: str, status: int = 200) -> str:
    async with client.get(path) as answer:
        assert answer.status == status
        return await answer.text()


async def version(events: ClientResponse) -> str:
    while True:
        line = await asyncio.wait_for(events.content.readline(), 5)
        if line.startswith(b"data: "):
            return line.decode().strip()


def save(root: Path, path: str, old: str, new: str) -> None:
    whole = (root / path).read_text(encoding="utf-8")
    assert old in whole
    (root / path).write_text(whole.replace(old, new), encoding="utf-8")


async def test_everything_can_be_picked(client: Client) -> None:
    page = await text(client, "/")
    for path in ("/lesson/scam.6-10", "/quiz/scam.15-17", "/advice/scam", "/message/hello"):
        assert f'href="{path}?lang=vi' in page
        assert (await text(client, path)).count('class="phone ') == 5


async def test_a_lesson_shows_limits_counters_reviews_and_what_to_mend(client: Client) -> None:
    page = await text(client, "/lesson/scam.6-10")
    for shown in (
        "4096 ký tự một tin, 1024 dưới ảnh",
        "2000 ký tự, 5 nút một tin",
        "2000 ký tự, không có nút",
        "20-11-2026",
        "KC402",
        "Thẻ 1 · dòng 15",
        "<td>6/12</td>",
    ):
        assert shown in page


async def test_a_message_is_shown_for_the_reader_and_in_the_language_asked_for(client: Client) -> None:
    assert "Gọi 111, ngày đêm, miễn phí." in (await text(client, "/message/numbers?reader=11-14")).replace(
        '<span class="number">111</span>', "111"
    )
    assert "Hello {name}!" in await text(client, "/message/hello?lang=en&reader=6-10")
    assert "Chào anh chị {name}!" in await text(client, "/message/hello?reader=parent&lang=xx")


@pytest.mark.parametrize("path", ["/lesson/scam.7-9", "/message/%3Cscript%3E", "/advice/nothing"])
async def test_what_is_not_there_is_told_in_words(client: Client, path: str) -> None:
    page = await text(client, path, 404)
    assert "Không có" in page
    assert "<script>" not in page


async def test_what_a_file_says_is_never_markup(client: Client, root: Path) -> None:
    save(root, "vi/messages/flows.yml", "Gọi 111 nhé.", '"<b onclick=x>&"')
    await asyncio.sleep(1.5)
    page = await text(client, "/message/numbers?reader=6-10")
    assert "&lt;b onclick=x&gt;&amp;" in page
    assert "<b onclick" not in page


@pytest.mark.parametrize("path", ["/", "/lesson/scam.6-10", "/nothing", "/static/preview.css", "/static/preview.js"])
async def test_every_answer_has_the_strict_headers(client: Client, path: str) -> None:
    async with client.get(path) as answer:
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_strangers_name_for_this_machine_is_refused(client: Client) -> None:
    async with client.get("/", headers={"Host": "evil.example:8090"}) as answer:
        assert answer.status == 421
    async with client.get("/", headers={"Host": "localhost:8090"}) as answer:
        assert answer.status == 200


async def test_saving_a_file_is_heard_and_shown(client: Client, root: Path) -> None:
    async with client.get("/events") as events:
        first = await version(events)
        save(root, LESSON, "Một người lạ", "Một chú lạ")
        assert await version(events) != first
    assert "Một chú lạ" in await text(client, "/lesson/scam.6-10")


async def test_a_file_that_breaks_keeps_its_last_good_version_in_view(client: Client, root: Path) -> None:
    async with client.get("/events") as events:
        await version(events)
        save(root, LESSON, "minutes: 3", "minutes: three")
        await version(events)
        page = await text(client, "/lesson/scam.6-10")
        for shown in (
            "1 tệp đang hỏng",
            f"content/{LESSON}",
            "Bản tốt gần nhất",
            "Dòng 6",
            "KC003",
            "Cách sửa:",
            "sửa lại ô đó",
        ):
            assert shown in page
        assert "Một người lạ gọi cho Na." in page
        save(root, LESSON, "minutes: three", "minutes: 4")
        await version(events)
    assert "đang hỏng" not in await text(client, "/lesson/scam.6-10")


async def test_a_file_that_was_never_good_is_told_with_what_to_do(root: Path) -> None:
    save(root, LESSON, "minutes: 3", "minutes: three")
    async with TestClient(TestServer(preview_app(root))) as client:
        page = await text(client, "/lesson/scam.6-10", 404)
        assert "chưa có bản nào đọc được" in page
        assert "KC003" in page


async def test_the_command_serves_on_this_machine_and_says_where(root: Path) -> None:
    port = unused_port()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "content", "preview", "--root", str(root), "--port", str(port)),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        said = await asyncio.wait_for(process.stdout.readline(), 60)
        assert f"http://127.0.0.1:{port}/" in said.decode()
        command = [sys.executable, "-m", "content", "preview", "--root", str(root), "--port", str(port)]
        taken = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=False)
        assert taken.returncode == 2
        assert "--port" in taken.stderr
        assert "Traceback" not in taken.stderr
    finally:
        process.terminate()
        await process.wait()


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "content", "preview", "--root", str(tmp_path / "nothing")]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert "--root" in result.stderr
