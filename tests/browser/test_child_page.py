"""The child's chat page in a real browser, against the contract's stub."""

import json
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.browser.child_page_stub import NOTICE, STATIC, Running, Stub, reply

pytestmark = pytest.mark.asyncio(loop_scope="module")

CHROMIUM = os.environ.get("KHIEN_CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
WEIGHT = 150_000
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
SECRET = "anh ấy đánh con hôm qua"
LAN: dict[str, Any] = {"from": "counsellor", "name": "Cô Lan"}


@dataclass
class Visits:
    """Opens pages on a stub, and remembers what went wrong on them."""

    browser: Browser
    stub: Stub
    url: str
    wrong: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    async def open(self, *, wait: bool = True, clock: bool = False, **context: Any) -> Page:
        page = await (await self.browser.new_context(**(DESK | context))).new_page()
        if clock:
            await page.clock.install()
        page.on("console", lambda message: self.wrong.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("request", lambda request: self._meet(request.url))
        await page.goto(self.url)
        if wait:
            await expect(page.get_by_role("button", name="Bắt đầu")).to_be_visible()
        return page

    def _meet(self, url: str) -> None:
        if not url.startswith(f"{self.url}/"):
            self.elsewhere.append(url)

    def forgive(self, part: str) -> None:
        """Leave out errors that the browser itself writes about an answer the test asked for."""
        self.wrong = [each for each in self.wrong if part not in each]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=ARGUMENTS, ignore_default_args=["--disable-back-forward-cache"]
        )
        yield chromium
        await chromium.close()


@pytest_asyncio.fixture(loop_scope="module")
async def visits(browser: Browser) -> AsyncIterator[Visits]:
    async with Running(Stub()) as running:
        visits = Visits(browser, running.stub, running.url)
        yield visits
        for context in browser.contexts:
            await context.close()
    assert visits.elsewhere == []
    assert visits.wrong == []


async def write(page: Page, text: str) -> None:
    await page.get_by_label("Tin nhắn của bạn").fill(text)
    await page.keyboard.press("Enter")


async def listening(page: Page, visits: Visits, times: int = 1) -> None:
    while len(visits.stub.listening) < times:
        await page.wait_for_timeout(20)


async def back(page: Page) -> None:
    """Go back as the browser's button does; a page kept by the browser is shown without being loaded."""
    await page.evaluate("setTimeout(() => history.back(), 50)")
    await page.wait_for_timeout(300)


async def axe_finds(page: Page) -> list[tuple[str, list[str]]]:
    await page.wait_for_timeout(300)  # what appears has appeared: half-faded colours are nobody's contrast
    found = await Axe().run(page, options=RULES)
    return [(each["id"], [node["html"] for node in each["nodes"]]) for each in found.response["violations"]]


# --- who can use it ---


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
async def test_axe_finds_nothing(visits: Visits, scheme: str, size: dict[str, Any]) -> None:
    page = await visits.open(color_scheme=scheme, **size)
    assert await axe_finds(page) == []
    await write(page, "bị đánh")
    await expect(page.get_by_role("button", name="Để sau")).to_be_visible()
    await listening(page, visits)
    await visits.stub.say(reply("Cô ở đây với con. Gọi 111 nhé.", **LAN))
    await visits.stub.push("typing", {})
    await expect(page.get_by_role("status")).to_have_text("Đang viết…")
    await page.get_by_label("Tin nhắn của bạn").fill("a" * 1900)
    assert await axe_finds(page) == []
    visits.stub.trouble.append(503)
    await write(page, "quiz")
    await expect(page.get_by_role("status")).to_contain_text("Chưa gửi được")
    assert await axe_finds(page) == []
    await page.goto(f"{visits.url}/chat/static/study.html")
    assert await axe_finds(page) == []
    visits.forgive("503")


@pytest.mark.parametrize(("width", "height"), [(320, 640), (360, 740), (640, 400), (320, 256)])
async def test_narrow_and_enlarged_pages_need_no_sideways_scrolling(visits: Visits, width: int, height: int) -> None:
    page = await visits.open(viewport={"width": width, "height": height})
    await write(page, "bị đánh")
    await expect(page.get_by_role("button", name="Để sau")).to_be_attached()
    await write(page, "mộtchữdàikhôngcódấucách" * 12)
    await expect(page.locator(".message.me")).to_have_count(2)
    for selector in ("html", "#room"):
        assert await page.locator(selector).evaluate("e => e.scrollWidth <= e.clientWidth")
    for always in (page.locator("#exit"), page.locator("#help"), page.get_by_label("Tin nhắn của bạn")):
        await always.scroll_into_view_if_needed()
        await expect(always).to_be_in_viewport(ratio=1)


async def test_large_letters_keep_everything_reachable(visits: Visits) -> None:
    page = await visits.open(viewport={"width": 360, "height": 740})
    await page.evaluate("document.documentElement.style.setProperty('font-size', '32px')")
    await write(page, "bị đánh")
    await expect(page.get_by_role("button", name="Để sau")).to_be_attached()
    assert await page.locator("html").evaluate("e => e.scrollWidth <= e.clientWidth")
    await expect(page.locator("#exit")).to_be_in_viewport(ratio=1)
    await expect(page.locator("#help")).to_be_in_viewport(ratio=1)


async def test_everything_to_press_is_44_pixels_big(visits: Visits) -> None:
    page = await visits.open(**PHONE)
    await write(page, "bị đánh")
    await expect(page.get_by_role("button", name="Để sau")).to_be_visible()
    sizes: list[list[float]] = await page.evaluate(
        # A number inside a sentence is an inline link (WCAG 2.5.8, exceptions).
        "[...document.querySelectorAll('a:not(.number:not(.big)), button, textarea')].filter(e => e.offsetParent)"
        ".map(e => e.getBoundingClientRect()).map(r => [r.width, r.height])"
    )
    assert len(sizes) >= 9
    assert all(width >= 44 and height >= 44 for width, height in sizes)


async def test_onboarding_with_the_keyboard_alone(visits: Visits) -> None:
    page = await visits.open()

    async def tab_to(name: str) -> None:
        for _ in range(12):
            await page.keyboard.press("Tab")
            focused = await page.evaluate("document.activeElement.textContent.trim()")
            if focused == name:
                outline = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
                assert outline == "solid"
                return
        pytest.fail(f"Tab never reached {name}")

    await tab_to("Thoát nhanh")
    for name, next_one in (("Bắt đầu", "Mình là trẻ em"), ("Mình là trẻ em", "11-14 tuổi"), ("11-14 tuổi", "Thử tài")):
        await tab_to(name)
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("button", name=next_one)).to_be_visible()
        assert await page.evaluate("document.activeElement.id") == "room"
    await tab_to("Thử tài")
    await page.keyboard.press("Space")
    await expect(page.get_by_role("button", name="2", exact=True)).to_be_visible()
    assert [each.get("choice") for each in visits.stub.received] == ["menu", "role.child", "band.11-14", "quiz"]


async def test_the_page_helps_without_scripts(visits: Visits) -> None:
    page = await visits.open(wait=False, java_script_enabled=False)
    await expect(page.locator("noscript p").first).to_contain_text("cần JavaScript")  # get_by_text passes over noscript
    await expect(page.locator("noscript a[href='tel:111']")).to_be_visible()
    await expect(page.locator("#help")).to_be_visible()
    await expect(page.get_by_label("Tin nhắn của bạn")).to_be_hidden()
    await page.locator("#exit").click()
    await expect(page).to_have_url(f"{visits.url}/chat/static/study.html")


async def test_motion_stops_for_those_who_ask(visits: Visits) -> None:
    page = await visits.open(reduced_motion="reduce")
    await page.get_by_role("button", name="Bắt đầu").click()
    message = page.locator(".message").first
    assert await message.evaluate("e => getComputedStyle(e).animationName") == "none"


# --- talking ---


async def test_choices_step_aside_when_answered(visits: Visits) -> None:
    page = await visits.open()
    visits.stub.delay = 0.3
    await page.get_by_role("button", name="Bắt đầu").click()
    await expect(page.get_by_text("Bấm Bắt đầu hoặc gõ")).to_be_hidden()
    await expect(page.locator("#log").get_by_text(NOTICE)).to_have_count(1)
    await page.get_by_role("button", name="Mình là trẻ em").click()
    await expect(page.locator("#choices")).to_be_hidden()
    await expect(page.locator(".message.me").last).to_contain_text("Mình là trẻ em")
    await expect(page.get_by_role("button", name="11-14 tuổi")).to_be_visible()
    await expect(page.get_by_role("button", name="Mình là trẻ em")).to_have_count(0)


async def test_enter_sends_and_shift_enter_starts_a_line(visits: Visits) -> None:
    page = await visits.open()
    box = page.get_by_label("Tin nhắn của bạn")
    await box.press_sequentially("một")
    await page.keyboard.press("Shift+Enter")
    await box.press_sequentially("hai")
    assert visits.stub.received == []
    await page.keyboard.press("Enter")
    await expect(page.locator(".message.bot")).to_have_count(1)
    assert visits.stub.received[0]["text"] == "một\nhai"
    await expect(box).to_have_value("")
    await page.keyboard.press("Enter")
    assert len(visits.stub.received) == 1


async def test_messages_of_a_burst_travel_together(visits: Visits) -> None:
    page = await visits.open()
    visits.stub.delay = 0.5
    for text in ("một", "hai", "ba"):
        await write(page, text)
    await expect(page.locator(".message.me")).to_have_count(3)
    await page.wait_for_timeout(250)
    assert [each["text"] for each in visits.stub.received] == ["một", "hai", "ba"]
    await expect(page.locator(".message.bot")).to_have_count(3)


async def test_a_counsellors_silence_keeps_the_choices(visits: Visits) -> None:
    page = await visits.open()
    await listening(page, visits)
    await visits.stub.say(reply("Cô Lan đang ở đây.", ("counsellor.end", "Dừng nói chuyện")))
    await expect(page.get_by_role("button", name="Dừng nói chuyện")).to_be_visible()
    visits.stub.silent = True
    await write(page, "dạ")
    await expect(page.locator(".message.me.waiting")).to_have_count(0)
    await expect(page.get_by_role("button", name="Dừng nói chuyện")).to_be_visible()


async def test_a_kind_word_near_the_end_of_a_long_message(visits: Visits) -> None:
    page = await visits.open()
    box, counter = page.get_by_label("Tin nhắn của bạn"), page.locator("#counter")
    await box.fill("a" * 1700)
    await expect(counter).to_be_hidden()
    await box.fill("a" * 1950)
    await expect(counter).to_have_text("Bạn còn viết được 50 ký tự.")
    await box.fill("a" * 2000)
    await expect(counter).to_contain_text("Bạn gửi phần này trước")


async def test_english_speaks_on_the_page_too(visits: Visits) -> None:
    page = await visits.open()
    await page.get_by_role("button", name="Bắt đầu").click()
    await page.get_by_role("button", name="English").click()
    await expect(page.get_by_role("button", name="I am a child")).to_be_visible()
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await expect(page.locator("#exit")).to_have_text("Quick exit")
    await expect(page.locator("#help")).to_have_text("Need help now? Call 111")
    await expect(page.get_by_label("Your message")).to_have_attribute("placeholder", "Write here…")
    await expect(page.locator(".message.bot").first).to_have_attribute("lang", "vi")
    await expect(page.locator(".message.bot").last).to_have_attribute("lang", "en")
    await page.reload()
    await expect(page.get_by_role("button", name="Start")).to_be_visible()


async def test_markup_is_shown_as_text(visits: Visits) -> None:
    page = await visits.open()
    await write(page, "html")
    await expect(page.locator(".message.bot .bubble")).to_have_text(
        '<img src=x onerror="alert(1)"><b>đậm</b> & <a href="http://evil.example">nhấn</a>'
    )
    assert await page.locator(".bubble *").count() == 0
    await write(page, "<b>mình</b>")
    await expect(page.locator(".message.me .bubble").last).to_have_text("<b>mình</b>")


async def test_pictures_come_from_this_server_only(visits: Visits) -> None:
    page = await visits.open()
    await write(page, "ảnh lạ")
    await expect(page.locator(".message.bot")).to_have_count(1)
    await expect(page.locator(".picture")).to_have_count(0)
    await write(page, "learn")
    await expect(page.get_by_role("img", name="Nhím", exact=True)).to_have_attribute("loading", "lazy")


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("Gọi 111.", ["111"]),
        ("111, 113 hoặc 115", ["111", "113", "115"]),
        ("gọi 111/113, 114-115", ["111", "113", "114", "115"]),
        ("111 (24/7)", ["111"]),
        ("Gọi 111 24/7", ["111"]),
        ("(111)", ["111"]),
        ("111\n113", ["111", "113"]),
        ("1112 0111 11100 1134", []),
        ("0912 111 333", []),
        ("0912.111.113", []),
        ("Nghị định 111/2024", []),
        ("111.000 đồng, 1.111 bạn, 111% và 115k", []),
        ("112 116 119", []),
        ("+84 111 222 333", []),
    ],
)
async def test_only_the_numbers_for_help_become_links(visits: Visits, text: str, called: list[str]) -> None:
    page = await visits.open()
    await listening(page, visits)
    await visits.stub.say(reply(text))
    bubble = page.locator(".message.bot .bubble")
    await expect(bubble).to_have_text(text)
    links = [await each.get_attribute("href") for each in await bubble.get_by_role("link").all()]
    assert links == [f"tel:{number}" for number in called]


# --- what comes later ---


async def test_a_counsellors_message_arrives_and_is_announced_once(visits: Visits) -> None:
    page = await visits.open()
    await listening(page, visits)
    log = page.get_by_role("log")
    await expect(log).to_have_attribute("aria-live", "polite")
    await page.evaluate(
        "window.heard = []; new MutationObserver(all => all.forEach(m => m.addedNodes.forEach(n => "
        "heard.push(n.textContent)))).observe(document.getElementById('log'), {childList: true, subtree: true})"
    )
    said = reply("Chào con, cô là Lan.", **LAN)
    await visits.stub.say(said)
    message = log.locator(".message.counsellor")
    await expect(message.get_by_text("Cô Lan · tổng đài 111")).to_be_visible()
    await visits.stub.push("message", {"id": "r1"} | said, "r1")  # the same once more
    await visits.stub.say(reply("Con ổn không?", **LAN))
    await expect(log.locator(".message")).to_have_count(2)
    assert await page.evaluate("heard") == [
        "Cô Lan · tổng đài 111Chào con, cô là Lan.",
        "Cô Lan · tổng đài 111Con ổn không?",
    ]


async def test_only_a_counsellor_learns_that_the_child_writes_and_never_a_word(visits: Visits) -> None:
    page = await visits.open()
    await listening(page, visits)
    box = page.get_by_label("Tin nhắn của bạn")
    await box.press_sequentially("mình muốn")
    assert visits.stub.typed == []
    await visits.stub.say(reply("Chào con, cô là Lan.", **LAN))
    await expect(page.locator(".message.counsellor")).to_be_visible()
    await box.press_sequentially(" kể cô nghe")
    assert visits.stub.typed == [{"session": visits.stub.sessions[0]}], "at most once in three seconds"


async def test_delete_takes_messages_away(visits: Visits) -> None:
    page = await visits.open()
    await page.get_by_role("button", name="Bắt đầu").click()
    await expect(page.locator(".message.bot")).to_have_count(2)
    await listening(page, visits)
    mine = visits.stub.received[0]["id"]
    await visits.stub.push("delete", {"ids": ["r1", mine]})
    await expect(page.locator(".message")).to_have_count(1)
    await expect(page.get_by_role("button", name="English")).to_be_visible()
    await visits.stub.push("delete", {"ids": ["r2"]})
    await expect(page.locator(".message")).to_have_count(0)
    await expect(page.get_by_role("button", name="English")).to_have_count(0)
    await expect(page.get_by_text("Bấm Bắt đầu hoặc gõ")).to_be_visible()


async def test_a_reload_resumes_and_no_storage_holds_a_word(visits: Visits) -> None:
    page = await visits.open()
    await write(page, SECRET)
    await listening(page, visits)
    last = await visits.stub.say(reply("Cô nghe con.", **LAN))
    await expect(page.locator(".message.counsellor")).to_be_visible()
    stored = await page.evaluate("JSON.stringify([{...sessionStorage}, {...localStorage}, document.cookie])")
    assert json.loads(stored) == [{"s": "session-1", "l": last}, {}, ""]
    await page.reload()
    await listening(page, visits, 2)
    assert visits.stub.listening == [None, last]
    assert visits.stub.sessions == ["session-1"]
    await expect(page.locator(".message")).to_have_count(0)


async def test_reading_above_is_not_disturbed_by_a_new_message(visits: Visits) -> None:
    page = await visits.open(**PHONE)
    await listening(page, visits)
    for number in range(12):
        await visits.stub.say(reply(f"Tin thứ {number}, hơi dài một chút để đầy màn hình của bạn.", **LAN))
    await expect(page.locator(".message")).to_have_count(12)
    await page.wait_for_timeout(600)
    await page.locator("#room").evaluate("e => e.scrollTo({top: 0, behavior: 'instant'})")
    await page.wait_for_timeout(100)
    await visits.stub.say(reply("Tin cuối", **LAN))
    await page.get_by_role("button", name="Có tin mới").click()
    await expect(page.get_by_text("Tin cuối")).to_be_in_viewport()
    await expect(page.get_by_role("button", name="Có tin mới")).to_be_hidden()


# --- slow and broken networks ---


@pytest.mark.parametrize("trouble", [500, 503, 429])
async def test_a_message_is_tried_again_with_the_same_id(visits: Visits, trouble: int) -> None:
    page = await visits.open()
    visits.stub.trouble.extend([trouble, trouble])
    await write(page, "một")
    await expect(page.get_by_role("status")).to_have_text("Chưa gửi được, mình đang thử lại.")
    await write(page, "hai")
    await expect(page.locator(".message.bot")).to_have_count(2, timeout=10_000)
    await expect(page.get_by_role("status")).to_be_empty()
    assert [each["text"] for each in visits.stub.received] == ["một", "một", "một", "hai"]
    assert len({each["id"] for each in visits.stub.received}) == 2
    visits.forgive("Failed to load resource")


async def test_back_on_the_network_the_message_goes_at_once(visits: Visits) -> None:
    page = await visits.open()
    await page.context.set_offline(True)
    await write(page, "một")
    await expect(page.get_by_role("status")).to_contain_text("Chưa gửi được")
    assert visits.stub.received == []
    await page.wait_for_timeout(3500)  # by now the next try of its own would be seconds away
    await page.context.set_offline(False)
    await expect(page.locator(".message.bot")).to_have_count(1, timeout=1500)
    await expect(page.get_by_role("status")).to_be_empty()
    visits.forgive("ERR_INTERNET_DISCONNECTED")


async def test_a_line_that_died_without_a_word_is_given_up_and_followed_anew(visits: Visits) -> None:
    page = await visits.open(clock=True)
    await listening(page, visits)
    last = await visits.stub.say(reply("Cô nghe con.", **LAN))
    await expect(page.locator(".message.counsellor")).to_have_count(1)
    await page.clock.fast_forward(30_000)
    await visits.stub.push("beat", {})
    await page.wait_for_timeout(200)  # the beat has arrived before the clock goes on
    await page.clock.fast_forward(30_000)
    assert visits.stub.listening == [None]  # it was heard half a minute ago
    await page.clock.fast_forward(30_000)
    await listening(page, visits, 2)
    assert visits.stub.listening == [None, last]
    visits.stub.streams.pop(0)  # the dead one
    await visits.stub.say(reply("Cô vẫn ở đây.", **LAN))
    await expect(page.locator(".message.counsellor")).to_have_count(2)


async def test_a_lost_session_is_replaced_and_the_message_sent_again(visits: Visits) -> None:
    page = await visits.open()
    await write(page, "một")
    await expect(page.locator(".message.bot")).to_have_count(1)
    visits.stub.sessions[:] = ["other"]
    await write(page, "hai")
    await expect(page.locator(".message.bot")).to_have_count(2)
    assert [each["session"] for each in visits.stub.received] == ["session-1", "session-1", "session-2"]
    assert visits.stub.received[1]["id"] == visits.stub.received[2]["id"]
    assert await page.evaluate("sessionStorage.s") == "session-2"
    visits.forgive("404")


async def test_a_refused_message_comes_back_with_the_servers_words(visits: Visits) -> None:
    page = await visits.open()
    visits.stub.trouble.append(422)
    await write(page, "dài quá")
    await expect(page.get_by_text(visits.stub.words)).to_be_visible()
    await expect(page.get_by_label("Tin nhắn của bạn")).to_have_value("dài quá")
    await expect(page.locator(".message.me")).to_have_count(0)
    visits.forgive("422")


async def test_with_the_server_down_111_is_there_and_nothing_is_lost(visits: Visits) -> None:
    visits.stub.down = True
    page = await visits.open(wait=False)
    await page.clock.install()
    await page.reload()
    await expect(page.locator("#help")).to_be_visible()
    await write(page, SECRET)
    await expect(page.get_by_role("status")).to_have_text("Chưa gửi được, mình đang thử lại.")
    await page.clock.run_for(21_000)
    status = page.get_by_role("status")
    await expect(status).to_have_text("Chưa gửi được, mình đang thử lại. Nếu bạn cần giúp ngay, gọi 111.")
    await expect(status.get_by_role("link", name="111")).to_have_attribute("href", "tel:111")
    visits.stub.down = False
    await page.clock.run_for(16_000)
    await expect(page.locator(".message.bot")).to_have_count(1)
    await expect(status).to_be_empty()
    await listening(page, visits)
    visits.forgive("503")


async def test_a_slow_answer_says_that_it_is_on_its_way(visits: Visits) -> None:
    page = await visits.open()
    visits.stub.delay = 1.2
    await write(page, "chậm")
    await expect(page.get_by_role("status")).to_have_text("Đang gửi…")
    await expect(page.locator(".message.bot")).to_have_count(1)
    await expect(page.get_by_role("status")).to_be_empty()


# --- leaving ---


async def by_button(page: Page) -> None:
    await page.locator("#exit").click()


async def by_space(page: Page) -> None:
    await page.locator("#exit").press("Space")


async def by_escape(page: Page) -> None:
    await page.get_by_label("Tin nhắn của bạn").focus()
    await page.keyboard.press("Escape")
    await page.keyboard.press("Escape")


async def by_choice(page: Page) -> None:
    await page.locator("#choices").get_by_role("button", name="Thoát nhanh").click()


async def by_word(page: Page) -> None:
    await write(page, "Thoát")


@pytest.mark.parametrize("way", [by_button, by_space, by_escape, by_choice, by_word])
async def test_quick_exit_leaves_nothing(visits: Visits, way: Any) -> None:
    page = await visits.open()
    await page.goto(f"{visits.url}/chat/static/study.html?1")
    await page.goto(visits.url)
    await write(page, "bị đánh")
    await expect(page.get_by_role("button", name="Để sau")).to_be_visible()
    await way(page)
    await expect(page).to_have_url(f"{visits.url}/chat/static/study.html")
    await expect(page).to_have_title("Góc học tập")
    await expect(page.locator("body")).not_to_contain_text("111")
    # Only the tab's secret stays, so that an agreed contact can be asked for again.
    assert await page.evaluate("Object.keys({...sessionStorage, ...localStorage})") == ["s"]
    assert visits.stub.received[-1]["choice"] == "exit"
    assert visits.stub.received[-1]["session"] == "session-1"
    await back(page)
    await expect(page).to_have_url(f"{visits.url}/chat/static/study.html?1")
    await back(page)
    await expect(page.get_by_role("button", name="Bắt đầu")).to_be_visible()
    await expect(page.locator(".message")).to_have_count(0)


async def test_the_screen_is_empty_before_anything_else_happens(visits: Visits) -> None:
    page = await visits.open()
    await write(page, SECRET)
    await expect(page.locator(".message.bot")).to_have_count(1)
    seen = await page.evaluate(
        "document.getElementById('exit').click(), "
        "[document.body.textContent, Object.keys(sessionStorage), document.title]"
    )
    assert seen == ["Góc học tập", ["s"], "Góc học tập"]


async def test_escape_pressed_slowly_does_nothing(visits: Visits) -> None:
    page = await visits.open()
    await page.keyboard.press("Escape")
    await page.wait_for_timeout(1100)
    await page.keyboard.press("Escape")
    await page.wait_for_timeout(200)
    await expect(page).to_have_url(f"{visits.url}/")


async def test_quick_exit_needs_no_network(visits: Visits) -> None:
    page = await visits.open()
    await write(page, SECRET)
    await expect(page.locator(".message.bot")).to_have_count(1)
    await page.wait_for_timeout(2000)  # the study page has been fetched
    await page.context.set_offline(True)
    assert await page.evaluate("document.getElementById('exit').click(), document.body.textContent") == "Góc học tập"
    await expect(page).to_have_url(f"{visits.url}/chat/static/study.html")
    await expect(page.get_by_text("Bảng cửu chương")).to_be_visible()
    assert await page.locator("section").first.evaluate("e => getComputedStyle(e).borderStyle") == "solid"
    visits.forgive("ERR_INTERNET_DISCONNECTED")


async def test_coming_back_to_the_page_shows_no_message(visits: Visits) -> None:
    page = await visits.open()
    await write(page, SECRET)
    await expect(page.locator(".message.bot")).to_have_count(1)
    await page.get_by_label("Tin nhắn của bạn").fill("còn nữa")
    await page.goto(f"{visits.url}/chat/static/study.html")
    await back(page)
    await expect(page.get_by_role("button", name="Bắt đầu")).to_be_visible()
    await expect(page.locator(".message")).to_have_count(0)
    await expect(page.get_by_label("Tin nhắn của bạn")).to_have_value("")


async def test_the_study_page_studies(visits: Visits) -> None:
    page = await visits.open()
    await page.goto(f"{visits.url}/chat/static/study.html")
    await page.clock.install()
    await page.get_by_role("button", name="Bắt đầu").click()
    await page.clock.run_for(3000)
    await expect(page.get_by_role("timer")).to_have_text("24:57")
    await page.get_by_role("button", name="Đặt lại").click()
    await expect(page.get_by_role("timer")).to_have_text("25:00")
    await expect(page.get_by_role("link", name="Trang đầu")).to_have_attribute("href", "/")


# --- the files ---


async def test_all_files_together_are_light() -> None:
    assert sum(path.stat().st_size for path in STATIC.iterdir()) < WEIGHT


async def test_no_file_asks_another_server_for_anything() -> None:
    for path in STATIC.iterdir():
        text = path.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "://" not in text, path.name
        assert "innerHTML" not in text, path.name
        assert " style=" not in text, path.name
