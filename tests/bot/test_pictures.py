"""Which words bring a picture, that none stands beside a disclosure, and how the children's page gets it."""

import struct
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import given
from hypothesis import strategies as st

from bot.cards import day_of
from bot.channels.pictures import rendered, shown
from bot.channels.web.pictures import PLACE, picture_handler
from bot.effects import Say
from bot.events import Attached
from bot.flows.measure import CONFIDANTS
from bot.learning import Learning, Measure
from bot.server import application
from bot.state import Contact, Flow, Heard, State
from bot.turn import turn
from content.errors import UnknownText
from content.library import Content
from content.pictures import certificate_id, version
from content.pictures.catalogue import DRAWINGS
from nlu.listener import Listener
from nlu.understanding import Understanding
from store.clock import SystemClock
from store.database import Database
from tests.bot.chat_server import ChatServer, chat_server
from tests.bot.moments import (
    NOTHING,
    NOW,
    borderline,
    child,
    disclosure,
    happened,
    matter,
    of_kind,
    our_content,
    pressed,
    said,
    states,
)

pytest_plugins = ("tests.store.databases",)
CARD = Flow(kind="lesson", topic="scam", step=-1)
PARENT = State(role="parent", greeted=True)
CHOICES = ("menu", "next", "breathe", "learn.scam", "advice.scam", "band.11-14", "role.parent", "talk.now", "safe.no")


def pictures(state: State, choice: str) -> list[str | None]:
    return [say.picture for say in of_kind(turn(pressed(choice, state=state)), Say)]


def at_first_card(**more: Any) -> State:
    """Return a child for whom "next" opens the first card, with nothing to be asked before it."""
    measured = Measure(topic="scam", before="right", after="right")
    return child(flow=CARD, **more).having_learned(
        Learning(audience="11-14", told=(CONFIDANTS[0],), measures=(measured,))
    )


# --- which words bring one -----------------------------------------------------------------------------------------


def test_the_first_card_of_a_lesson_has_the_cover_and_no_other_card() -> None:
    first = turn(pressed("next", state=at_first_card()))
    assert [say.picture for say in of_kind(first, Say)] == ["cover.scam"]
    assert pictures(first.state, "next") == [None]


def test_the_first_card_of_advice_has_the_cover() -> None:
    first = turn(pressed("advice.grooming", state=PARENT))
    assert [say.picture for say in of_kind(first, Say)] == ["cover.grooming"]
    assert pictures(first.state, "next") == [None]


def test_welcome_and_breathing_show_nhim() -> None:
    assert pictures(State(role="child", greeted=True), "band.11-14") == ["mascot.hello"]
    assert pictures(child(), "breathe") == ["mascot.calm"]


# --- and which never do --------------------------------------------------------------------------------------------

HINTED = Heard(seq=1, text="x", at=NOW, hint=True)
WORRIES: dict[str, dict[str, Any]] = {
    "disclosure": {"matter": matter()},
    "refused": {"matter": matter(stage="refused")},
    "hint": {"hint": matter()},
    "asked about a hint": {"asked_about": ("grooming",), "heard": (HINTED,)},
    "heard a hint": {"heard": (HINTED,)},
    "case": {"contact": Contact(case_id="case")},
    "closed case": {"contact": Contact(case_id="case", closed=True)},
}


@pytest.mark.parametrize("worry", WORRIES)
@pytest.mark.parametrize("choice", ["next", "breathe", "band.6-10"])
def test_no_picture_inside_or_after_a_disclosure_a_hint_or_a_case(worry: str, choice: str) -> None:
    assert any(pictures(at_first_card(), choice))
    assert not any(pictures(at_first_card(**WORRIES[worry]), choice))


@pytest.mark.parametrize("heard", [disclosure(), borderline()])
def test_no_picture_in_the_answer_to_words_that_tell(heard: Understanding) -> None:
    said_it = turn(said("ba đánh em", heard, state=at_first_card()))
    assert not any(say.picture for say in of_kind(said_it, Say))


events = st.one_of(
    st.builds(lambda choice: ("pressed", choice), st.sampled_from(CHOICES)),
    st.builds(lambda heard: ("said", heard), st.sampled_from([NOTHING, disclosure(), borderline()])),
    st.just(("attached", "sticker")),
)


@given(state=states, what=events)
def test_protected_words_and_an_open_matter_never_have_a_picture(state: State, what: tuple[str, Any]) -> None:
    kind, value = what
    if kind == "pressed":
        moment = pressed(value, state=state)
    elif kind == "said":
        moment = said("dạ", value, state=state)
    else:
        moment = happened(Attached(seq=50, kind=value), state=state)
    result = turn(moment)
    shows = [say for say in of_kind(result, Say) if say.picture is not None]
    assert not any(say.protect for say in shows)
    if shows:
        assert state.contact is None or state.person != result.state.person
        assert result.state.contact is None
        assert not any(item.hint for item in result.state.heard)


def test_an_answer_that_only_sounds_like_a_hint_is_welcomed_with_nhim() -> None:
    asked = State(role="child", greeted=True, flow=Flow(kind="band"))
    (welcome,) = of_kind(turn(said("mình 12 tuổi", borderline(), state=asked)), Say)
    assert (welcome.message_id, welcome.picture) == ("onboarding.welcome", "mascot.hello")


# --- what a channel is told of a picture ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["cover.scam", "badge.gaming", "mascot.calm", certificate_id("scam", NOW.date())])
async def test_a_picture_has_the_size_that_was_named(name: str) -> None:
    named = shown(name, "en")
    assert named is not None
    assert struct.unpack(">II", (await rendered(name))[16:24]) == (named.width, named.height)


@pytest.mark.parametrize("name", [None, "", "cover", "cover.cooking", "certificate.scam", "certificate.scam.20261122"])
def test_an_unknown_picture_is_none_and_the_words_go_without_it(name: str | None) -> None:
    assert shown(name, "vi") is None


async def test_every_drawing_can_be_shown_and_an_unknown_one_is_refused() -> None:
    assert all(shown(name, language) for name in DRAWINGS for language in ("vi", "en"))
    with pytest.raises(UnknownText):
        await rendered("certificate")


# --- the children's page -------------------------------------------------------------------------------------------


@pytest.fixture
async def chat(lite: Database, content: Content, listener: Listener) -> AsyncIterator[ChatServer]:
    async with chat_server(lite, content, listener) as running:
        running.work()
        yield running


async def test_a_reply_names_its_picture_in_the_childs_language(chat: ChatServer) -> None:
    session = await chat.session()
    await chat.send(session, "1", choice="role.child")
    (welcome,) = await chat.send(session, "2", choice="band.11-14")
    (english,) = await chat.send(session, "3", choice="lang.en")
    assert welcome["image"] == {
        "url": f"/chat/pictures/{version('mascot.hello')}/mascot.hello.png",
        "alt": "Nhím cầm khiên và vẫy tay chào bạn.",
        "width": 320,
        "height": 320,
    }
    assert english["image"]["alt"] not in {"", welcome["image"]["alt"]}
    async with chat.browser.get(chat.url(welcome["image"]["url"])) as answer:
        assert (answer.status, answer.content_type) == (200, "image/png")
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert (await answer.read()).startswith(b"\x89PNG")


@pytest.fixture
async def page() -> AsyncIterator[TestClient[Any, Any]]:
    """Give the route alone."""
    routes = [web.get(f"{PLACE}/{{version}}/{{file}}", picture_handler(SystemClock()))]
    async with TestClient(TestServer(application(routes, {}))) as client:
        yield client


async def test_a_certificate_is_given_for_a_month_and_for_no_other_day(page: TestClient[Any, Any]) -> None:
    today = day_of(SystemClock().now())
    names = [certificate_id("scam", today + timedelta(days=days)) for days in (0, -29, -32, 2)]
    statuses = [(await page.get(f"{PLACE}/{version(name)}/{name}.png")).status for name in names]
    assert statuses == [200, 200, 404, 404]


@pytest.mark.parametrize(
    "path",
    [
        "000000000000/cover.scam.png",
        "{}/cover.scam",
        "{}/cover.scam.svg",
        "{}/cover.scam.png.png",
        "{}/Cover.scam.png",
        "{}/cover.cooking.png",
        "{}/certificate.png",
        "{}/certificate.scam.2026-13-40.png",
        "{}/..%2fcover.scam.png",
        "{}/",
        "cover.scam.png",
    ],
)
async def test_anything_but_a_drawing_as_it_is_now_is_not_found(page: TestClient[Any, Any], path: str) -> None:
    async with page.get(f"{PLACE}/{path.format(version('cover.scam'))}") as answer:
        assert answer.status == 404
        assert "immutable" not in answer.headers["Cache-Control"]


def test_every_topic_that_is_taught_has_its_cover() -> None:
    assert {f"cover.{topic}" for topic in our_content().topics} <= set(DRAWINGS)
