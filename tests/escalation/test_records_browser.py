"""Looking things up, in a real browser: pages that fit and are accessible, and a number on its way to a child."""

import re
from dataclasses import replace
from typing import Any

import pytest
from playwright.async_api import expect

from content.library import Content
from escalation import queue
from tests.escalation.visits import PHONE, WIDE, Visits, violations
from tests.escalation.world import World

pytest_plugins = ("tests.escalation.visits_fixture",)


@pytest.fixture
def world(world: World) -> World:
    world.services = replace(world.services, content=Content.load())
    return world


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
async def test_the_pages_are_accessible_and_fit(
    visits: Visits, world: World, size: dict[str, Any], scheme: str
) -> None:
    look = size | {"color_scheme": scheme}
    lan, thu = await world.member("lan"), await world.member("thu", "supervisor")
    kiem, quan = await world.member("kiem", "auditor"), await world.member("quan", "admin")
    case_id = await world.child(items={"nickname": "Thỏ", "area": "hp → Thành phố Hải Phòng"}, urgency="emergency")
    await world.child()
    pages = [
        await visits.open(f"directory?case={case_id}", lan, **look),
        await visits.open("directory?q=tan hung", lan, **look),
        await visits.open("directory?q=phuong le chan, hai phong", lan, **look),
        await visits.open("trail", kiem, **look),
        await visits.open("tokens", quan, **look),
    ]
    searching = await visits.open("search", thu, **look)
    await searching.get_by_role("button", name="Tìm", exact=True).click()
    await expect(searching.get_by_role("heading", name="2 ca")).to_be_visible()
    for page in (*pages, searching):
        assert await violations(page) == []
        assert await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


async def test_a_number_goes_from_the_directory_to_the_box_behind_what_was_begun(visits: Visits, world: World) -> None:
    lan = await world.member("lan")
    case_id = await world.child(items={"area": "hp → Thành phố Hải Phòng"})
    async with world.database.transaction() as unit:
        await queue.claim(unit, world.vault, lan.staff, case_id, world.now)
    page = await visits.open(f"cases/{case_id}", lan)
    await page.get_by_label("Trả lời em").fill("Cô nghe em đây.")
    await expect(page.locator("#reply-hint")).to_contain_text("Đã lưu nháp")
    await page.locator(".tools").get_by_role("link", name="Danh bạ").click()
    await page.get_by_role("button", name=re.compile("Đưa vào ô trả lời ?: Đường dây bảo vệ trẻ em Hải Phòng")).click()
    await expect(page.get_by_label("Trả lời em")).to_have_value(
        "Cô nghe em đây.\nEm có thể gọi số 18006605: Đường dây bảo vệ trẻ em Hải Phòng."
    )
    await expect(page.locator(".line-counsellor")).to_have_count(0)
