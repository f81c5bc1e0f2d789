"""Every page of the desk in Chromium: accessible by day and night, in high contrast and on a phone; whole; in words.

The table is `tests/escalation/sights.yml`. A new GET route without a line there fails here.
"""

import re
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from playwright.async_api import Page

from escalation import preferences
from escalation.desk.routes import ROUTES
from escalation.preferences import Preferences
from tests.escalation.furnished import Hotline, new_hotline, quiet_hotline, stand_still
from tests.escalation.furnished_papers import busy_hotline
from tests.escalation.sights import NO_PAGES, SIGHTS, Stage, come_to
from tests.escalation.visits import Visits, violations
from tests.escalation.world import World

pytest_plugins = ("tests.escalation.visits_fixture",)

_STAGES: dict[Stage, Callable[[World], Coroutine[Any, Any, Hotline]]] = {
    "new": new_hotline,
    "quiet": quiet_hotline,
    "busy": busy_hotline,
}
_ALL = tuple(one for group in SIGHTS.values() for one in group)
_GROUPS = sorted({(group, one.stage) for group, ones in SIGHTS.items() for one in ones})
WIDE, PHONE = {"width": 1280, "height": 720}, {"width": 390, "height": 844}
_LOOKS: tuple[tuple[str, dict[str, int], dict[str, Any]], ...] = (
    ("wide, light", WIDE, {"color_scheme": "light", "contrast": "no-preference"}),
    ("phone, dark", PHONE, {"color_scheme": "dark", "contrast": "no-preference"}),
    ("wide, high contrast", WIDE, {"color_scheme": "light", "contrast": "more"}),
    ("phone, high contrast, dark", PHONE, {"color_scheme": "dark", "contrast": "more"}),
)
# What stands in the page for a reader; the trail tells its codes as code beside their words, and one as an example.
_SHOWN = """() => {
  const copy = document.body.cloneNode(true);
  for (const part of copy.querySelectorAll("code, script, style, [hidden], datalist, #action-hint")) part.remove();
  return copy.textContent;
}"""
# An example in quotation marks is no key.
_KEY = re.compile(r"(?<![\w.@/“])[a-z_]+(?:\.[a-z_]+)+(?![\w.@/])|\{\w*\}|\bNone\b|\bundefined\b")
_ENGLISH = re.compile(r"\b(?:the|and|with|please|error|unknown|child|your)\b", re.IGNORECASE)


@pytest.fixture
def world(world: World) -> World:
    return stand_still(world)


def test_every_page_has_its_line() -> None:
    pages = {route.kwargs["name"] for route in ROUTES if route.method == "GET"}
    assert {*NO_PAGES} <= pages
    seen = {one.route for one in _ALL}
    assert pages - NO_PAGES <= seen, "a page is missing in tests/escalation/sights.yml: say there who sees it"
    assert seen <= {route.kwargs["name"] for route in ROUTES}
    assert len({one.name for one in _ALL}) == len(_ALL)


@pytest.mark.parametrize(("group", "stage"), _GROUPS)
async def test_every_page_is_accessible_whole_and_in_words(
    visits: Visits, world: World, group: str, stage: Stage
) -> None:
    hotline = await _STAGES[stage](world)
    found: list[str] = []
    for sight in SIGHTS[group]:
        if sight.stage == stage:
            page = await visits.blank()
            await come_to(page, sight, hotline, visits.url)
            found += [f"{sight.name}: {one}" for one in [*await _wrong(page), *await _ill_shown(page)]]
            await page.context.close()
    visits.wrong[:] = [one for one in visits.wrong if "status of 4" not in one]  # the refusals among the sights
    assert found == []


async def _ill_shown(page: Page) -> list[str]:
    """Return what is wrong to look at, in each of the looks."""
    found = []
    for look, size, media in _LOOKS:
        await page.set_viewport_size(size)  # type: ignore[arg-type]
        await page.emulate_media(**media)
        found += [f"{look}: {one}" for one in await violations(page)]
        beyond = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        found += [f"{look}: {beyond} pixels beyond the edge"] if beyond > 0 else []
    return found


async def _wrong(page: Page) -> list[str]:
    """Return what is wrong with the words and the frame of a page."""
    title, language = await page.title(), await page.locator("html").get_attribute("lang")
    headings = await page.locator("h1").count()
    shown = await page.evaluate(_SHOWN)
    return [
        *([] if title.endswith("· Khiên Nhỏ") and len(title) > len("· Khiên Nhỏ") + 1 else [f"title {title!r}"]),
        *([] if language == "vi" else [f"language {language!r}"]),
        *([] if headings == 1 else [f"{headings} headings of the first rank"]),
        *(f"a key instead of words: {one!r}" for one in _KEY.findall(shown)),
        *(f"English: {one!r}" for one in _ENGLISH.findall(shown)),
    ]


async def test_every_page_of_a_role_speaks_english_to_whoever_chose_it(visits: Visits, world: World) -> None:
    hotline = await busy_hotline(world)
    found: list[str] = []
    async with world.database.transaction() as unit:
        for member in hotline.staff.values():
            await preferences.choose(unit, member.staff, Preferences(language="en"))
    for sight in _ALL:
        if sight.who is None or sight.stage != "busy" or sight.step is not None:
            continue
        page = await visits.blank()
        await come_to(page, sight, hotline, visits.url)
        shown, language = await page.evaluate(_SHOWN), await page.locator("html").get_attribute("lang")
        found += [f"{sight.name}: {one!r}" for one in _KEY.findall(shown)]
        found += [] if language == "en" else [f"{sight.name}: language {language!r}"]
        await page.context.close()
    visits.wrong[:] = [one for one in visits.wrong if "status of 4" not in one]  # the refusals among the sights
    assert found == []
