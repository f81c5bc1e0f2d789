"""What the watch does, seen in real browsers by two counsellors and a supervisor at once."""

from typing import Any

from playwright.async_api import Page, expect

from escalation import queue
from escalation.cases import raise_alert
from escalation.tables import cases
from escalation.watch import sweep
from tests.escalation.line import Line
from tests.escalation.visits import Visits
from tests.escalation.world import Member, World

pytest_plugins = ("tests.escalation.visits_fixture", "tests.escalation.line_fixture")

# Notes what a page sounds, and stands for the desktop's notifications; the rest is Chromium's own.
EARS = """
window.heard = [];
window.told = [];
const make = AudioContext.prototype.createOscillator;
AudioContext.prototype.createOscillator = function () {
  const oscillator = make.call(this);
  const start = oscillator.start;
  oscillator.start = function (at) { window.heard.push(oscillator.frequency.value); return start.call(this, at); };
  return oscillator;
};
window.Notification = class {
  static permission = "default";
  static async requestPermission() { return (Notification.permission = "granted"); }
  constructor(title, options) { window.told.push(title + ": " + options.body); }
};
"""


async def ready(world: World, *members: Member) -> None:
    async with world.database.transaction() as unit:
        for member in members:
            await queue.mark_present(unit, member.staff, world.now)


async def test_a_counsellor_whose_line_is_gone_loses_the_child_and_everybody_sees_who_takes_it(
    visits: Visits, world: World, line: Line
) -> None:
    lan, nam = await world.member("lan"), await world.member("nam")
    thu = await world.member("thu", "supervisor")
    await ready(world, lan, nam)
    case_id = await world.child("em sợ lắm")
    straight, through_the_line = visits.url, f"http://127.0.0.1:{line.port}/desk/"
    his, boss = await visits.open(member=nam), await visits.open(member=thu)
    visits.url = through_the_line
    hers = await visits.open(member=lan)
    await hers.get_by_role("button", name="Nhận em tiếp theo").click()
    box = hers.get_by_label("Trả lời em")
    await box.fill("Cô đang viết dở")  # at once, perhaps before the page's script has run
    await expect(hers.locator("#reply-hint")).to_contain_text("Đã lưu nháp lúc")
    await expect(his.get_by_text("Cô Lan đang trò chuyện")).to_be_visible()

    await line.cut()
    world.clock.advance(queue.LEASE_SECONDS + 1)
    assert await sweep(world.database, world.vault, world.now) == 1
    await expect(boss.get_by_text("Trang của tư vấn viên đã đóng, em trở lại hàng chờ")).to_be_visible()
    await his.get_by_role("button", name="Nhận em tiếp theo").click()
    answer = his.get_by_label("Trả lời em")
    await expect(answer).to_have_value("")  # what a colleague was writing is nobody else's
    await answer.fill("Anh Nam đây")
    await answer.press("Control+Enter")
    await expect(his.locator(".line-counsellor .said")).to_have_text("Anh Nam đây")
    await expect(boss.get_by_text("Cô Nam đang trò chuyện")).to_be_visible()

    await line.mend()
    await expect(hers.locator("#lost")).to_contain_text("không còn giữ ca này")
    await expect(box).to_have_value("Cô đang viết dở")
    await expect(box).to_have_attribute("readonly", "")
    await expect(hers.get_by_role("button", name="Gửi cho em")).to_be_disabled()
    await expect(hers.locator(".line-counsellor .said")).to_have_text("Anh Nam đây")
    [row] = await world.rows(cases, id=case_id)
    assert (row.state, row.owner_id) == ("claimed", nam.staff.id)
    await hers.context.close()
    # The cut line itself, and the lease that cannot be renewed any more: Chromium writes both down.
    visits.wrong = [words for words in visits.wrong if "net::ERR_" not in words and "409 (Conflict)" not in words]
    visits.elsewhere = [url for url in visits.elsewhere if not url.startswith(straight)]


async def test_danger_and_broken_targets_sound_and_notify_without_a_word_of_the_child(
    visits: Visits, world: World
) -> None:
    thu = await world.member("thu", "supervisor")
    page = await visits.open("help", thu)
    await page.context.add_init_script(EARS)
    await page.goto(visits.url)
    await page.get_by_role("button", name="Bật thông báo của trình duyệt").click()
    await expect(page.get_by_text("Đã bật thông báo của trình duyệt")).to_be_visible()
    calm = await world.child("hoa sữa thơm nồng")
    await expect(page.locator(f'[data-key="{calm}"]')).to_be_visible()
    assert (await heard(page)) == ([], [])  # a child that waits is no alarm

    first = await world.child("hoa sữa thơm nồng", urgency="emergency")
    await expect(page.locator(f'[data-key="{first}"]')).to_be_visible()
    assert (await heard(page)) == ([523, 659], ["Khiên Nhỏ: Có em cần gặp ngay"])
    # One leaves and another comes between two looks: as many as before, and yet a child in danger is new.
    async with world.database.transaction() as unit:
        await unit.execute(cases.update().where(cases.c.id == first).values(state="withdrawn"))
        await unit.execute(cases.update().where(cases.c.id == calm).values(urgency="emergency"))
        await raise_alert(unit, calm, "raised", world.now)
    await expect(page.locator(f'[data-key="{calm}"]')).to_contain_text("Khẩn cấp")
    assert (await heard(page)) == ([523, 659], ["Khiên Nhỏ: Có em cần gặp ngay"])

    world.clock.advance(61)
    assert await sweep(world.database, world.vault, world.now) == 1
    await expect(page.get_by_text("Quá mục tiêu mà em chưa nhận được câu trả lời đầu")).to_be_visible()
    assert (await heard(page)) == ([440], ["Khiên Nhỏ: Có việc cần giám sát viên xem"])


async def heard(page: Page) -> tuple[list[int], list[str]]:
    """Return what sounded and what was notified since the last time."""
    found: dict[str, list[Any]] = await page.evaluate("({heard: heard.splice(0), told: told.splice(0)})")
    return [round(pitch) for pitch in found["heard"]], found["told"]
