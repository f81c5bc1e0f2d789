"""How long a child's message needs until a real browser at the desk has painted it."""

import asyncio
import os
import secrets
import time

from playwright.async_api import Page, async_playwright

from escalation.desk.identity import COOKIE
from tests.served_people import WebChild

_CHROMIUM = os.environ.get("KHIEN_CHROMIUM", "/usr/bin/chromium")
_LOOKS, _LOOK_SECONDS = 300, 0.1
_BETWEEN_SECONDS = 0.2
# Notes for every word that comes into the log when the frame that shows it was done.
_NOTE_FRAMES = """
window.painted = {};
const noted = new Set();
new MutationObserver(() => {
  for (const [word] of (document.getElementById("log")?.textContent ?? "").matchAll(/[0-9a-f]{12}/g)) {
    if (noted.has(word)) continue;
    noted.add(word);
    requestAnimationFrame(() => setTimeout(() => (window.painted[word] = Date.now())));
  }
}).observe(document, { subtree: true, childList: true, characterData: true });
"""


def new_word() -> str:
    """Return a word to look for; without digits, which might be masked as a number that the child did not agree to."""
    return "".join(secrets.choice("abcdef") for _ in range(12))


async def painted(url: str, token: str, case_id: str, child: WebChild, messages: int) -> list[float | None]:
    """Let a child write while its page is open in Chromium; returns the seconds to each frame, None for none."""
    if messages == 0:
        return []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=_CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        context = await browser.new_context(viewport={"width": 1280, "height": 720})
        cookie = {"name": COOKIE, "value": token, "domain": "127.0.0.1", "path": "/", "secure": True}
        await context.add_cookies([cookie])  # type: ignore[list-item]
        page = await context.new_page()
        await page.add_init_script(_NOTE_FRAMES)
        await page.goto(f"{url}/desk/cases/{case_id}")
        await page.locator("#log").wait_for()
        await asyncio.sleep(_BETWEEN_SECONDS)
        found = [await _one(page, child) for _ in range(messages)]
        await browser.close()
    return found


async def _one(page: Page, child: WebChild) -> float | None:
    word = new_word()
    begun = time.time()
    await child.says(f"em nghe cô nói rồi {word}")
    for _ in range(_LOOKS):  # often enough not to last, seldom enough not to disturb: the frame notes its own time
        at: float | None = await page.evaluate("word => window.painted[word] ?? null", word)
        if at is not None:
            await asyncio.sleep(_BETWEEN_SECONDS)
            return at / 1000 - begun
        await asyncio.sleep(_LOOK_SECONDS)
    return None
