"""Pictures of every page of the desk: `python -m bench.desk_pictures [FOLDER [SIGHT ...]]`.

An invented hotline is furnished (`tests/escalation/furnished.py`) and every sight of `tests/escalation/sights.yml` is
taken on an office screen and on a phone, by day and by night; the queue and the talk in high contrast and in English
too. Beside the folder stands the page that shows them, made from the same table.
"""

import asyncio
import base64
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page, async_playwright

from bench.desk_pictures_page import PAGE, page_of
from escalation import preferences
from escalation.desk import desk_app
from escalation.preferences import Preferences
from store.clock import MovableClock
from store.database import Database
from store.tables import metadata
from store.vault import Vault
from tests.escalation.furnished import Hotline, new_hotline, quiet_hotline, stand_still
from tests.escalation.furnished_papers import busy_hotline
from tests.escalation.sights import CONTRASTED, SIGHTS, Sight, Stage, come_to
from tests.escalation.visits import ARGUMENTS, CHROMIUM
from tests.escalation.world import World

FOLDER = PAGE.parent / "pictures" / "desk"
QUALITY = 80
LONGEST = 2500  # pixels; of a longer page the first screen is kept
_STAGES: dict[Stage, Callable[[World], Coroutine[Any, Any, Hotline]]] = {
    "new": new_hotline,
    "quiet": quiet_hotline,
    "busy": busy_hotline,
}
_SETTLE_MILLISECONDS = 250


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One way to look at a page."""

    name: str
    width: int = 1280
    height: int = 720
    scheme: Literal["light", "dark"]
    contrast: Literal["more", "no-preference"] = "no-preference"


LOOKS = (
    Look(name="light", scheme="light"),
    Look(name="dark", scheme="dark"),
    Look(name="phone-light", scheme="light", width=390, height=844),
    Look(name="phone-dark", scheme="dark", width=390, height=844),
)
CONTRAST = (
    Look(name="contrast-light", scheme="light", contrast="more"),
    Look(name="contrast-dark", scheme="dark", contrast="more"),
)


async def take_desk_pictures(browser: Browser, folder: Path, *names: str) -> None:
    """Take every sight, or those that are named."""
    folder.mkdir(parents=True, exist_ok=True)
    sights = [one for group in SIGHTS.values() for one in group if not names or one.name in names]
    async with AsyncExitStack() as open_desks:
        desks = {
            stage: await open_desks.enter_async_context(furnished_desk(stage))
            for stage in {one.stage for one in sights}
        }
        for sight in sights:
            hotline, url = desks[sight.stage]
            await take(browser, sight, hotline, url, folder)


@asynccontextmanager
async def furnished_desk(stage: Stage) -> AsyncIterator[tuple[Hotline, str]]:
    """Run the desk of an invented hotline; gives it and the desk's address."""
    with tempfile.TemporaryDirectory(prefix="khien-desk-") as data:
        database = Database(f"sqlite+aiosqlite:///{data}/desk.db", synchronous="OFF")
        async with database.engine.begin() as connection:
            await connection.run_sync(metadata.create_all)
        await database.open()
        world = stand_still(World(database, Vault({1: b"k" * 32}, b"h" * 32), MovableClock()))
        root = web.Application()
        root.add_subapp("/desk", desk_app(world.services))
        async with TestServer(root) as server:
            yield await _STAGES[stage](world), str(server.make_url("/desk/"))
        await database.close()


async def take(browser: Browser, sight: Sight, hotline: Hotline, url: str, folder: Path) -> None:
    """Take one sight in all its looks."""
    context = await browser.new_context(viewport={"width": 1280, "height": 720}, locale="vi-VN")
    page = await context.new_page()
    await come_to(page, sight, hotline, url)
    for look in LOOKS + (CONTRAST if sight.name in CONTRASTED else ()):
        await _picture(page, look, folder / f"{sight.name}-{look.name}.webp")
    if sight.name in CONTRASTED and sight.who is not None:
        await _choose(hotline, sight.who, "en")
        await page.reload()
        await _picture(page, LOOKS[0], folder / f"{sight.name}-english.webp")
        await _choose(hotline, sight.who, "vi")
    await page.close(run_before_unload=False)
    await context.close()


async def _choose(hotline: Hotline, who: str, language: str) -> None:
    async with hotline.world.database.transaction() as unit:
        await preferences.choose(unit, hotline.staff[who].staff, Preferences(language=language))


async def _picture(page: Page, look: Look, file: Path) -> None:
    await page.set_viewport_size({"width": look.width, "height": look.height})
    await page.emulate_media(color_scheme=look.scheme, contrast=look.contrast)
    await page.mouse.move(0, 0)
    await page.evaluate("document.getElementById('log')?.scrollTo(0, 1e6)")
    await page.evaluate("document.querySelector('.tool[open]')?.scrollIntoView({block: 'center'})")
    await page.wait_for_timeout(_SETTLE_MILLISECONDS)
    height, top = await page.evaluate("[document.documentElement.scrollHeight, scrollY]")
    whole = look.height < height <= LONGEST and not top
    tall = height if whole else look.height
    clip = {"x": 0, "y": top, "width": look.width, "height": tall, "scale": 1}
    session = await page.context.new_cdp_session(page)
    asked = {"format": "webp", "quality": QUALITY, "captureBeyondViewport": whole, "clip": clip}
    taken = await session.send("Page.captureScreenshot", asked)
    await session.detach()
    file.write_bytes(base64.b64decode(taken["data"]))


async def main(folder: Path, *names: str) -> None:
    """Take all pictures, or those of the sights that are named, and write the page that shows them."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        await take_desk_pictures(browser, folder, *names)
        await browser.close()
    if folder == FOLDER:
        PAGE.write_text(page_of(SIGHTS), encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER, *sys.argv[2:]))
