"""Two counsellors and a supervisor at once, each in a real browser: one child, and everybody sees what happens."""

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from escalation import queue
from tests.escalation.visits import PHONE, WIDE, Visits, violations
from tests.escalation.world import Member, World

pytest_plugins = ("tests.escalation.visits_fixture",)

# A folder for pictures of the pages, to be looked at; none are taken without it.
PICTURES = os.environ.get("KHIEN_PICTURES")


async def ready(world: World, *members: Member) -> None:
    async with world.database.transaction() as unit:
        for member in members:
            await queue.mark_present(unit, member.staff, world.now)


async def picture(page: Page, name: str) -> None:
    if PICTURES is not None:
        await page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


async def test_a_child_goes_from_hand_to_hand_and_everybody_sees_it(visits: Visits, world: World) -> None:
    lan, nam = await world.member("lan"), await world.member("nam")
    thu = await world.member("thu", "supervisor")
    await ready(world, lan, nam)
    case_id = await world.child("em sợ lắm")
    hers, his = await visits.open(member=lan), await visits.open(member=nam)
    await hers.get_by_role("button", name="Nhận em tiếp theo").click()
    await expect(hers.get_by_label("Trả lời em")).to_be_visible()
    await his.get_by_role("button", name="Nhận em tiếp theo").click()
    await expect(his.get_by_text("không còn em nào chờ")).to_be_visible()

    boss = await visits.open(f"cases/{case_id}", thu)
    await expect(hers.get_by_text("Cô Thu đang xem cuộc trò chuyện này")).to_be_visible(timeout=5000)
    await boss.get_by_label("Nhắc riêng Cô Lan").fill("Hỏi em có an toàn không nhé")
    await boss.get_by_role("button", name="Gửi lời nhắc").click()
    await expect(hers.get_by_text("Hỏi em có an toàn không nhé")).to_be_visible(timeout=5000)
    assert await his.get_by_text("Hỏi em có an toàn").count() == 0

    await hers.get_by_text("Chuyển em cho người khác").click()
    await hers.get_by_label("Chuyển cho").select_option(nam.staff.id)
    await hers.get_by_label("Lời bàn giao").fill("Em đang bình tĩnh, chưa ăn tối")
    await hers.get_by_role("button", name="Chuyển", exact=True).click()
    await his.get_by_role("link", name="Xem ca").click(timeout=10000)
    await expect(his.get_by_text("Em đang bình tĩnh, chưa ăn tối")).to_be_visible()
    await his.get_by_role("button", name="Nhận em", exact=True).click()
    await expect(his.get_by_label("Trả lời em")).to_be_editable()
    await expect(hers.get_by_text("Cô Nam đã nhận em")).to_be_visible(timeout=5000)
    await expect(hers.get_by_role("button", name="Gửi cho em")).to_be_disabled()

    await his.get_by_label("Trả lời em").fill("Chú đang viết dở")
    await boss.goto(boss.url)
    await boss.get_by_text("Tiếp nhận em").first.click()
    await boss.get_by_role("button", name="Tiếp nhận", exact=True).click()
    await expect(boss.get_by_label("Trả lời em")).to_be_editable()
    await expect(his.get_by_text("Cô Thu đã tiếp nhận em từ anh/chị")).to_be_visible(timeout=5000)
    await expect(his.get_by_label("Trả lời em")).to_have_value("Chú đang viết dở")
    await expect(his.get_by_label("Trả lời em")).not_to_be_editable()


async def test_the_board_follows_the_shift_without_reload(visits: Visits, world: World) -> None:
    thu, lan = await world.member("thu", "supervisor"), await world.member("lan")
    board = await visits.open("shift", thu)
    await expect(board.get_by_text("Chưa có ai ở bàn tiếp nhận")).to_be_visible()
    counsellor = await visits.open(member=lan)
    await counsellor.get_by_role("button", name="Tôi đang nghỉ").click()
    await expect(board.get_by_text("Cô Lan", exact=True)).to_be_visible(timeout=5000)
    await world.child(urgency="emergency", harms=("self_harm",))
    await expect(board.locator("[data-key=waiting] dd")).to_have_text("1", timeout=5000)
    await counsellor.get_by_role("button", name="Nhận em tiếp theo").click()
    await expect(board.get_by_text("Đang đồng hành 1/2 em")).to_be_visible(timeout=5000)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
async def test_the_pages_of_the_shift_are_accessible_and_fit(
    visits: Visits, world: World, size: dict[str, Any], scheme: str
) -> None:
    look, name = size | {"color_scheme": scheme}, f"{'phone' if size is PHONE else 'wide'}-{scheme}"
    lan, nam = await world.member("lan"), await world.member("nam", display_name="Anh Nam")
    thu = await world.member("thu", "supervisor")
    await ready(world, lan, nam, thu)
    mine = await world.child("em sợ lắm", urgency="emergency", harms=("self_harm",))
    async with world.database.transaction() as unit:
        await queue.claim(unit, world.vault, lan.staff, mine, world.now)
    for _ in range(6):
        await world.child(urgency="high", band="6-10")
    other = await world.child(urgency="moderate", harms=())
    world.clock.advance(210)
    await ready(world, lan, nam, thu)
    pages = {
        "queue": await visits.open(member=nam, **look),
        "pick": await visits.open(f"cases/{other}/pick", nam, **look),
        "case": await visits.open(f"cases/{mine}", lan, **look),
        "listening": await visits.open(f"cases/{mine}", thu, **look),
        "board": await visits.open("shift", thu, **look),
    }
    await pages["listening"].get_by_label("Nhắc riêng").fill("Hỏi em có an toàn không nhé")
    await pages["listening"].get_by_role("button", name="Gửi lời nhắc").click()
    await pages["case"].get_by_text("Chuyển em cho người khác").click()
    for page_name, page in pages.items():
        await picture(page, f"{page_name}-{name}")
        assert await violations(page) == []
        width = page.viewport_size["width"] if page.viewport_size else 0
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
