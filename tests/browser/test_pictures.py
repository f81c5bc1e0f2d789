"""Pictures on the children's page, on the real product: cover and badge, their words, their place, quick exit."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page, Route, async_playwright, expect

from content.library import Content
from tests.browser.test_child_page import ARGUMENTS, CHROMIUM, DESK, PHONE, axe_finds
from tests.served import Served, served

pytestmark = pytest.mark.asyncio(loop_scope="module")

PATIENCE_MILLISECONDS = 15_000
COVER = "Nhím nhìn hộp quà treo trên một lưỡi câu."
BADGE = "Huy hiệu lừa đảo: hộp quà treo trên lưỡi câu."
SIZES = {"phone": PHONE, "desk": DESK}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def product(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    async with served(Path(tmp_path_factory.mktemp("pictures"))) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module", params=["phone", "desk"])
async def page(request: pytest.FixtureRequest, product: Served) -> AsyncIterator[Page]:
    """Open the page as a child of twelve; nothing may go wrong on it, the content policy included."""
    wrong: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        scheme: Any = "dark" if request.param == "desk" else "light"
        page = await (await browser.new_context(color_scheme=scheme, **SIZES[request.param])).new_page()
        page.set_default_timeout(PATIENCE_MILLISECONDS)
        expect.set_options(timeout=PATIENCE_MILLISECONDS)
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        await page.goto(product.links[0])
        for label in ("Bắt đầu", "Mình là học sinh", "11-14 tuổi"):
            await press(page, label)
        yield page
        await browser.close()
    assert wrong == []


async def press(page: Page, label: str) -> None:
    """Press a button and wait until its answer stands there."""
    said = await page.locator(".message.bot").count()
    await page.get_by_role("button", name=label, exact=True).last.click()
    await expect(page.locator(".message.bot").nth(said)).to_be_visible()
    await expect(page.locator("#choices")).to_be_visible()


async def open_lesson(page: Page) -> None:
    for label in ("Bài học", "Lừa đảo trên mạng", "Bỏ qua", "Bỏ qua"):
        await press(page, label)


async def is_drawn(page: Page, words: str) -> None:
    """See that the picture of these words is there, whole, above the text and inside its bubble."""
    image = page.get_by_role("img", name=words, exact=True)
    await expect(image).to_be_visible()
    await expect(image).to_have_js_property("complete", value=True)
    found = await image.evaluate(
        """image => {
            const [bubble, own] = [image.parentElement, image].map(each => each.getBoundingClientRect());
            return {
                drawn: image.naturalWidth > 0,
                first: image === image.parentElement.firstChild,
                inside: own.left >= bubble.left && own.right <= bubble.right && own.top >= bubble.top,
                whole: Math.abs(own.width / own.height - image.naturalWidth / image.naturalHeight) < 0.01,
            };
        }"""
    )
    assert found == {"drawn": True, "first": True, "inside": True, "whole": True}


async def test_a_lesson_begins_with_its_cover_and_keeps_its_place_while_it_comes(page: Page) -> None:
    may_come = asyncio.Event()

    async def late(route: Route) -> None:
        await may_come.wait()
        await route.continue_()

    await page.route("**/chat/pictures/**/cover.*", late)
    await open_lesson(page)
    bubble = page.locator(".message.bot .bubble").last
    await expect(bubble).to_contain_text("(1/8)")
    before = await bubble.evaluate("each => each.offsetHeight")
    may_come.set()
    await is_drawn(page, COVER)
    assert await bubble.evaluate("each => each.offsetHeight") == before
    assert await axe_finds(page) == []


async def test_a_passed_quiz_shows_its_badge(page: Page, content: Content) -> None:
    for label in ("Danh mục", "Câu đố", "Câu đố: lừa đảo"):
        await press(page, label)
    for question in content.quiz("scam", "11-14").questions:
        await press(page, str(question.options.index(question.correct) + 1))
    await page.get_by_role("img", name=BADGE).scroll_into_view_if_needed()
    await is_drawn(page, BADGE)
    assert await axe_finds(page) == []


async def test_quick_exit_takes_the_pictures_with_it(page: Page) -> None:
    await open_lesson(page)
    await is_drawn(page, COVER)
    await page.locator("#exit").click()
    await page.wait_for_url("**/study.html")
    await expect(page.locator("img[src*=pictures]")).to_have_count(0)


async def test_a_disclosure_is_answered_without_a_picture_and_so_is_what_follows(page: Page) -> None:
    await page.get_by_label("Tin nhắn của bạn").fill("tối nào ba say về cũng đánh em, em sợ lắm")
    shown = await page.locator(".picture").count()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Gặp cô chú 111").last).to_be_visible()
    await expect(page.locator(".message.bot .bubble").last).to_contain_text("111")
    await expect(page.locator(".picture")).to_have_count(shown)
