"""Pictures of every page of the desk: by day and by night, on an office screen and on a phone, in both languages."""

from pathlib import Path

from playwright.async_api import Browser, BrowserContext, Page

SIZES = {"desk": {"width": 1280, "height": 720}, "phone": {"width": 360, "height": 740}}
SCHEMES = ("light", "dark")


async def take_desk_pictures(browser: Browser, desk: Page, folder: Path) -> None:
    """Walk through the pages of a signed-in counsellor who holds a child; `desk` stands on that child's page."""
    folder.mkdir(parents=True, exist_ok=True)
    case, root = desk.url.partition("#")[0], desk.url.partition("/cases/")[0]
    pages = {"sign-in": f"{root}/sign-in", "queue": f"{root}/", "case": case, "help": f"{root}/help"}
    for size, viewport in SIZES.items():
        context = await browser.new_context(viewport=viewport, locale="vi-VN")  # type: ignore[arg-type]
        await context.add_cookies(await desk.context.cookies())  # type: ignore[arg-type]
        for name, address in pages.items():
            await _take(context, address, folder / f"{name}-{size}")
        for tool in ("phrases", "noting", "back", "end"):
            await _take(context, case, folder / f"case-{tool}-{size}", press=f"#{tool} > summary")
        await context.close()
    english = await browser.new_context(viewport=SIZES["desk"], locale="en-GB")  # type: ignore[arg-type]
    await english.add_cookies(await desk.context.cookies())  # type: ignore[arg-type]
    page = await english.new_page()
    await page.goto(f"{root}/help")
    for language, name in (("en", "English"), ("vi", "Tiếng Việt")):
        await page.locator(".drop-end > summary").click()
        await page.get_by_role("button", name=name, exact=True).click()
        if language == "en":
            await _take(english, f"{root}/", folder / "queue-english")
            await _take(english, case, folder / "case-english")
    await english.close()


async def _take(context: BrowserContext, address: str, file: Path, *, press: str | None = None) -> None:
    page = await context.new_page()
    await page.goto(address)
    if press is not None:
        await page.locator(press).click()
    for scheme in SCHEMES:
        await page.emulate_media(color_scheme="light" if scheme == "light" else "dark")
        await page.wait_for_timeout(300)
        await page.screenshot(path=file.with_name(f"{file.name}-{scheme}.png"))
    await page.close(run_before_unload=False)
