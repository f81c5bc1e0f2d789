"""Tasks and the timeline in Chromium: by keyboard, without a word too small or too wide, and beside a held child."""

from datetime import timedelta
from typing import Any

import pytest
from playwright.async_api import expect

from escalation import queue
from escalation.tasks import doing
from tests.escalation.visits import PHONE, WIDE, Visits, violations
from tests.escalation.world import Member, World

pytest_plugins = ("tests.escalation.visits_fixture",)
LOOKS: list[dict[str, Any]] = [WIDE, PHONE | {"color_scheme": "dark"}]


async def held(world: World, member: Member) -> str:
    case_id = await world.child(urgency="emergency")
    async with world.database.transaction() as unit:
        await queue.claim(unit, world.vault, member.staff, case_id, world.now)
        due_at = world.now + timedelta(hours=2)
        await doing.add(unit, world.vault, member.staff, case_id, title="gọi cho xã", due_at=due_at, now=world.now)
    return case_id


@pytest.mark.parametrize("look", LOOKS, ids=["wide-light", "phone-dark"])
async def test_the_pages_are_accessible_and_never_scroll_sideways(
    visits: Visits, world: World, look: dict[str, Any]
) -> None:
    mai = await world.member("mai", "supervisor")
    case_id = await held(world, mai)
    for path in ("tasks", "tasks?of=area", f"cases/{case_id}/tasks", f"cases/{case_id}/timeline"):
        page = await visits.open(path, mai, **look)
        for closed in await page.locator("details").all():
            await closed.evaluate("one => { one.open = true }")
        assert await violations(page) == []
        assert not await page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")


async def test_a_task_is_finished_by_keyboard_alone(visits: Visits, world: World) -> None:
    lan = await world.member("lan")
    page = await visits.open(f"cases/{await held(world, lan)}/tasks", lan)
    await page.get_by_text("Ghi kết quả, giao việc: gọi cho xã").focus()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await page.keyboard.type("xã đã nghe máy")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("button", name="Đã làm xong: gọi cho xã")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("xã đã nghe máy")).to_be_visible()


async def test_the_case_page_counts_down_and_keeps_the_child_while_tasks_are_read(visits: Visits, world: World) -> None:
    lan = await world.member("lan")
    case_id = await held(world, lan)
    page = await visits.open(f"cases/{case_id}", lan)
    clock = page.locator(".task-lines .countdown time").first
    before = await clock.text_content()
    await expect(clock).not_to_have_text(before or "")
    async with page.context.expect_page() as opened:
        await page.get_by_role("link", name="Xem và làm việc").click()
    await expect((await opened.value).get_by_role("heading", level=1)).to_contain_text("Việc phải làm của ca")
    await expect(page.locator("#reply")).to_be_visible()
    async with world.database.transaction() as unit:
        await doing.add(
            unit,
            world.vault,
            lan.staff,
            case_id,
            title="hỏi cô giáo",
            due_at=world.now + timedelta(hours=9),
            now=world.now,
        )
    await expect(page.locator(".task-lines")).to_contain_text("hỏi cô giáo")  # without a reload
