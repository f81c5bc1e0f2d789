"""What is done on a page of the desk before it is looked at."""

from collections.abc import Awaitable, Callable

from playwright.async_api import Page

from escalation import queue
from tests.escalation.furnished import Hotline
from tests.escalation.security_steps import next_code
from tests.escalation.world import PASSWORD

Step = Callable[[Page, Hotline], Awaitable[None]]


def press(selector: str) -> Step:
    """Return the step that presses one thing."""

    async def step(page: Page, _hotline: Hotline) -> None:
        await page.locator(selector).click()

    return step


def submit(form: str) -> Step:
    """Return the step that sends one form as it stands."""

    async def step(page: Page, _hotline: Hotline) -> None:
        await _send(page, form)

    return step


async def _send(page: Page, form: str, **fields: str) -> None:
    for name, value in fields.items():
        await page.locator(form).first.locator(f"[name={name}]").fill(value)
    button = page.locator(form).first.locator("button[type=submit]").first
    async with page.expect_navigation():
        await button.click()


async def set_up(page: Page, _hotline: Hotline) -> None:
    people = {"admin": ("quan-tri", "Anh Minh"), "counsellor": ("lan", "Cô Lan")}
    for who, (name, display_name) in people.items():
        await page.locator(f"#{who}_name").fill(name)
        await page.locator(f"#{who}_display").fill(display_name)
        await page.locator(f"#{who}_password").fill(PASSWORD)
    await _send(page, "main form")


async def sign_in_wrongly(page: Page, _hotline: Hotline) -> None:
    await _send(page, "main form", name="lan", password=PASSWORD, code="000000")


async def reset_password(page: Page, _hotline: Hotline) -> None:
    await _send(page, "main form", password=PASSWORD)


async def at_the_talk(page: Page, _hotline: Hotline) -> None:
    await page.locator("#text").fill("Mai em có muốn cô gọi cho cô chủ nhiệm giúp em không?")


async def claim_too_late(page: Page, hotline: Hotline) -> None:
    async with hotline.world.database.transaction() as unit:
        thu = hotline.staff["thu"].staff
        await queue.claim(unit, hotline.world.vault, thu, hotline.named["high"], hotline.now)
    async with page.expect_navigation():
        await page.evaluate("document.getElementById('claim').submit()")


async def make_recovery(page: Page, hotline: Hotline) -> None:
    await _send(page, "form[action$='/account/recovery']", step_up=next_code(hotline.world, hotline.staff["lan"]))


async def new_authenticator(page: Page, hotline: Hotline) -> None:
    form = "form[action$='/account/authenticator']"
    if await page.locator("#step_up_authenticator").count():
        await page.locator("#step_up_authenticator").fill(next_code(hotline.world, hotline.staff["lan"]))
    await _send(page, form, old_password=PASSWORD)


async def show_keys(page: Page, _hotline: Hotline) -> None:
    await page.locator("#main").focus()
    await page.keyboard.press("?")
    await page.locator("dialog[open]").wait_for()


async def create_staff(page: Page, hotline: Hotline) -> None:
    form = "main form[method=post]:not([action])"
    code = next_code(hotline.world, hotline.staff["minh"])
    await _send(page, form, name="hoa", display_name="Cô Hoa", password="mot cau dai de nho", step_up=code)


async def reset_link(page: Page, hotline: Hotline) -> None:
    form = "form[action$='/reset-link']"
    await _send(page, form)
    if await page.locator("#step_up").count():
        await _send(page, "main form", step_up=next_code(hotline.world, hotline.staff["minh"]))


async def make_token(page: Page, hotline: Hotline) -> None:
    await page.locator("input[name='action:queue.view']").check()
    if await page.locator("#step_up").count():
        await page.locator("#step_up").fill(next_code(hotline.world, hotline.staff["minh"]))
    await _send(page, "main form[action$='/tokens']", label="Bảng hiển thị")


STEPS: dict[str, Step] = {
    step.__name__: step
    for step in (
        at_the_talk,
        claim_too_late,
        create_staff,
        make_recovery,
        make_token,
        new_authenticator,
        reset_link,
        reset_password,
        set_up,
        show_keys,
        sign_in_wrongly,
    )
}
"""By the names that `sights.yml` calls them."""
