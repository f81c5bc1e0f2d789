"""The browser of `tests.escalation.visits`, for modules that ask for it."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import async_playwright, expect

from tests.escalation.visits import ARGUMENTS, CHROMIUM, Visits
from tests.escalation.world import Desk, World

expect.set_options(timeout=15_000)  # milliseconds; a busy machine is slow, not wrong


@pytest.fixture
async def visits(desk: Desk, world: World) -> AsyncIterator[Visits]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        made = Visits(browser, desk, world)
        yield made
        await browser.close()
    assert (made.wrong, made.elsewhere) == ([], [])
