"""Until when a child can be written to: counted from its last word, closed by time or by the child."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from escalation.tables import cases
from escalation.window import window_of
from store import conversations
from store.database import Database
from store.tables import conversation, inbox
from tests.escalation.hotline import Hotline
from tests.escalation.world import Desk, World
from tests.store.keys import VAULT

pytest_plugins = ("tests.store.databases", "tests.escalation.hotline_fixture")
TELLING = "bố con đánh con đau lắm"
WEEK = timedelta(days=7)


async def on(hotline: Hotline, channel: str) -> Any:
    """Return the case row of a child who writes by this messenger."""
    case_id = await hotline.child("em", TELLING)
    async with hotline.database.transaction() as unit:
        await unit.execute(update(cases).where(cases.c.id == case_id).values(channel=channel))
        await unit.execute(update(conversation).values(channel=channel))
    return await hotline.row(case_id)


async def look(hotline: Hotline, row: Any, after: timedelta = timedelta()) -> Any:
    async with hotline.database.reading() as unit:
        return await window_of(unit, row, hotline.now + after)


@pytest.mark.parametrize("channel", ["web", "telegram", "zalo_bot"])
async def test_where_a_messenger_sets_no_term_there_is_no_window(hotline: Hotline, channel: str) -> None:
    assert await look(hotline, await on(hotline, channel)) is None


@pytest.mark.parametrize(
    ("after", "state"),
    [
        (timedelta(), "open"),
        (WEEK - timedelta(hours=25), "open"),
        (WEEK - timedelta(hours=23), "soon"),
        (WEEK + timedelta(minutes=1), "closed"),
    ],
)
async def test_on_zalo_it_closes_seven_days_after_the_last_word(hotline: Hotline, after: timedelta, state: str) -> None:
    row = await on(hotline, "zalo_oa")
    async with hotline.database.reading() as unit:
        word = await conversations.last_word(unit, row.conversation_id)
    assert word is not None
    window = await look(hotline, row, after)
    assert (window.place, window.state, window.at) == ("Zalo", state, word + WEEK)


async def test_who_stops_following_closes_it_until_the_next_word(hotline: Hotline) -> None:
    row = await on(hotline, "zalo_oa")
    async with hotline.database.transaction() as unit:
        await unit.execute(update(conversation).values(address_hash=VAULT.address_hash("zalo_oa", "em")))
        await conversations.leave(unit, VAULT, "zalo_oa", "em", hotline.now + timedelta(minutes=5))
        assert await conversations.has_left(unit, VAULT, "zalo_oa", "em")
    assert (await look(hotline, row)).state == "left"
    async with hotline.database.transaction() as unit:
        await conversations.upsert(unit, VAULT, "zalo_oa", "em", hotline.now)
        assert not await conversations.has_left(unit, VAULT, "zalo_oa", "em")
    assert (await look(hotline, row)).state == "open"


async def test_leaving_that_is_told_late_does_not_undo_a_later_word(hotline: Hotline) -> None:
    row = await on(hotline, "zalo_oa")
    async with hotline.database.transaction() as unit:
        await unit.execute(update(conversation).values(address_hash=VAULT.address_hash("zalo_oa", "em")))
        await conversations.leave(unit, VAULT, "zalo_oa", "em", hotline.now - timedelta(days=1))
        assert not await conversations.has_left(unit, VAULT, "zalo_oa", "em")
        await conversations.leave(unit, VAULT, "zalo_oa", "nobody", hotline.now)
    assert (await look(hotline, row)).state == "open"


@pytest.fixture
def desk_database(database: Database) -> Database:
    return database


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(), "Zalo chỉ cho nhắn đến"),
        (WEEK - timedelta(hours=1), "chưa tới 24 giờ nữa"),
        (WEEK + timedelta(hours=1), "KHÔNG CHO NHẮN EM NỮA"),
    ],
)
async def test_the_counsellor_sees_it_and_is_warned(desk: Desk, world: World, ago: timedelta, words: str) -> None:
    case_id = await world.child()
    async with world.database.transaction() as unit:
        await unit.execute(update(cases).where(cases.c.id == case_id).values(channel="zalo_oa"))
        await unit.execute(update(inbox).values(received_at=world.now - ago))
    browser = await desk.of(await world.member("lan"))
    page = await (await browser.get(f"/desk/cases/{case_id}")).text()
    assert words in page
    assert ('data-key="window-' in page) == bool(ago)
