"""Takes the README's pictures from the running product: `python -m bench.screenshots [FOLDER]`.

One child and one parent on a phone, one counsellor at the desk, light and dark; everything said is made up. And the
authors' preview.
"""

import asyncio
import os
import re
import sys
import tempfile
from pathlib import Path

import pyotp
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from bench.desk_pictures import take_desk_pictures
from content.library import CONTENT_FOLDER, Content
from content.preview.app import preview_app
from tests.served import PASSWORD, Served, served

FOLDER = Path(__file__).parent.parent / "docs" / "pictures"
CHROMIUM = os.environ.get("KHIEN_CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 720}
SCHEMES = ("light", "dark")
LESSON = "Lừa đảo trên mạng"
SEARCHED = "nạp thẻ nhận kim cương có thật không"
PICTURED_QUESTION = 2


async def main(folder: Path) -> None:
    """Run the product, walk through it, and leave the pictures in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="khien-pictures-") as data:
        async with served(Path(data)) as product, async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            child = await _page(browser, PHONE)
            await _learns(child, product, folder)
            await _advises(await _page(browser, PHONE), product, folder)
            desk = await _page(browser, DESK)
            await _sets_up(desk, product)
            await _tells(child, folder)
            await _answers(desk, child, folder)
            await take_desk_pictures(browser, folder / "desk")
            await _previews(browser, folder)
            await browser.close()


async def _page(browser: Browser, size: dict[str, int]) -> Page:
    context: BrowserContext = await browser.new_context(
        viewport={"width": size["width"], "height": size["height"]}, device_scale_factor=1.5, locale="vi-VN"
    )
    return await context.new_page()


async def _picture(page: Page, folder: Path, name: str) -> None:
    for scheme in SCHEMES:
        await page.emulate_media(color_scheme="light" if scheme == "light" else "dark")
        await page.wait_for_timeout(300)
        await page.screenshot(path=folder / f"{name}-{scheme}.png")
    await page.emulate_media(color_scheme="light")


async def _says(page: Page, text: str) -> None:
    said = await page.locator(".bubble").count()
    box = page.get_by_role("textbox")
    await box.fill(text)
    await box.press("Enter")
    await _answered(page, said)


async def _presses(page: Page, label: str) -> None:
    said = await page.locator(".bubble").count()
    await page.get_by_role("button", name=label, exact=True).last.click()
    await _answered(page, said)


async def _answered(page: Page, said: int) -> None:
    """Wait until what was said stands there, with its answer where the bot gives one."""
    for _ in range(40):
        await page.wait_for_timeout(100)
        if await page.locator(".bubble").count() >= said + 2:
            break
    await page.wait_for_timeout(300)


async def _learns(child: Page, product: Served, folder: Path) -> None:
    await child.goto(product.links[0])
    await _says(child, "chào bạn")
    await _says(child, "mình 12 tuổi")
    await _picture(child, folder, "child-welcome")
    await _presses(child, "Bài học")
    await _presses(child, LESSON)
    await _presses(child, "Bỏ qua")
    await _presses(child, "Bỏ qua")
    await _picture(child, folder, "child-lesson")
    while await child.get_by_role("button", name="Tiếp", exact=True).count():
        await _presses(child, "Tiếp")
    await _passes(child, folder)
    await _says(child, SEARCHED)
    await _picture(child, folder, "child-search")


async def _passes(child: Page, folder: Path) -> None:
    """Answer every question of the quiz rightly, to the badge."""
    quiz = Content.load().quiz("scam", "11-14").questions
    await _presses(child, "Câu đố: lừa đảo")
    for number, question in enumerate(quiz, 1):
        if number == PICTURED_QUESTION:
            await _picture(child, folder, "child-quiz")
        await _presses(child, str(question.options.index(question.correct) + 1))
    badge = child.get_by_role("img", name=re.compile("^Huy hiệu"))
    await badge.scroll_into_view_if_needed()
    await _picture(child, folder, "child-badge")


async def _advises(parent: Page, product: Served, folder: Path) -> None:
    await parent.goto(product.links[0])
    await _says(parent, "chào bạn")
    await _says(parent, "tôi là phụ huynh")
    await _presses(parent, "Lời khuyên")
    await _presses(parent, "Lời khuyên: lừa đảo")
    await _picture(parent, folder, "parent-advice")


async def _sets_up(desk: Page, product: Served) -> None:
    await desk.goto(product.links[1])
    for who, name in (("admin", "Quản trị"), ("counsellor", "Cô Lan")):
        await desk.locator(f"#{who}_name").fill("quan-tri" if who == "admin" else "lan")
        await desk.locator(f"#{who}_display").fill(name)
        await desk.locator(f"#{who}_password").fill(PASSWORD)
    await desk.locator("button[type=submit]").click()
    secrets = re.findall(r"\b[A-Z2-7]{32}\b", (await desk.locator("main").inner_text()).replace(" ", ""))
    await desk.goto(f"{product.url}/desk/sign-in")
    await desk.locator("#name").fill("lan")
    await desk.locator("#password").fill(PASSWORD)
    await desk.locator("#code").fill(pyotp.TOTP(secrets[-1]).now())
    await desk.locator("button[type=submit]").click()
    await desk.wait_for_timeout(800)


async def _tells(child: Page, folder: Path) -> None:
    await _says(child, "tối nào ba say về cũng đánh em với mẹ, em sợ lắm")
    await _picture(child, folder, "child-heard")
    await _presses(child, "Gặp cô chú 111")
    await _picture(child, folder, "child-consent")
    await _presses(child, "Đồng ý, gửi cho 111")


async def _answers(desk: Page, child: Page, folder: Path) -> None:
    await desk.wait_for_timeout(1200)
    await _picture(desk, folder, "desk-queue")
    await desk.get_by_role("button", name=re.compile("tiếp theo")).click()
    await desk.wait_for_timeout(1000)
    await desk.locator("textarea").first.fill("Chào em, cô là Lan ở tổng đài 111. Cô đọc rồi, cảm ơn em đã kể.")
    await desk.locator("textarea").first.press("Control+Enter")
    await desk.wait_for_timeout(1200)
    await _says(child, "dạ con chào cô")
    await _picture(child, folder, "child-counsellor")
    await desk.wait_for_timeout(1000)
    await _picture(desk, folder, "desk-case")


async def _previews(browser: Browser, folder: Path) -> None:
    async with TestServer(preview_app(CONTENT_FOLDER), host="127.0.0.1") as server:
        context = await browser.new_context(viewport={"width": 1360, "height": 880}, locale="vi-VN")
        page = await context.new_page()
        await page.goto(str(server.make_url("/quiz/help_seeking.11-14?theme=light")))
        await page.screenshot(path=folder / "preview.png")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER))
