"""Beside the answers, in Chromium: one key for lesson, pause and invitation; a message carried into the case file."""

from dataclasses import replace
from typing import Any

import pytest
from playwright.async_api import Page, expect

from content.library import Content
from escalation import queue
from escalation.casefile.tables import quotation
from escalation.tables import alert
from tests.escalation.visits import PHONE, WIDE, Visits, violations
from tests.escalation.world import Member, World

pytest_plugins = ("tests.escalation.visits_fixture",)
WORDS = "hôm qua bố đánh em 😢 đau lắm"


@pytest.fixture
async def world(world: World) -> World:
    """Give the desk the lessons, as the product does."""
    world.services = replace(world.services, content=Content.load())
    return world


async def held(world: World, *said: str) -> tuple[Member, str]:
    lan, case_id = await world.member("lan"), await world.child(*said)
    async with world.database.transaction() as unit:
        await queue.claim(unit, world.vault, lan.staff, case_id, world.now)
    return lan, case_id


async def test_one_key_each_sends_a_lesson_asks_to_wait_and_invites_a_supervisor(visits: Visits, world: World) -> None:
    lan, case_id = await held(world, "em sợ")
    page = await visits.open(f"cases/{case_id}", lan)
    await page.wait_for_load_state()
    box = page.get_by_label("Trả lời em")
    await box.press_sequentially("lwi đang viết")
    await page.keyboard.press("Escape")
    said = page.locator(".line-counsellor .said")
    await page.keyboard.press("l")
    await expect(said).to_have_count(1)
    first = await said.first.inner_text()
    await page.keyboard.press("l")
    await expect(said).to_have_count(2)
    assert await said.last.inner_text() != first
    await page.keyboard.press("w")
    await expect(said).to_have_count(3)
    await expect(said.last).to_contain_text("Em đợi Cô Lan")
    await expect(page.get_by_text("Em đang đợi anh/chị từ")).to_be_visible()
    await page.keyboard.press("i")
    await expect(page.get_by_text("Tư vấn viên mời giám sát viên cùng nghe")).to_be_visible()
    assert [one.kind for one in await world.rows(alert)] == ["listener_wanted"]
    await expect(box).to_have_value("lwi đang viết")
    await box.press("Control+Enter")
    await expect(page.get_by_text("Em đang đợi anh/chị từ")).to_be_hidden()


async def test_a_message_is_carried_into_the_file_by_keyboard_and_the_talk_stays_open(
    visits: Visits, world: World
) -> None:
    lan, case_id = await held(world, "em tên gì kệ em", WORDS)
    page = await visits.open(f"cases/{case_id}", lan)
    await page.wait_for_load_state()
    await page.get_by_label("Trả lời em").focus()
    await page.keyboard.press("Shift+Tab")
    await expect(page.get_by_role("link", name="Trích vào hồ sơ").last).to_be_focused()
    async with page.context.expect_page() as opened:
        await page.keyboard.press("Enter")
    file = await opened.value
    await expect(file.locator("blockquote")).to_have_text(WORDS)
    await expect(file.get_by_label("Làm căn cứ cho ô")).to_be_visible()
    await file.locator("blockquote").evaluate(
        "node => { const text = node.querySelector('bdi').firstChild, range = document.createRange();"
        " range.setStart(text, 8); range.setEnd(text, 18); getSelection().removeAllRanges();"
        " getSelection().addRange(range); }"
    )
    await expect(file.get_by_label("Đoạn làm căn cứ")).to_have_value("bố đánh em")
    await file.get_by_label("Làm căn cứ cho ô").select_option("01/state")
    await file.get_by_role("button", name="Dẫn vào hồ sơ").focus()
    await file.keyboard.press("Enter")
    await expect(file.locator("#f-state blockquote")).to_have_text("bố đánh em")
    await expect(page.get_by_label("Trả lời em")).to_be_visible()
    await file.wait_for_load_state()


async def test_without_scripts_the_whole_message_is_carried(visits: Visits, world: World) -> None:
    lan, case_id = await held(world, WORDS)
    page = await visits.open(f"cases/{case_id}", lan, java_script_enabled=False)
    async with page.context.expect_page() as opened:
        await page.get_by_role("link", name="Trích vào hồ sơ").click()
    file = await opened.value
    await file.get_by_label("Làm căn cứ cho ô").select_option("02/harm")
    await file.get_by_role("button", name="Dẫn vào hồ sơ").click()
    await expect(file.locator("#f-harm blockquote")).to_have_text(WORDS)
    [mark] = await world.rows(quotation)
    assert (mark.first, mark.last) == (0, len(WORDS))


@pytest.mark.parametrize("look", [{}, PHONE, {"color_scheme": "dark"}, {**PHONE, "color_scheme": "dark"}])
async def test_the_pages_are_accessible_and_fit(visits: Visits, world: World, look: dict[str, Any]) -> None:
    lan, case_id = await held(world, WORDS, "em sợ " * 30)
    for path in (f"cases/{case_id}", f"cases/{case_id}/quote/1"):
        page: Page = await visits.open(path, lan, **look)
        assert await violations(page) == [], path
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        if look in ({}, {"color_scheme": "dark"}) and path.endswith(case_id):
            log = await page.locator("#log").bounding_box()
            assert log is not None
            assert log["height"] > 250
            assert await page.evaluate("document.documentElement.scrollHeight") <= WIDE["viewport"]["height"]
        await page.wait_for_load_state()
        await page.context.close()
