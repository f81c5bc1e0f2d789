"""The privacy notice: two readings, two languages, no scripts, and nothing on it that the settings do not keep."""

import re

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot.channels.web.privacy import TALK_DAYS, privacy_page
from bot.server import STATIC, application, privacy_routes
from bot.settings import Settings
from bot.state import Language
from content.library import Content
from content.schema import BANDS, Audience, Band


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("band", BANDS)
def test_both_readings_stand_on_one_page(content: Content, lang: Language, band: Band) -> None:
    page = privacy_page(content, lang, band, case_years=5)
    readers: tuple[Audience, ...] = (band, "parent")
    for audience in readers:
        heading = content.say("notice.who", audience, lang).strip().splitlines()[0]
        assert f"<h3>{heading}</h3>" in page
    assert page.count("<h3>") == 6
    assert f'aria-current="true">{band.replace("-", "–")}<' in page


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_where_an_emergency_is_passed_on_the_page_says_so(content: Content, lang: Language) -> None:
    told = "không kèm tên" if lang == "vi" else "with one exception"
    assert told in privacy_page(content, lang, "6-10", case_years=5, vital_interest=True)
    assert told not in privacy_page(content, lang, "6-10", case_years=5)


def test_the_page_needs_no_script_and_calls_nobody(content: Content) -> None:
    page = privacy_page(content, "vi", "6-10", case_years=5)
    assert re.findall(r"<script|style=|\son\w+=|https?://|cookie", page) == [
        "cookie"
    ]  # the one that says there is none
    linked = re.findall(r'(?:href|src)="(/chat/static/[^"]+)"', page)
    assert [path for path in linked if not (STATIC / path.removeprefix("/chat/static/")).is_file()] == []


def test_its_tab_is_as_harmless_as_the_chats(content: Content) -> None:
    assert "<title>Góc học tập</title>" in privacy_page(content, "vi", "11-14", case_years=5)
    assert "<title>Góc học tập</title>" in (STATIC / "index.html").read_text("utf-8")


def test_the_years_are_those_of_the_settings_and_the_days_at_least_theirs(content: Content) -> None:
    page = privacy_page(content, "vi", "11-14", case_years=7)
    assert page.count("7 năm sau khi khép lại") == 2
    assert Settings().retention_talk_days <= TALK_DAYS
    assert Settings.model_fields["retention_talk_days"].metadata[1].le == TALK_DAYS


@pytest.mark.parametrize(
    ("query", "words"),
    [("", "Mình giữ những gì?"), ("?age=15-17", "Bạn làm được gì?"), ("?lang=en", "What do I keep?"),
     ("?lang=xx&age=99", "Mình giữ những gì?")],
)  # fmt: skip
async def test_it_is_served_to_everyone(content: Content, query: str, words: str) -> None:
    app = application(privacy_routes(content, case_years=5), {})
    async with TestClient(TestServer(app)) as client, client.get(f"/privacy{query}") as answer:
        assert (answer.status, answer.content_type) == (200, "text/html")
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert words in await answer.text()


def test_the_childs_page_leads_to_it() -> None:
    assert 'href="/privacy"' in (STATIC / "index.html").read_text("utf-8")
