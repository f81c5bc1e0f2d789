"""The desk in Chromium: opens pages as a member of staff, and remembers what went wrong on them."""

import os
from typing import Any

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page

from escalation.desk.identity import COOKIE
from escalation.staff import sessions
from tests.escalation.world import Desk, Member, World

CHROMIUM = os.environ.get("KHIEN_CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync", "--no-first-run"]
WIDE: dict[str, Any] = {"viewport": {"width": 1280, "height": 720}}
PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}}
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}


class Visits:
    """Opens the desk's pages as a member of staff, and remembers what went wrong on them."""

    def __init__(self, browser: Browser, desk: Desk, world: World) -> None:
        self._browser = browser
        self._world = world
        self.url = str(desk.server.make_url("/desk/"))
        self.wrong: list[str] = []
        self.elsewhere: list[str] = []

    async def open(self, path: str = "", member: Member | None = None, **context: Any) -> Page:
        page = await (await self._browser.new_context(**(WIDE | context))).new_page()
        if member is not None:
            await self.sign_in(page, member)
        self._watch(page)
        await page.goto(self.url + path)
        return page

    async def blank(self, **context: Any) -> Page:
        """Return an empty page of a new browser, watched from now on."""
        page = await (await self._browser.new_context(**(WIDE | context))).new_page()
        self._watch(page)
        return page

    def _watch(self, page: Page) -> None:
        page.on("console", lambda message: self.wrong.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("request", lambda request: self._meet(request.url))

    async def sign_in(self, page: Page, member: Member) -> None:
        """Give the page's browser a session of its own."""
        async with self._world.database.transaction() as unit:
            token = await sessions.open_session(unit, member.staff.id, "browser", self._world.now)
        await page.context.add_cookies(
            [{"name": COOKIE, "value": token, "domain": "127.0.0.1", "path": "/", "secure": True}]
        )

    def _meet(self, url: str) -> None:
        if not url.startswith(self.url):
            self.elsewhere.append(url)


async def violations(page: Page) -> list[str]:
    found = await Axe().run(page, options=RULES)
    return [f"{page.url}: {one['id']} {one['nodes'][0]['html'][:160]}" for one in found.response["violations"]]
