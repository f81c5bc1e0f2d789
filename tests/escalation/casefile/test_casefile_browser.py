"""The form in Chromium: it saves itself, hears of others, keeps both versions, loses nothing when the line is cut."""

import re
from typing import Any

import pytest
from playwright.async_api import Page, expect

from escalation.casefile.tables import filled
from escalation.desk import wording
from tests.escalation.visits import PHONE, Visits, violations
from tests.escalation.world import Desk, Said, World

pytest_plugins = ("tests.escalation.visits_fixture",)


async def form(visits: Visits, world: World, case_id: str, name: str, number: str = "01", **more: Any) -> Page:
    member = await world.member(name, **more)
    return await visits.open(f"cases/{case_id}/file/{number}", member)


async def saved(page: Page) -> None:
    await expect(page.locator("#saved")).to_contain_text("đã lưu lúc", timeout=4000)


async def test_a_field_saves_itself_after_a_second_and_says_when(visits: Visits, world: World) -> None:
    case_id = await world.child()
    page = await form(visits, world, case_id, "lan")
    await page.get_by_label("Nơi xảy ra vụ việc").fill("trường")
    await saved(page)
    async with page.expect_response(lambda response: response.url.endswith("/file/01")) as answered:
        await page.get_by_label("Nữ", exact=True).check()
    assert (await answered.value).ok
    await page.reload()
    await expect(page.get_by_label("Nơi xảy ra vụ việc")).to_have_value("trường")
    await expect(page.get_by_label("Nữ", exact=True)).to_be_checked()


async def test_what_is_left_in_a_box_is_saved_when_the_page_goes(visits: Visits, world: World) -> None:
    case_id = await world.child()
    page = await form(visits, world, case_id, "lan")
    await page.get_by_label("Hoàn cảnh gia đình").fill("ở với bà")
    await page.get_by_role("link", name="Tổng quan").click()
    await page.get_by_role("link", name="Mẫu 01: Tiếp nhận thông tin").click()
    await expect(page.get_by_label("Hoàn cảnh gia đình")).to_have_value("ở với bà")
    await page.wait_for_load_state()


async def test_two_people_in_one_form_hear_of_each_other_and_keep_both_versions(visits: Visits, world: World) -> None:
    case_id = await world.child()
    lan = await form(visits, world, case_id, "lan")
    mai = await form(visits, world, case_id, "mai", role="supervisor")
    await mai.get_by_label("Hoàn cảnh gia đình").fill("ở với bà ngoại")
    await saved(mai)
    await lan.get_by_label("Nơi xảy ra vụ việc").fill("trường")
    await expect(lan.get_by_label("Hoàn cảnh gia đình")).to_have_value("ở với bà ngoại", timeout=4000)
    await expect(lan.get_by_text("Cô Mai vừa sửa ô này lúc")).to_be_visible()
    # Both in one field, within the same second.
    await lan.get_by_label("Tình trạng của trẻ em").fill("đang khóc")
    await mai.get_by_label("Tình trạng của trẻ em").fill("bình tĩnh")
    await expect(lan.locator("#waiting:visible, [data-beside=state]:visible").first).to_be_visible(timeout=15000)
    await expect(mai.locator("#waiting:visible, [data-beside=state]:visible").first).to_be_visible(timeout=15000)
    page = mai if await mai.locator("#waiting").is_visible() else lan
    await page.locator("#waiting a").click()
    await expect(page.get_by_text("đang khóc")).to_be_visible()
    await expect(page.get_by_text("bình tĩnh")).to_be_visible()
    await page.get_by_label("Giữ cả hai").check()
    await page.get_by_role("button", name="Lưu lựa chọn").click()
    said = await page.get_by_label("Tình trạng của trẻ em").input_value()
    assert sorted(said.split("\n")) == ["bình tĩnh", "đang khóc"]
    await page.wait_for_load_state()


async def test_a_cut_line_loses_nothing_and_says_so(visits: Visits, world: World) -> None:
    case_id = await world.child()
    page = await form(visits, world, case_id, "lan")
    await page.context.set_offline(offline=True)
    await page.get_by_label("Nơi xảy ra vụ việc").fill("trường")
    await expect(page.locator("#saved")).to_contain_text("Chưa lưu được", timeout=4000)
    await page.context.set_offline(offline=False)
    await expect(page.locator("#saved")).to_contain_text("đã lưu lúc", timeout=8000)
    assert len(await world.rows(filled)) == 1
    visits.wrong[:] = [one for one in visits.wrong if "ERR_INTERNET_DISCONNECTED" not in one]


async def test_the_count_follows_and_the_keyboard_is_enough_to_sign(visits: Visits, world: World) -> None:
    case_id = await world.child()
    page = await form(visits, world, case_id, "lan", "02")
    await page.locator("#f-harm input[value=high]").focus()
    await page.keyboard.press("Space")
    await expect(page.locator("#count")).to_contain_text("Phần A: 1 cao", timeout=4000)
    await page.locator("#f-conclusion input[value=go_on]").focus()
    await page.keyboard.press("Space")
    await expect(page.locator("#lower")).to_be_visible(timeout=4000)
    await page.get_by_label("Lý do nếu kết luận nhẹ hơn").fill("bà ngoại đã đón em")
    await page.get_by_role("button", name="Ký tên").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("✓ Cô Lan đã ký lúc")).to_be_visible()
    await page.wait_for_load_state()


async def test_words_selected_in_a_message_become_the_quotation(visits: Visits, world: World) -> None:
    case_id = await world.child("em tên gì kệ em", "hôm qua bố đánh em 😢 đau lắm")
    page = await form(visits, world, case_id, "lan")
    await page.locator("#f-state .file-do a").click()
    line = page.locator("[data-seq='2']")
    await line.evaluate(
        "node => { const text = node.firstChild, range = document.createRange();"
        " range.setStart(text, 8); range.setEnd(text, 18); getSelection().removeAllRanges();"
        " getSelection().addRange(range); }"
    )
    await expect(page.get_by_label("Đoạn làm căn cứ")).to_have_value("bố đánh em")
    await page.get_by_role("button", name="Dẫn vào hồ sơ").click()
    await expect(page.locator("#f-state blockquote")).to_have_text("bố đánh em")
    await page.wait_for_load_state()


async def test_a_file_being_filled_keeps_the_child_and_tells_when_it_writes(
    desk: Desk, visits: Visits, world: World
) -> None:
    case_id = await world.child()
    lan = await world.member("lan")
    browser = await desk.of(lan)
    await browser.post(f"/desk/cases/{case_id}/claim")
    page = await visits.open(f"cases/{case_id}/file/01", lan)
    async with page.expect_response(lambda response: response.url.endswith("/renew")) as renewed:
        await page.reload()
    assert (await renewed.value).ok
    world.clock.advance(2)
    await world.child_writes(case_id, "em còn ở đây")
    await expect(page.get_by_text("Em vừa viết thêm")).to_be_visible(timeout=13000)


@pytest.mark.parametrize("context", [{}, PHONE, {"color_scheme": "dark"}, {**PHONE, "color_scheme": "dark"}])
async def test_the_pages_are_accessible_and_fit(
    desk: Desk, visits: Visits, world: World, context: dict[str, Any]
) -> None:
    said = Said(text="Em là Na, hôm qua bố đánh em đau lắm", masks=((6, 8, "nickname"),))
    case_id = await world.child(said, items={"nickname": "Na", "area": "Phường Thủ Đức"})
    lan = await world.member("lan")
    mai = await desk.of(await world.member("mai", "supervisor"))
    browser = await desk.of(lan)
    await browser.post(f"/desk/cases/{case_id}/claim")
    path = f"/desk/cases/{case_id}/file"
    await browser.post(f"{path}/01", {"version": "0", "state": "em đang khóc, nói ngắt quãng", "sex": "female"})
    await mai.post(f"{path}/01", {"version": "0", "state": "bình tĩnh hơn"})
    await browser.post(f"{path}/01/quote", {"field": "state", "seq": "1", "words": "hôm qua bố đánh em đau lắm"})
    first = {"harm": "high", "harm.why": "bị đánh hôm qua, còn đau", "access": "medium", "self": "low"}
    await browser.post(f"{path}/02", {"version": "0", "at": "15:20 22/11/2026", "conclusion": "go_on", **first})
    await browser.post(f"{path}/03", {"version": "0", "harm": "medium", "willing": "high"})
    pages = {"all": "", "01": "/01", "02": "/02", "merge": "/01/merge", "compare": "/compare", "export": "/export"}
    pages["quote"] = "/01/quote?field=state"
    for name, where in pages.items():
        page = await visits.open(f"cases/{case_id}/file{where}", lan, **context)
        assert await violations(page) == []
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} is too wide"
        await page.context.close()
    page = await visits.open(f"cases/{case_id}", lan, **context)
    link = page.get_by_role("link", name=re.compile("^" + wording.words("vi")["casefile"]["link"]))
    await expect(link).to_have_attribute("href", f"{path}")
    assert await violations(page) == []
