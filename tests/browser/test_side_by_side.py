"""A child's phone and a counsellor's desk side by side, in real browsers, on the real product."""

import re
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any

import pyotp
import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from tests.browser.test_child_page import ARGUMENTS, CHROMIUM, DESK, PHONE, RULES
from tests.postgres import Postgres, running_postgres
from tests.served import PASSWORD, Served, served

pytestmark = pytest.mark.asyncio(loop_scope="module")

DISCLOSURE = "em bi danh o truong, ngay nao tui no cung chan duong danh em"
NAME = "Cô Hạnh"
LIVE_MILLISECONDS = 2000
ENTRIES = "#board [data-region=waiting] .card"
# The page waits up to this long for what a busy machine computes; a live change has to be quicker.
PATIENCE_MILLISECONDS = 15_000


@dataclass(slots=True)
class Desk:
    """The desk's browser, signed in once: a code of the app works one time only."""

    product: Served
    browser: Browser
    context: BrowserContext
    secrets: dict[str, str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    async def page(self, context: BrowserContext | None = None) -> Page:
        page = await (context or self.context).new_page()
        page.set_default_timeout(PATIENCE_MILLISECONDS)
        page.on("console", lambda message: self.wrong.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("request", lambda request: self._meet(request.url))
        return page

    def _meet(self, url: str) -> None:
        if not url.startswith(f"{self.product.url}/"):
            self.elsewhere.append(url)

    async def queue(self) -> Page:
        page = await self.page()
        await page.goto(f"{self.product.url}/desk/")
        await expect(page.locator("#board")).to_be_visible()
        return page

    async def phone(self, **more: Any) -> Page:
        context = await self.browser.new_context(**(PHONE | more))
        page = await self.page(context)
        await page.goto(f"{self.product.url}/")
        await expect(page.get_by_role("button", name="Bắt đầu")).to_be_visible()
        return page


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with running_postgres() as server:
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        await chromium.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["sqlite", "postgresql"])
async def house(
    request: pytest.FixtureRequest, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Desk]:
    """Start the product, open its one-time link, make the first two people, sign the counsellor in."""
    database_url = request.getfixturevalue("postgres").fresh("browser") if request.param == "postgresql" else None
    folder = tmp_path_factory.mktemp(request.param) / "house"
    async with served(folder, KHIEN_DATABASE_URL=database_url) as product:
        expect.set_options(timeout=PATIENCE_MILLISECONDS)
        context = await browser.new_context(**DESK)
        running = Desk(product, browser, context)
        await _set_up(running)
        await _sign_in(running)
        yield running
        for each in browser.contexts:
            await each.close()
    assert "Traceback" not in product.output


async def _set_up(house: Desk) -> None:
    page = await house.page()
    _, link = house.product.links
    assert "/desk/setup/" in link
    await page.goto(link)
    for who, name, shown in (("admin", "quan.tri", "Anh Quản"), ("counsellor", "hanh.tran", NAME)):
        await page.locator(f"#{who}_name").fill(name)
        await page.locator(f"#{who}_display").fill(shown)
        await page.locator(f"#{who}_password").fill(PASSWORD)
    await page.get_by_role("button", name="Tạo hai tài khoản").click()
    codes = page.locator("code.secret")
    await expect(codes).to_have_count(2)
    for code in await codes.all():
        house.secrets[await code.get_attribute("data-name") or ""] = re.sub(r"\s", "", await code.inner_text())
    assert set(house.secrets) == {"quan.tri", "hanh.tran"}
    await page.get_by_role("link", name="Đã quét xong").click()
    await expect(page).to_have_url(re.compile(r"/desk/sign-in$"))
    gone = await page.goto(link)
    assert gone is not None
    assert gone.status == 410
    house.wrong = [each for each in house.wrong if "410" not in each]
    await page.close()


async def _sign_in(house: Desk) -> None:
    page = await house.page()
    await page.goto(f"{house.product.url}/desk/")
    await page.get_by_label("Tên đăng nhập").fill("hanh.tran")
    await page.get_by_label("Mật khẩu").fill(PASSWORD)
    await page.get_by_label("Mã 6 số").fill(pyotp.TOTP(house.secrets["hanh.tran"]).now())
    await page.get_by_role("button", name="Đăng nhập").click()
    await expect(page.get_by_role("heading", name="Không có em nào đang chờ.")).to_be_visible()
    await expect(page.get_by_role("button", name="Tôi sẵn sàng nhận trẻ")).to_be_visible()
    await page.close()


@pytest_asyncio.fixture(loop_scope="module")
async def desk(house: Desk) -> AsyncIterator[Desk]:
    yield house
    for context in house.browser.contexts:
        for page in context.pages:
            await page.close()
    wrong, house.wrong[:] = list(house.wrong), []
    assert wrong == []
    assert house.elsewhere == []


async def write(phone: Page, text: str) -> None:
    await phone.get_by_label("Tin nhắn của bạn").fill(text)
    await phone.keyboard.press("Enter")


async def press(phone: Page, name: str) -> None:
    await phone.locator("#choices").get_by_role("button", name=name).click()


async def tell(phone: Page) -> None:
    """Type what happened and agree that 111 reads it."""
    await write(phone, DISCLOSURE)
    await press(phone, "Không, mình không an toàn")
    await expect(phone.locator(".message.bot").last).to_contain_text("111")
    await press(phone, "Gặp cô chú 111")


async def quick(what: str, began: float) -> None:
    took = (time.monotonic() - began) * 1000
    print(f"\n{what} after {took:.0f} ms")
    assert took < LIVE_MILLISECONDS


async def axe_finds(page: Page) -> list[tuple[str, str, list[str]]]:
    found = []
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)
        await page.wait_for_timeout(200)
        result = await Axe().run(page, options=RULES)
        found += [
            (scheme, each["id"], [node["html"] for node in each["nodes"]]) for each in result.response["violations"]
        ]
    await page.emulate_media(color_scheme="light")
    return found


async def never_reloaded(page: Page) -> None:
    await page.evaluate("window.stillHere = true")


async def still_here(page: Page) -> bool:
    here: bool = await page.evaluate("window.stillHere === true")
    return here


# --- the whole way ---


async def test_from_a_quiz_to_a_counsellor_and_back(desk: Desk) -> None:  # noqa: PLR0915 - one way, told in its order
    barriers = []
    queue = await desk.queue()
    await never_reloaded(queue)
    phone = await desk.phone()
    await write(phone, "chào bạn")
    await expect(phone.locator(".message.bot").first).to_contain_text("chương trình máy")
    await write(phone, "em là học sinh")
    await expect(phone.locator("#choices")).to_contain_text("11-14")
    await write(phone, "cấp 2")
    await expect(phone.locator("#choices")).to_contain_text("Gặp cô chú 111")
    await write(phone, "cho em làm quiz")
    await press(phone, "Câu đố: bắt nạt")
    await expect(phone.locator(".message.bot").last).to_contain_text("?")
    await write(phone, DISCLOSURE)
    help_ = phone.locator(".message.bot").last
    await expect(help_.get_by_role("link", name="111").first).to_have_attribute("href", "tel:111")
    await press(phone, "Không, mình không an toàn")
    await expect(phone.locator(".message.bot").last).to_contain_text("111 · 113")
    await press(phone, "Gặp cô chú 111")
    await expect(phone.locator("#choices")).to_contain_text("Không đồng ý")
    await expect(queue.locator(ENTRIES)).to_have_count(0)
    began = time.monotonic()
    await press(phone, "Đồng ý, gửi cho 111")
    await expect(queue.locator(ENTRIES)).to_have_count(1)
    await quick("the child stands in the open queue", began)
    assert await still_here(queue)
    card = queue.locator(ENTRIES)
    for words in ("Khẩn cấp", "11–14 tuổi", "Web"):
        await expect(card).to_contain_text(words)
    await expect(queue).to_have_title(re.compile(r"\(1\)"))
    assert DISCLOSURE not in await queue.content()
    barriers += await axe_finds(queue)

    await queue.get_by_role("button", name="Nhận em tiếp theo").click()
    case = queue
    await expect(case).to_have_url(re.compile(r"/desk/cases/[0-9a-f]{32}$"))
    await never_reloaded(case)
    await expect(phone.locator(".message.bot").last).to_contain_text(f"{NAME} của tổng đài 111")
    log = case.locator("#log")
    await expect(log).to_contain_text(DISCLOSURE)
    marked = " ".join(await log.locator("mark").all_inner_texts())
    assert "danh" in marked
    shared = await log.inner_text()
    for before in ("chào bạn", "em là học sinh", "cho em làm quiz", "Câu đố"):
        assert before not in shared
    barriers += await axe_finds(case)

    began = time.monotonic()
    await case.get_by_label("Trả lời em").fill("Chào em, cô là Hạnh. Em đang ở đâu?")
    await case.get_by_role("button", name="Gửi cho em").click()
    said = phone.locator(".message.counsellor").last
    await expect(said).to_contain_text("cô là Hạnh")
    await quick("the counsellor's words stand on the phone", began)
    await expect(said.locator(".author")).to_have_text(f"{NAME} · tổng đài 111")
    await expect(log.locator(".line-counsellor").last).to_contain_text("Đã gửi")
    spoken = await phone.locator(".message.bot").count()
    began = time.monotonic()
    await write(phone, "dạ em ở nhà bà")
    await expect(log.locator(".line-child").last).to_contain_text("dạ em ở nhà bà")
    await quick("the child's answer stands on the desk", began)
    assert await still_here(case)
    assert await phone.locator(".message.bot").count() == spoken

    await case.locator("#end summary").click()
    await case.locator("#outcome").select_option("advised")
    await case.get_by_label("Tóm tắt").fill("Em ở nhà bà, bà biết chuyện.")
    await case.locator("#end").get_by_role("button", name="Kết thúc", exact=True).click()
    await expect(case.get_by_text("Cuộc trò chuyện đã kết thúc.")).to_be_visible()
    await expect(phone.locator(".message.bot").last).to_contain_text("Giờ lại là mình, chương trình máy tính")
    await write(phone, "cho em làm quiz")
    await expect(phone.locator("#choices")).to_contain_text("Câu đố: bắt nạt")
    barriers += await axe_finds(case)
    await case.get_by_role("link", name="Về hàng chờ").click()
    await expect(case.get_by_role("heading", name="Không có em nào đang chờ.")).to_be_visible()
    barriers += await axe_finds(case)
    assert barriers == []


async def test_handed_back_and_taken_again(desk: Desk) -> None:
    phone, case = await desk.phone(), await desk.queue()
    await tell(phone)
    await press(phone, "Đồng ý, gửi cho 111")
    await expect(case.locator(ENTRIES)).to_have_count(1)
    await case.get_by_role("button", name="Nhận em tiếp theo").click()
    await expect(phone.locator(".message.bot").last).to_contain_text(NAME)
    await case.locator("#back summary").click()
    await case.get_by_role("button", name="Trả về hàng chờ").click()
    await expect(phone.locator(".message.bot").last).to_contain_text("xếp lên trước trong hàng chờ")
    await case.get_by_role("link", name="Về hàng chờ").click()
    await expect(case.locator(ENTRIES)).to_contain_text("được trả lại hàng")
    await case.get_by_role("button", name="Nhận em tiếp theo").click()
    await expect(phone.locator(".message.bot").last).to_contain_text(NAME)
    await finish(case)


async def finish(case: Page) -> None:
    await case.locator("#end summary").click()
    await case.locator("#outcome").select_option("child_left")
    await case.locator("#end").get_by_role("button", name="Kết thúc", exact=True).click()
    await expect(case.get_by_text("Cuộc trò chuyện đã kết thúc.")).to_be_visible()


async def test_quick_exit_in_the_middle_of_the_contact(desk: Desk) -> None:
    phone, case = await desk.phone(), await desk.queue()
    await tell(phone)
    await press(phone, "Đồng ý, gửi cho 111")
    await expect(case.locator(ENTRIES)).to_have_count(1)
    await case.get_by_role("button", name="Nhận em tiếp theo").click()
    await case.get_by_label("Trả lời em").fill("Chào em, cô là Hạnh.")
    await case.get_by_role("button", name="Gửi cho em").click()
    await expect(phone.locator(".message.counsellor")).to_have_count(1)
    began = time.monotonic()
    await phone.locator("#exit").click()
    await expect(phone).to_have_url(f"{desk.product.url}/chat/static/study.html")
    await expect(case.locator("[data-region=news] .news")).to_contain_text("Em đã thoát nhanh")
    await quick("the desk knows of the exit", began)
    for word in ("111", NAME, "Khiên", "đánh", "tổng đài", DISCLOSURE):
        assert word not in await phone.locator("body").inner_text()
    kept = await phone.evaluate("[Object.keys(sessionStorage), Object.keys(localStorage), document.cookie]")
    assert kept == [["s"], [], ""]  # the tab's secret alone: what is held can be asked for later
    await case.get_by_label("Trả lời em").fill("Em còn đó không?")
    await case.get_by_role("button", name="Gửi cho em").click()
    await expect(case.locator("#seen")).to_contain_text("EM CHƯA NHẬN ĐƯỢC")
    await phone.wait_for_timeout(500)
    assert "còn đó" not in await phone.content()
    # Whoever goes back, or opens the page again, finds it empty; only asking for a counsellor brings the words.
    await phone.evaluate("setTimeout(() => history.back(), 50)")
    await phone.wait_for_timeout(400)
    await phone.goto(f"{desk.product.url}/")
    await expect(phone.get_by_role("button", name="Bắt đầu")).to_be_visible()
    await phone.wait_for_timeout(1200)  # a stream that came back would have looked twice by now
    await expect(phone.locator(".message")).to_have_count(0)
    assert "còn đó" not in await phone.content()
    await write(phone, "gặp cô chú 111")
    await expect(phone.locator(".message.counsellor").last).to_contain_text("Em còn đó không?")
    await expect(case.locator("#log .line-counsellor").last).to_contain_text("Đã gửi")
    await finish(case)


async def test_a_refusal_leaves_the_queue_empty(desk: Desk) -> None:
    before = await desk.product.command("case", "list")
    phone, queue = await desk.phone(), await desk.queue()
    await tell(phone)
    await press(phone, "Không đồng ý")
    await expect(phone.locator(".message.bot").last).to_contain_text("mình không gửi cho ai cả")
    await expect(phone.locator(".message.bot").last.get_by_role("link", name="111").first).to_be_visible()
    await write(phone, "em sợ lắm")
    await expect(phone.locator(".message.me:not(.waiting)")).to_have_count(5)
    await queue.wait_for_timeout(1200)
    await expect(queue.locator(ENTRIES)).to_have_count(0)
    await expect(queue.get_by_role("heading", name="Không có em nào đang chờ.")).to_be_visible()
    assert await desk.product.command("case", "list") == before
