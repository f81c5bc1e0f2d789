"""The lock in a real browser: covers every tab, keeps the draft, shows who waits, follows the talk again after."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from playwright.async_api import async_playwright, expect

from escalation import queue
from escalation.staff import locks
from tests.escalation.security_steps import PIN
from tests.escalation.visits import ARGUMENTS, CHROMIUM, PHONE, WIDE, Visits, violations
from tests.escalation.world import PASSWORD, Desk, Member, World

FOUR_SECONDS = timedelta(seconds=4)


@pytest.fixture
async def world(world: World, request: pytest.FixtureRequest) -> World:
    world.services = replace(world.services, lock_after=getattr(request, "param", FOUR_SECONDS))
    return world


@pytest.fixture
async def visits(desk: Desk, world: World) -> AsyncIterator[Visits]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        made = Visits(browser, desk, world)
        yield made
        await browser.close()
    # A refused PIN is a failed request, which Chromium reports as an error of the page.
    assert [wrong for wrong in made.wrong if "423" not in wrong] == []
    assert made.elsewhere == []


async def counsellor(world: World) -> tuple[Member, str]:
    lan = await world.member("lan")
    await locks.set_pin(world.database, lan.staff.id, PIN, world.now)
    case_id = await world.child("hoa sữa thơm nồng")
    async with world.database.transaction() as unit:
        await queue.claim(unit, world.vault, lan.staff, case_id, world.now)
    return lan, case_id


async def test_an_untouched_page_is_covered_and_the_draft_survives(visits: Visits, world: World) -> None:
    lan, case_id = await counsellor(world)
    page = await visits.open(f"cases/{case_id}", lan)
    second = await page.context.new_page()
    await second.goto(visits.url)
    box = page.locator("#text")
    await box.fill("Cô đang viết dở")
    await page.bring_to_front()
    await expect(page.locator("#lock-card")).to_be_visible(timeout=15_000)
    await expect(second.locator("#lock-card")).to_be_visible()
    await expect(page.get_by_text("hoa sữa thơm nồng")).to_be_hidden()
    await expect(page.get_by_text("em đang chờ anh/chị trả lời")).to_be_visible()
    assert await page.evaluate("document.querySelector('#text').closest('[inert]') !== null")
    await world.child_writes(case_id, "cô ơi cô đâu rồi")

    pin = page.locator("#unlock-pin")
    await expect(pin).to_be_focused()
    await pin.fill("904572")
    await pin.press("Enter")
    await expect(page.locator("#lock-wrong")).to_contain_text("Chưa đúng")
    await pin.fill(PIN)
    await pin.press("Enter")
    await expect(page.locator(".cover")).to_have_count(0)
    await expect(second.locator(".cover")).to_have_count(0)
    await expect(box).to_have_value("Cô đang viết dở")
    await expect(page.get_by_text("cô ơi cô đâu rồi")).to_be_visible(timeout=3000)
    await expect(page.locator("#lost")).to_be_hidden()
    assert await page.evaluate("localStorage.length + sessionStorage.length") == 0


async def test_locked_by_hand_and_opened_without_script(visits: Visits, world: World) -> None:
    lan, case_id = await counsellor(world)
    page = await visits.open(f"cases/{case_id}", lan, java_script_enabled=False)
    await page.get_by_role("button", name="Khóa màn hình").click()
    await expect(page).to_have_url(re.compile("/desk/lock$"))
    await page.goto(f"{visits.url}cases/{case_id}")
    await page.get_by_label("Mã PIN 6 số").fill(PIN)
    await page.get_by_role("button", name="Mở khóa").click()
    await expect(page.get_by_text("hoa sữa thơm nồng")).to_be_visible()


@pytest.mark.parametrize("world", [None], indirect=True, ids=["by-hand"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
async def test_the_pages_of_the_accounts_are_accessible_and_fit(
    visits: Visits, world: World, size: dict[str, Any], scheme: str
) -> None:
    look = size | {"color_scheme": scheme}
    lan, case_id = await counsellor(world)
    thu, minh = await world.member("thu", "supervisor"), await world.member("minh", "admin")
    locked = await visits.open(f"cases/{case_id}", lan, **look)
    await locked.get_by_role("button", name="Khóa màn hình").click()
    await expect(locked.locator("#unlock-pin")).to_be_visible()
    account = await visits.open("account", lan, **look)
    codes = await visits.open("account", lan, **look)
    await codes.get_by_role("button", name="Tạo bộ mã mới").click()
    phone = await visits.open("account", lan, **look)
    await phone.locator("#old_password_authenticator").fill(PASSWORD)
    await phone.get_by_role("button", name="Cài ứng dụng mới").click()
    link = await visits.open(f"staff/{lan.staff.id}", minh, **look)
    await link.get_by_role("button", name="Tạo liên kết").click()
    pages = [locked, account, codes, phone, link]
    pages += [await visits.open(path, thu, **look) for path in ("glass",)]
    pages += [await visits.open(path, minh, **look) for path in (f"staff/{lan.staff.id}", "staff")]
    pages += [await visits.open(path, **look) for path in ("recover", "sign-in")]
    for page in pages:
        assert await violations(page) == []
        width = page.viewport_size["width"] if page.viewport_size else 0
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
