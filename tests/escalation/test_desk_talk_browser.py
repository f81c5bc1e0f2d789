"""One child's page in a real browser: words survive reload, a cut line and an ended session; all of it by keyboard."""

import asyncio

import pyotp
from playwright.async_api import Page, expect
from sqlalchemy import update

from escalation import queue
from escalation.tables import staff_session
from escalation.writing.tables import draft, note
from store.ids import new_id
from store.signals import typing_topic
from tests.escalation.line import Line
from tests.escalation.visits import Visits
from tests.escalation.world import PASSWORD, Member, World

pytest_plugins = ("tests.escalation.visits_fixture", "tests.escalation.line_fixture")
CUT_SECONDS = 30


async def held(world: World, member: Member, *words: str) -> str:
    """Let a member of staff hold a child; returns the case."""
    case_id = await world.child(*words)
    async with world.database.transaction() as unit:
        await queue.claim(unit, world.vault, member.staff, case_id, world.now)
    return case_id


async def kept(page: Page) -> None:
    await expect(page.locator("#reply-hint")).to_contain_text("Đã lưu nháp lúc", timeout=10_000)


async def test_a_reload_in_mid_typing_keeps_the_words(visits: Visits, world: World) -> None:
    lan = await world.member("lan")
    case_id = await held(world, lan)
    page = await visits.open(f"cases/{case_id}", lan)
    box = page.get_by_label("Trả lời em")
    await box.press_sequentially("Cô đang viết dở, em")
    await kept(page)
    await page.reload()
    await expect(box).to_have_value("Cô đang viết dở, em")
    await expect(page.locator("#reply-hint")).to_contain_text("Bản nháp chưa gửi, lưu lúc")
    await box.press("End")
    await box.press_sequentially(" đợi cô nhé")
    await page.reload()  # before the second is over
    await expect(box).to_have_value("Cô đang viết dở, em đợi cô nhé")
    await box.press("Control+Enter")
    await expect(box).to_have_value("")
    await page.reload()
    await expect(box).to_have_value("")
    assert await world.rows(draft) == []
    assert await page.evaluate("localStorage.length + sessionStorage.length") == 0


async def test_a_cut_line_loses_nothing_on_either_side(visits: Visits, world: World, line: Line) -> None:
    lan = await world.member("lan")
    case_id = await held(world, lan, "em sợ")
    visits.url = f"http://127.0.0.1:{line.port}/desk/"
    page = await visits.open(f"cases/{case_id}", lan)
    box = page.get_by_label("Trả lời em")
    await box.press_sequentially("Cô nghe em đây")
    await kept(page)
    await line.cut()
    await expect(page.get_by_text("Mất kết nối với máy chủ")).to_be_visible(timeout=10_000)
    await box.press_sequentially(", em ở yên nhé")
    await box.press("Control+Enter")
    await expect(page.locator("#failed")).to_be_visible()
    await expect(box).to_have_value("Cô nghe em đây, em ở yên nhé")
    for number in range(3):
        await world.child_writes(case_id, f"tin lúc mất mạng {number}")
    await asyncio.sleep(CUT_SECONDS)
    await line.mend()
    said = page.locator(".line-child .said")
    await expect(said).to_have_text(["em sợ", *(f"tin lúc mất mạng {number}" for number in range(3))], timeout=20_000)
    await expect(page.locator("#offline")).to_be_hidden()
    await box.press("Control+Enter")
    await expect(page.locator(".line-counsellor .said")).to_have_text("Cô nghe em đây, em ở yên nhé")
    await expect(box).to_have_value("")
    await page.context.close()
    visits.wrong = [words for words in visits.wrong if "net::ERR_" not in words]  # the cut line itself


async def test_a_line_that_dies_without_a_word_is_noticed_and_loses_nothing(
    visits: Visits, world: World, line: Line
) -> None:
    lan = await world.member("lan")
    case_id = await held(world, lan, "em sợ")
    visits.url = f"http://127.0.0.1:{line.port}/desk/"
    page = await visits.open(f"cases/{case_id}", lan)
    said = page.locator(".line-child .said")
    await expect(said).to_have_text(["em sợ"])
    line.swallow()
    box = page.get_by_label("Trả lời em")
    await box.fill("Cô nghe em đây")
    await box.press("Control+Enter")
    for number in range(3):
        await world.child_writes(case_id, f"tin lúc dây chết {number}")
    await expect(page.get_by_text("Mất kết nối với máy chủ")).to_be_visible(timeout=60_000)
    await expect(page.locator("#failed")).to_be_visible(timeout=40_000)
    await expect(box).to_have_value("Cô nghe em đây")
    line.pass_on()
    await expect(said).to_have_text(["em sợ", *(f"tin lúc dây chết {number}" for number in range(3))], timeout=60_000)
    await expect(page.locator("#offline")).to_be_hidden()
    await box.press("Control+Enter")
    await expect(page.locator(".line-counsellor .said")).to_have_text("Cô nghe em đây", timeout=60_000)
    await expect(box).to_have_value("", timeout=60_000)  # a socket that died with the line may hold the answer up
    await page.context.close()
    visits.wrong = [words for words in visits.wrong if "net::ERR_" not in words]  # the dead line itself


async def test_an_ended_session_keeps_the_words_and_the_page_goes_on(visits: Visits, world: World) -> None:
    lan = await world.member("lan")
    case_id = await held(world, lan, "em sợ")
    page = await visits.open(f"cases/{case_id}", lan)
    box = page.get_by_label("Trả lời em")
    await box.press_sequentially("Cô nghe")
    await kept(page)
    async with world.database.transaction() as unit:
        await unit.execute(update(staff_session).values(revoked_at=world.now))
    await expect(page.get_by_text("Phiên làm việc đã kết thúc.")).to_be_visible(timeout=10_000)
    await box.press_sequentially(" em đây")
    await expect(page.locator("#reply-hint")).to_contain_text("Chưa lưu được bản nháp", timeout=10_000)
    await expect(box).to_have_value("Cô nghe em đây")
    await visits.sign_in(page, lan)
    await expect(page.locator("#offline")).to_be_hidden(timeout=15_000)
    await box.press("Control+Enter")
    await expect(page.locator(".line-counsellor .said")).to_have_text("Cô nghe em đây")
    visits.wrong = [words for words in visits.wrong if "401" not in words]


async def signs_in(page: Page, world: World, member: Member) -> None:
    world.clock.advance(30)
    await expect(page.get_by_label("Tên đăng nhập")).to_be_focused()
    for words, key in (
        (member.staff.name, "Tab"),
        (PASSWORD, "Tab"),
        (pyotp.TOTP(member.secret).at(world.now), "Enter"),
    ):
        await page.keyboard.type(words)
        await page.keyboard.press(key)
    await expect(page.get_by_role("heading", name="Hàng chờ")).to_be_visible()


async def test_a_whole_contact_by_keyboard_alone(visits: Visits, world: World) -> None:
    lan = await world.member("lan")
    case_id = await world.child("em sợ lắm")
    page = await visits.open("sign-in")
    keys = page.keyboard
    await signs_in(page, world, lan)
    await page.wait_for_load_state()  # a key does nothing before the page's script has run
    await keys.press("?")
    await expect(page.get_by_role("dialog")).to_contain_text("Phím tắt")
    await keys.press("Escape")
    await keys.press("n")
    box = page.get_by_label("Trả lời em")
    await expect(box).to_be_visible()
    await page.wait_for_load_state()
    await keys.press("r")
    await keys.type("nqrspbghe?")
    await expect(box).to_have_value("nqrspbghe?")
    await keys.press("Control+a")
    await keys.type("Chào em.")
    await keys.press("Control+Enter")
    await expect(box).to_have_value("")
    await keys.press("Escape")
    await keys.press("p")
    await keys.type("khong phai loi")
    await keys.press("ArrowDown")
    await keys.press("Enter")
    await expect(box).to_have_value("Cô Lan đã đọc những gì em kể và Cô Lan tin em. Đây không phải lỗi của em.")
    await keys.press("Control+Enter")
    await expect(box).to_have_value("")
    await keys.press("Escape")
    await keys.press("b")
    said = page.locator(".line-counsellor .said")
    await expect(said).to_have_count(3)
    await expect(said.last).to_contain_text("Hít vào 4 nhịp")
    await keys.press("g")
    await keys.type("Em trả lời ngắn.")
    await keys.press("Tab")
    await keys.press("Enter")
    await expect(page.locator(".jotted")).to_contain_text("Em trả lời ngắn.")
    await page.wait_for_load_state()
    await keys.press("Escape")
    await keys.press("e")
    await keys.press("ArrowDown")
    await keys.press("Tab")
    await keys.type("Em ổn hơn.")
    await keys.press("Tab")
    await keys.press("Tab")  # past the follow-up
    await keys.press("Enter")
    await expect(page.get_by_text("Cảm ơn anh/chị đã ở bên em")).to_be_visible()
    assert len(await world.rows(note)) == 1
    assert "case.closed" in await world.actions(f"case:{case_id}")


async def test_switched_off_single_keys_do_nothing(visits: Visits, world: World) -> None:
    lan = await world.member("lan")
    await world.child()
    page = await visits.open("help", lan)
    await page.get_by_label("Phím một chữ").select_option("0")
    await page.get_by_role("button", name="Lưu", exact=True).click()
    await page.get_by_role("link", name="Hàng chờ").click()
    await expect(page.get_by_role("button", name="Nhận em này")).to_be_visible()
    await page.keyboard.press("n")
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog")).to_be_hidden()
    await expect(page.get_by_role("button", name="Nhận em này")).to_be_visible()


async def test_the_talk_and_the_box_fit_an_old_office_screen(visits: Visits, world: World) -> None:
    lan = await world.member("lan")
    case_id = await held(world, lan, *(f"tin {number}" for number in range(40)))
    page = await visits.open(f"cases/{case_id}", lan)
    await expect(page.locator(".line").last).to_be_in_viewport()  # the page has gone to the newest line
    await page.wait_for_timeout(1000)  # what is outside the talk makes the page longer only once all has its place
    assert await page.evaluate("document.documentElement.scrollHeight") <= 720
    for seen in (
        page.locator(".line").last,
        page.get_by_label("Trả lời em"),
        page.get_by_role("button", name="Gửi cho em"),
    ):
        box = await seen.bounding_box()
        assert box is not None
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= 720
    log = await page.locator("#log").bounding_box()
    assert log is not None
    assert log["height"] > 250


async def test_the_page_shows_that_the_child_writes(visits: Visits, world: World) -> None:
    lan = await world.member("lan")
    case_id = await held(world, lan)
    page = await visits.open(f"cases/{case_id}", lan)
    await expect(page.locator("#typing span")).to_be_hidden()
    async with world.database.transaction() as unit:
        row = await queue.visible(unit, world.vault, lan.staff, case_id)
    for _ in range(20):
        await world.database.stir(typing_topic(row.conversation_id, "child"))
        if await page.locator("#typing span").is_visible():
            break
        await asyncio.sleep(0.1)
    await expect(page.get_by_text("Em đang viết…")).to_be_visible()
    await world.child_writes(case_id, f"dạ {new_id()[:4]}")
    await expect(page.locator("#typing span")).to_be_hidden()


async def test_what_did_not_arrive_is_taken_up_again_with_one_press(visits: Visits, world: World) -> None:
    lan = await world.member("lan")
    case_id = await held(world, lan)
    page = await visits.open(f"cases/{case_id}", lan)
    box = page.get_by_label("Trả lời em")
    await box.fill("Em ơi")
    await box.press("Control+Enter")
    await expect(box).to_have_value("")
    await world.turn_of(case_id, delivery="parked")
    await expect(page.get_by_text("EM CHƯA NHẬN ĐƯỢC tin này")).to_be_visible()
    await page.get_by_role("button", name="Chép lại vào ô").click()
    await expect(box).to_have_value("Em ơi")
