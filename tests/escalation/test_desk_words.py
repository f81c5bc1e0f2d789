"""The desk in two languages: the same words, the person's own choice, refusals too; phrases and how hard words read."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from content.library import Content
from escalation.contact import MAX_REPLY_CHARACTERS
from escalation.desk import wording
from escalation.desk.phrases import CALM, lesson_cards, phrases
from escalation.desk.reading_ease import ease
from escalation.desk.views.preferences import _own_page
from escalation.preferences import preference
from tests.escalation.world import Browser, Desk, World

BANDS = ["6-10", "11-14", "15-17", None]
PLACE = re.compile(r"\{\w+\}")


def flat(words: dict[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    for key, value in words.items():
        if isinstance(value, dict):
            yield from flat(value, f"{path}{key}.")
        else:
            yield f"{path}{key}", value


def test_both_languages_have_the_same_words_with_the_same_places() -> None:
    vietnamese, english = dict(flat(wording.words("vi"))), dict(flat(wording.words("en")))
    assert set(vietnamese) ^ set(english) == set()
    assert [
        key for key in vietnamese if sorted(PLACE.findall(vietnamese[key])) != sorted(PLACE.findall(english[key]))
    ] == []
    assert [key for key, value in {**vietnamese, **english}.items() if not value.strip()] == []


def test_no_word_stands_twice_in_a_file() -> None:
    folder = Path(wording.__file__).parent / "words"
    for file in folder.rglob("*.yml"):
        node = yaml.compose(file.read_text(encoding="utf-8"))
        assert isinstance(node, yaml.MappingNode)
        keys = [key.value for key, _ in node.value]
        assert len(keys) == len(set(keys)), file.name


def test_times_are_written_as_each_language_writes_them() -> None:
    moment = datetime(2026, 11, 22, 18, 5, tzinfo=UTC)
    assert wording.local(moment) == "01:05 23/11/2026"
    before = wording.LANGUAGE.set("en")
    try:
        assert wording.local(moment) == "01:05, 23 Nov 2026"
    finally:
        wording.LANGUAGE.reset(before)


async def choose(browser: Browser, **fields: str) -> str:
    answer = await browser.post("/desk/preferences", fields)
    assert answer.status == HTTPStatus.SEE_OTHER
    return answer.headers["Location"]


async def test_a_person_chooses_the_language_and_it_stays(desk: Desk, world: World) -> None:
    lan = await world.member("lan")
    browser = await desk.of(lan)
    case_id = await world.child("em sợ")
    assert await choose(browser, language="en", back=f"/desk/cases/{case_id}") == f"/desk/cases/{case_id}"
    page = await (await browser.get(f"/desk/cases/{case_id}")).text()
    assert '<html lang="en">' in page
    assert "Take this child" in page
    assert '<p class="said" lang="vi">em sợ</p>' in page, "what a child wrote is not English"
    assert "Hàng chờ" not in page
    again = await desk.of(lan)
    assert "Queue" in await (await again.get("/desk/")).text()
    assert "There is no such case" in await (await browser.get(f"/desk/cases/{'f' * 32}")).text()
    other = await desk.of(await world.member("nam"))
    assert '<html lang="vi">' in await (await other.get("/desk/")).text()


async def test_the_door_speaks_english_when_asked(desk: Desk) -> None:
    browser = desk.browser()
    page = await (await browser.get("/desk/sign-in?lang=en")).text()
    assert '<html lang="en">' in page
    refused = await browser.post("/desk/sign-in?lang=en", {"name": "x", "password": "y", "code": "1"})
    assert "is not right" in await refused.text()
    assert '<html lang="vi">' in await (await browser.get("/desk/sign-in?lang=xx")).text()


async def test_single_keys_can_be_switched_off(desk: Desk, world: World) -> None:
    browser = await desk.of(await world.member("lan"))
    assert " no-keys" not in await (await browser.get("/desk/help")).text()
    assert await choose(browser, shortcuts="0", back="/desk/help") == "/desk/help"
    assert " no-keys" in await (await browser.get("/desk/help")).text()
    [row] = await world.rows(preference)
    assert (row.language, row.shortcuts) == ("vi", False)
    for wrong in ({"language": "fr"}, {"shortcuts": "maybe"}):
        assert (await browser.post("/desk/preferences", wrong)).status == HTTPStatus.UNPROCESSABLE_ENTITY


@pytest.mark.parametrize(
    "back",
    ["", "https://x.example/", "//x.example", "/desk//x.example", "/desk/\\x", "/desk", "/desk/\r\nX: y", "/api/v1"],
)
def test_going_back_leads_nowhere_but_to_our_pages(back: str) -> None:
    assert _own_page(back) == "/"


@given(st.text(max_size=40))
def test_whatever_is_sent_as_the_way_back_stays_here(back: str) -> None:
    path = _own_page(f"/desk/{back}")
    assert path.startswith("/")
    assert not path.startswith("//")
    assert path.isprintable()


@pytest.mark.parametrize("band", BANDS)
def test_there_are_phrases_for_every_part_of_a_talk(band: str | None) -> None:
    found = phrases(band or "unknown", band, "Cô Lan")
    assert list(dict.fromkeys(phrase.group for phrase in found)) == [
        "hello", "believe", "safety", "calm", "next", "wait", "goodbye",
    ]  # fmt: skip
    assert next(phrase for phrase in found if phrase.group == CALM).text.count("Hít vào") == 1
    assert len({phrase.text for phrase in found}) == len(found)


@pytest.mark.parametrize("band", BANDS)
def test_phrases_keep_to_the_measure_that_they_are_held_to(band: str | None) -> None:
    for phrase in phrases(band or "unknown", band, "Cô Lan"):
        found = ease(phrase.text, band or "unknown")
        assert found.hard == (), phrase.text
        assert found.longest <= found.most + 6, phrase.text  # a name and a number more than the bot's own sentences


def test_lessons_come_as_cards_short_enough_to_send() -> None:
    cards = lesson_cards(Content.load(), "11-14", ("scam", "neglect"))
    assert len({card.title for card in cards}) == 2
    assert all(card.group == "lesson" and 0 < len(card.text) <= MAX_REPLY_CHARACTERS for card in cards)
    assert "**" not in "".join(card.text for card in cards)
    assert lesson_cards(Content.load(), None, ("scam",)) == ()
    assert lesson_cards(None, "11-14", ("scam",)) == ()


@pytest.mark.parametrize(("audience", "most"), [("6-10", 12), ("11-14", 18), ("15-17", 24), ("parent", 24), ("?", 12)])
def test_the_measure_is_that_of_the_bots_own_sentences(audience: str, most: int) -> None:
    assert ease("", audience).longest == 0
    assert ease("một hai ba. bốn năm", audience).longest == 3
    assert ease("một", audience).most == most


def test_hard_words_are_named_for_the_young_alone() -> None:
    assert ease("Cô sẽ CAN THIỆP", "6-10").hard == (("can thiệp", "giúp, vào giúp"),)
    assert ease("Cô sẽ can thiệp", "15-17").hard == ()
    assert ease("trao đổi, đối tượng, nguy cơ, đề nghị", "11-14").hard != ()
    assert len(ease("trao đổi, đối tượng, nguy cơ, đề nghị", "11-14").hard) == 3
