"""The desk in a real browser: live without reload, drafts that survive, accessible by day and night, without script."""

import time
from typing import Any

import pytest
from playwright.async_api import expect

import escalation.tables
from escalation import queue
from escalation.cases import raise_alert
from escalation.staff import make_setup_link
from tests.escalation.visits import PHONE, WIDE, Visits, violations
from tests.escalation.world import Said, World

pytest_plugins = ("tests.escalation.visits_fixture",)


async def test_a_contact_from_the_first_sight_to_the_last_word(visits: Visits, world: World) -> None:
    lan = await world.member("lan")
    page = await visits.open(member=lan)
    await expect(page.get_by_role("heading", name="Không có em nào đang chờ.")).to_be_visible()
    began = time.perf_counter()
    case_id = await world.child("em sợ lắm", urgency="emergency", harms=("self_harm",))
    await expect(page.get_by_role("button", name="Nhận em này")).to_be_visible(timeout=1000)
    assert time.perf_counter() - began < 1
    await expect(page).to_have_title("(1) Hàng chờ · Khiên Nhỏ")
    await expect(page.get_by_text("Có em đang gặp nguy hiểm ngay lúc này")).to_be_visible()

    await page.get_by_role("button", name="Nhận em tiếp theo").click()
    box = page.get_by_label("Trả lời em")
    await page.locator("#phrases > summary").click()
    await page.get_by_role("button", name="Chào em, Cô Lan ở tổng đài 111 đây").click()
    await box.press("End")
    await box.press("Enter")
    await box.type("Cô nghe đây.")
    await box.press("Control+Enter")
    await expect(box).to_have_value("")
    mine = page.locator(".line-counsellor")
    await expect(mine).to_contain_text("Đang gửi")
    await world.turn_of(case_id)
    await expect(mine).to_have_count(1)
    await expect(mine).to_contain_text("✓ Đã gửi", timeout=1500)
    await world.child_writes(case_id, "dạ em cảm ơn cô")
    await expect(page.get_by_text("dạ em cảm ơn cô")).to_be_visible(timeout=1000)

    await page.locator("#end > summary").click()
    await page.get_by_label("Kết quả").select_option("advised")
    await page.get_by_role("button", name="Kết thúc", exact=True).click()
    await expect(page.get_by_text("Cảm ơn anh/chị đã ở bên em")).to_be_visible()
    assert await page.evaluate("localStorage.length + sessionStorage.length") == 0


async def test_losing_the_lease_blocks_the_box_and_keeps_the_draft(visits: Visits, world: World) -> None:
    lan = await world.member("lan")
    case_id = await world.child()
    async with world.database.transaction() as unit:
        lease = await queue.claim(unit, world.vault, lan.staff, case_id, world.now)
    page = await visits.open(f"cases/{case_id}", lan)
    box = page.get_by_label("Trả lời em")
    await box.fill("Cô đang viết dở")
    async with world.database.transaction() as unit:
        await queue.hand_back(unit, world.vault, lan.staff, case_id, lease, world.now)
    await expect(page.locator("#lost")).to_contain_text("không còn giữ ca này", timeout=1500)
    await expect(box).to_have_value("Cô đang viết dở")
    await expect(box).to_have_attribute("readonly", "")
    await expect(page.get_by_role("button", name="Gửi cho em")).to_be_disabled()

    await page.get_by_role("button", name="Nhận em này").click()
    await expect(page.locator("#lost")).to_be_hidden()
    await expect(box).to_have_value("Cô đang viết dở")
    await box.press("Control+Enter")
    await expect(page.locator(".line-counsellor")).to_contain_text("Cô đang viết dở")


async def test_being_ready_is_switched_on_the_page(visits: Visits, world: World) -> None:
    lan = await world.member("lan")
    page = await visits.open(member=lan)
    await page.get_by_role("button", name="Tôi đang nghỉ").click()
    await expect(page.get_by_role("button", name="Tôi sẵn sàng nhận trẻ")).to_have_attribute("aria-pressed", "true")
    [present] = await world.rows(escalation.tables.presence)
    assert present.until > world.now


async def test_the_desk_works_without_script(visits: Visits, world: World) -> None:
    lan = await world.member("lan")
    case_id = await world.child("em sợ lắm")
    page = await visits.open(member=lan, java_script_enabled=False)
    await page.get_by_role("button", name="Nhận em tiếp theo").click()
    await page.get_by_label("Trả lời em").fill("Chào em")
    await page.get_by_role("button", name="Gửi cho em").click()
    await expect(page.locator(".line-counsellor")).to_contain_text("Chào em")
    await expect(page.get_by_label("Trả lời em")).to_have_value("")
    await page.locator("#back > summary").click()
    await page.get_by_role("button", name="Trả về hàng chờ").click()
    await expect(page.get_by_text("Em đã về đầu hàng chờ")).to_be_visible()
    assert (await world.actions(f"case:{case_id}"))[-2:] == ["case.handed_back", "case.viewed"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
async def test_pages_are_accessible_and_fit(visits: Visits, world: World, size: dict[str, Any], scheme: str) -> None:
    look = size | {"color_scheme": scheme}
    async with world.database.transaction() as unit:
        link = await make_setup_link(unit, world.now)
    pages = [await visits.open(f"setup/{link}", **look), await visits.open("sign-in", **look)]
    lan, thu, minh = (
        await world.member("lan"),
        await world.member("thu", "supervisor"),
        await world.member("minh", "admin"),
    )
    pages.append(await visits.open(member=lan, **look))
    case_id = await world.child(Said(text="nó đánh em đau lắm", evidence=((3, 7),)), urgency="emergency")
    await world.child(urgency="high")
    await world.child(urgency="moderate", harms=())
    async with world.database.transaction() as unit:
        lease = await queue.claim(unit, world.vault, lan.staff, case_id, world.now)
        await raise_alert(unit, case_id, "raised", world.now)
    mine = await visits.open(f"cases/{case_id}", lan, **look)
    for words, delivery in (("Chào em", "sent"), ("Em ơi", "parked"), ("Cô vẫn ở đây", None)):
        await mine.get_by_label("Trả lời em").fill(words)
        await mine.get_by_role("button", name="Gửi cho em").click()
        await expect(mine.locator(".line-counsellor").filter(has_text=words)).to_be_visible()
        if delivery is not None:
            await world.turn_of(case_id, delivery=delivery)
    phrases = await visits.open(f"cases/{case_id}", lan, **look)
    await phrases.locator("#phrases > summary").click()
    ending = await visits.open(f"cases/{case_id}", lan, **look)
    await ending.locator("#end > summary").click()
    keys = await visits.open("help", lan, **look)
    await keys.keyboard.press("?")
    await expect(keys.get_by_role("dialog")).to_be_visible()
    looking = await visits.open(f"cases/{case_id}", thu, **look)
    pages += [
        mine,
        phrases,
        ending,
        keys,
        await visits.open("complaints", thu, **look),
        looking,
        await visits.open(member=thu, **look),
        await visits.open("staff", minh, **look),
    ]
    for page in pages:
        assert await violations(page) == []
        width = page.viewport_size["width"] if page.viewport_size else 0
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
    assert lease == 1
