"""A referral from its question to its end: a child's phone, counsellor, coordinator and supervisor in real browsers."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from http import HTTPStatus
from typing import Any

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestServer
from playwright.async_api import Locator, Page, async_playwright, expect

from bot.channels.web.receive import WebChat
from bot.playback import Player
from bot.server import application, chat_routes
from bot.times import VIETNAM
from bot.worker import Worker
from content.library import Content
from escalation.desk import desk_app
from escalation.referrals.tables import referral
from nlu.listener import Listener
from store.clock import MovableClock
from store.database import Database
from tests.bot.chat_server import ChatServer
from tests.browser.test_child_page import PHONE as CHILDS_PHONE
from tests.browser.test_side_by_side import press, tell
from tests.escalation.visits import ARGUMENTS, CHROMIUM, PHONE, WIDE, Visits, violations
from tests.escalation.world import Desk, World
from tests.store.keys import VAULT

pytest_plugins = ("tests.store.databases",)
MORNING = time(8, 5)  # so that the alarm of an urgent step, 12 hours later, rings before the night
LATE = timedelta(hours=12, minutes=1)
ACCOUNT, REQUEST = "Em bị chặn đường ở cổng sau", "Xin thầy cô giữ em an toàn ở cổng trường"
PATIENCE_MILLISECONDS = 20_000
MOST_STOPS = 90  # of the Tab key on one page


@dataclass(slots=True)
class House:
    """The child's page and the desk on one server, with the turns, the timers and the watch behind them."""

    world: World
    visits: Visits
    phone: Page

    async def row(self) -> Any:
        [one] = await self.world.rows(referral)
        return one


@pytest.fixture
async def house(lite: Database, content: Content, listener: Listener) -> AsyncIterator[House]:
    clock = MovableClock()
    here = clock.now().astimezone(VIETNAM)
    clock.advance((datetime.combine(here.date() + timedelta(days=1), MORNING, VIETNAM) - here).total_seconds())
    world = World(lite, VAULT, clock)
    world.services = replace(world.services, content=content)
    worker = Worker(database=lite, vault=VAULT, content=content, listener=listener, clock=clock)
    chat = WebChat(database=lite, vault=VAULT, clock=clock)
    server = TestServer(application(chat_routes(chat), {"/desk": desk_app(world.services)}))
    await server.start_server()
    async with ClientSession() as client, async_playwright() as playwright:
        expect.set_options(timeout=PATIENCE_MILLISECONDS)
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        running = ChatServer(server, client, Player(worker=worker, clock=clock))
        running.work()
        visits = Visits(chromium, Desk(server, world), world)
        phone = await (await chromium.new_context(**CHILDS_PHONE)).new_page()
        await phone.goto(str(server.make_url("/")))
        yield House(world, visits, phone)
        await chromium.close()
        await running.rest()
    await server.close()
    assert (visits.wrong, visits.elsewhere) == ([], [])


async def by_keyboard(page: Page, where: Locator, key: str = "Enter") -> None:
    """Go to a control with the Tab key alone, and press a key there."""
    await page.wait_for_load_state()
    await expect(where).to_be_visible()
    for _ in range(MOST_STOPS):
        if await where.evaluate("element => element === document.activeElement"):
            break
        await page.keyboard.press("Tab")
    await expect(where).to_be_focused()
    await page.keyboard.press(key)


async def type_at(page: Page, label: str, words: str) -> None:
    await by_keyboard(page, page.get_by_label(label, exact=True), "End")
    await page.keyboard.type(words)


async def clean(page: Page, name: str) -> None:
    """Hold the page to the rules of accessibility by day, by night and on a phone, where it also has to fit."""
    looks = (("day", "light", WIDE), ("night", "dark", WIDE), ("phone", "light", PHONE), ("phone-night", "dark", PHONE))
    for look, scheme, frame in looks:
        await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of two words
        await page.set_viewport_size(frame["viewport"])
        await page.wait_for_timeout(200)
        assert await violations(page) == [], (name, look)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (name, look)
    await page.emulate_media(color_scheme="light")
    await page.set_viewport_size(WIDE["viewport"])


async def asked(house: House) -> tuple[Page, Page]:
    """Let a child agree to 111, and its counsellor ask it, by keyboard, about its school; both pages."""
    await tell(house.phone)
    await press(house.phone, "Đồng ý, gửi cho 111")
    await expect(house.phone.locator("#choices")).not_to_contain_text("Đồng ý, gửi cho 111")
    talk = await house.visits.open("", await house.world.member("lan"))
    await talk.wait_for_load_state()
    await expect(talk.get_by_role("button", name="Nhận em tiếp theo")).to_be_visible()
    await talk.keyboard.press("n")
    box = talk.get_by_label("Trả lời em")
    await box.press_sequentially("Chào em, cô là Lan.")
    await box.press("Control+Enter")
    await expect(house.phone.locator(".message.counsellor")).to_have_count(1)
    desk = await talk.context.new_page()
    await desk.goto(talk.url)
    await by_keyboard(desk, desk.get_by_role("link", name="Chuyển tuyến"))
    await by_keyboard(desk, desk.get_by_role("link", name="Nhà trường"))
    await by_keyboard(desk, desk.get_by_label("Khẩn, cần trả lời trong 12 giờ"), "Space")
    await type_at(desk, "Mong nơi nhận làm gì", REQUEST)
    await type_at(desk, "Chuyện đã xảy ra", ACCOUNT)
    await by_keyboard(desk, desk.get_by_role("button", name="Lập hồ sơ"))
    await expect(desk.get_by_text("Chưa. Cần em đồng ý, hoặc căn cứ luật đã ký")).to_be_visible()
    await clean(desk, "drafted")
    await by_keyboard(desk, desk.get_by_role("button", name="Hỏi em"))
    await expect(desk.get_by_text("Đã hỏi, em chưa trả lời")).to_be_visible()
    await expect(house.phone.locator("#choices")).to_contain_text("Đồng ý gửi")
    await expect(house.phone.locator(".message.bot").last).to_contain_text("trường bạn đang học")
    return talk, desk


async def ends(talk: Page) -> None:
    """End the talk by keyboard, from its page that stayed open meanwhile."""
    await talk.bring_to_front()
    await talk.get_by_label("Trả lời em").press("Escape")
    for key in ("e", "ArrowDown", "ArrowDown", "Tab", "Tab", "Tab", "Enter"):  # outcome, past summary and follow-up
        await talk.keyboard.press(key)
    await expect(talk.get_by_text("Cảm ơn anh/chị đã ở bên em")).to_be_visible()


async def test_a_referral_goes_round_by_keyboard_and_what_came_of_it_comes_back_to_the_child(house: House) -> None:
    talk, lan = await asked(house)
    phone, world, visits = house.phone, house.world, house.visits
    await press(phone, "Đồng ý gửi")
    await press(phone, "Có, nhắn mình")
    await ends(talk)
    await lan.wait_for_load_state()
    await talk.context.close()
    visits.wrong = [words for words in visits.wrong if "409" not in words]  # a renewal under way when the talk ended

    ha = await world.member("ha", "coordinator")
    work = await visits.open("referrals", ha)
    await clean(work, "list")
    await by_keyboard(work, work.get_by_role("link", name="Nhà trường"))
    await expect(work.get_by_text("Được, vì em đã đồng ý với nơi này")).to_be_visible()
    await by_keyboard(work, work.locator("details.packet summary"))
    await expect(work.locator("details.packet")).to_contain_text(ACCOUNT)
    assert "bi danh o truong" not in await work.content()  # what the child wrote is not the coordinator's to read
    await clean(work, "ready")
    async with work.expect_download() as begun:
        await by_keyboard(work, work.get_by_role("button", name="Tải PDF"))
    assert (await begun.value).suggested_filename.endswith(".pdf")
    await by_keyboard(work, work.get_by_role("button", name="Ghi là đã gửi"))
    await expect(work.locator(".chip-sent")).to_be_visible()

    world.clock.advance(LATE.total_seconds())
    thu = await visits.open("", await world.member("thu", "supervisor"))
    await expect(thu.get_by_text("Một hồ sơ chuyển đã quá hạn cho bước tiếp theo")).to_be_visible()
    await clean(thu, "alarm")
    await visits.sign_in(work, ha)
    await work.reload()
    await expect(work.locator(".referral-late")).to_contain_text("quá")
    heard = await phone.locator(".message.bot").count()
    await by_keyboard(work, work.get_by_label("Nơi nhận trả lời"), "Home")
    await by_keyboard(work, work.get_by_role("button", name="Ghi câu trả lời"))
    await expect(work.locator(".chip-accepted")).to_be_visible()
    await expect(phone.locator(".message.bot").last).to_contain_text("nhận giúp")
    await by_keyboard(work, work.get_by_label("Nơi nhận trả lời"), "Home")
    await by_keyboard(work, work.get_by_role("button", name="Ghi câu trả lời"))
    await expect(work.locator(".chip-done")).to_be_visible()
    await expect(phone.locator(".message.bot").last).to_contain_text("làm xong")
    assert await phone.locator(".message.bot").count() == heard + 2
    for told in await phone.locator(".message.bot").all_inner_texts():
        assert ACCOUNT not in told
    await work.reload()
    await expect(work.get_by_text("Em đã biết là đã xong")).to_be_visible()
    await clean(work, "done")
    row = await house.row()
    assert (row.state, row.basis, row.told) == ("done", "consent", "done")
    assert {"referral.asked", "referral.grant", "referral.want_news", "referral.packet_taken", "referral.sent",
            "referral.late", "referral.accept", "referral.finish", "referral.told"} <= set(
        await world.actions(f"case:{row.case_id}")
    )  # fmt: skip


async def test_after_a_no_nothing_goes_and_nobody_asks_again(house: House) -> None:
    _, lan = await asked(house)
    await press(house.phone, "Không gửi")
    await expect(house.phone.locator(".message.bot").last).to_contain_text("không")
    await lan.reload()
    await expect(lan.get_by_text("Em không đồng ý")).to_be_visible()
    await expect(lan.get_by_role("button", name="Hỏi em")).to_have_count(0)
    work = await house.visits.open("referrals", await house.world.member("ha", "coordinator"))
    await by_keyboard(work, work.get_by_role("link", name="Nhà trường"))
    await expect(work.get_by_text("Chưa. Cần em đồng ý")).to_be_visible()
    for name in ("Ghi là đã gửi", "Tải PDF", "Tải DOCX", "Tải văn bản", "Tải JSON"):
        await expect(work.get_by_role("button", name=name)).to_have_count(0)
    row = await house.row()
    path = f"{house.visits.url}cases/{row.case_id}/referrals/{row.id}"
    for act, fields in (("send", {"how": "letter"}), ("packet", {"form": "pdf"})):
        sent = {"version": str(row.version), **fields}
        status = await work.evaluate(
            "async ([path, sent]) => (await fetch(path, {method: 'POST', body: new URLSearchParams(sent)})).status",
            [f"{path}/{act}", sent],
        )
        assert status == HTTPStatus.CONFLICT, act
    house.visits.wrong = [words for words in house.visits.wrong if "409" not in words]
    row = await house.row()
    assert (row.state, row.asking, row.packet_sealed) == ("draft", "refused", None)
    await clean(work, "refused")
