"""The authors' preview in a real browser, on a copy of a small folder of content that is edited while it is open."""

import re
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, async_playwright, expect

from content.channels import CHANNELS
from content.preview.app import preview_app
from tests.browser.test_child_page import ARGUMENTS, CHROMIUM, DESK, PHONE, RULES
from tests.content.conftest import write_content

pytestmark = pytest.mark.asyncio(loop_scope="module")

LESSON = "vi/lessons/scam/6-10.md"
ABOUT_A_SECOND = 2.0  # the machine that tests is busy with other tests


@dataclass
class Author:
    """Edits the files and looks at the pages; remembers what went wrong on them."""

    browser: Browser
    root: Path
    url: str
    wrong: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    async def open(self, path: str, **context: Any) -> Page:
        page = await (await self.browser.new_context(**(DESK | context))).new_page()
        page.on("console", lambda message: self.wrong.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("request", lambda request: self._meet(request.url))
        await page.goto(f"{self.url}{path}")
        return page

    def _meet(self, url: str) -> None:
        if not url.startswith(f"{self.url}/"):
            self.elsewhere.append(url)

    def save(self, old: str, new: str) -> None:
        text = (self.root / LESSON).read_text(encoding="utf-8")
        assert old in text
        (self.root / LESSON).write_text(text.replace(old, new), encoding="utf-8")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        await chromium.close()


@pytest_asyncio.fixture(loop_scope="module")
async def author(browser: Browser, tmp_path: Path) -> AsyncIterator[Author]:
    root = write_content(tmp_path)
    async with TestServer(preview_app(root), host="127.0.0.1") as server:
        author = Author(browser, root, str(server.make_url("/")).rstrip("/"))
        yield author
        for context in browser.contexts:
            await context.close()
    assert author.elsewhere == []
    assert author.wrong == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
async def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    author: Author, scheme: str, size: dict[str, Any]
) -> None:
    author.save("minutes: 3", "minutes: three")
    for path in ("/", "/lesson/scam.11-14", "/quiz/scam.6-10?width=desk", "/message/numbers?reader=parent"):
        page = await author.open(path, color_scheme=scheme, **size)
        found = await Axe().run(page, options=RULES)
        assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found.response["violations"]] == []
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_a_saved_file_is_seen_within_about_a_second_where_the_author_was(author: Author) -> None:
    page = await author.open("/lesson/scam.6-10")
    chat = page.locator("#chat-telegram")
    await chat.focus()
    await chat.evaluate("chat => chat.scrollTo(0, 120)")
    await expect(page.get_by_text("Một người lạ gọi cho Na.").first).to_be_attached()
    author.save("Một người lạ", "Một chú lạ")
    saved = time.monotonic()
    await expect(page.locator("#chat-web").get_by_text("Một chú lạ gọi cho Na.")).to_be_attached()
    assert time.monotonic() - saved < ABOUT_A_SECOND
    await expect(page.get_by_role("status")).to_contain_text("Vừa cập nhật lúc")
    await expect(chat).to_be_focused()
    assert await chat.evaluate("chat => chat.scrollTop") == 120


async def test_a_broken_file_is_told_on_top_and_its_last_good_version_stays(author: Author) -> None:
    page = await author.open("/lesson/scam.6-10")
    author.save("title: Kẻ", "title: [Kẻ")
    banner = page.get_by_role("region", name="1 tệp đang hỏng")
    await expect(banner).to_contain_text(f"content/{LESSON}")
    await expect(banner).to_contain_text(re.compile("Dòng 6 · KC002"))
    await expect(banner).to_contain_text("Cách sửa:")
    await expect(page.locator("#chat-web").get_by_text("Một người lạ gọi cho Na.")).to_be_attached()
    author.save("title: [Kẻ", "title: Kẻ")
    await expect(banner).to_have_count(0)


async def test_by_keyboard_alone_from_the_list_to_a_reader_and_a_colour(author: Author) -> None:
    page = await author.open("/")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Tới nội dung")).to_be_focused()
    await page.get_by_label("Tìm").focus()
    await page.keyboard.type("numbers")
    await expect(page.get_by_role("link", name="hello")).to_be_hidden()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Lời nhắn: numbers")).to_be_visible()
    await page.get_by_role("link", name="phụ huynh").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("link", name="phụ huynh")).to_have_attribute("aria-current", "true")
    await page.get_by_role("link", name="tối").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("html[data-theme=dark]")).to_be_attached()
    assert await page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(16, 24, 23)"
    await expect(page.get_by_role("link", name="phụ huynh")).to_have_attribute("aria-current", "true")


async def test_without_scripts_everything_is_there(author: Author) -> None:
    page = await author.open("/lesson/scam.6-10", java_script_enabled=False)
    await expect(page.locator(".phone")).to_have_count(len(CHANNELS))
    await page.get_by_role("link", name="máy tính").click()
    await expect(page.locator("html[data-width=desk]")).to_be_attached()
