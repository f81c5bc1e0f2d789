"""A hold is the last word of its case's stream: set and lifted with who and why, and shown to who supervises."""

import json

import pytest

from escalation import holds, trail
from escalation.errors import NoSuchCase, WrongState
from escalation.tables import trail as trail_table
from tests.escalation.hotline import Hotline
from tests.escalation.world import Desk, Said, World

pytest_plugins = ("tests.store.databases", "tests.escalation.hotline_fixture")
TELLING = "bố con đánh con đau lắm"


async def test_who_held_it_and_why_stands_in_an_unbroken_trail(hotline: Hotline) -> None:
    case_id = await hotline.child("em", TELLING)
    async with hotline.database.transaction() as unit:
        await holds.add(unit, case_id, reason="A05, letter 12", by="lan", now=hotline.now)
    async with hotline.database.reading() as unit:
        (hold,) = (await holds.held(unit)).values()
        assert (await trail.verify(unit))[1] == ()
    assert (hold.case_id, hold.by, json.loads(hold.detail)["reason"]) == (case_id, "lan", "A05, letter 12")


async def test_the_last_word_counts(hotline: Hotline) -> None:
    case_id = await hotline.child("em", TELLING)
    async with hotline.database.transaction() as unit:
        for change, expected in ((holds.add, True), (holds.release, False), (holds.add, True), (holds.add, True)):
            await change(unit, case_id, reason="letter", by="lan", now=hotline.now)
            assert await holds.is_held(unit, case_id) is expected
            assert (case_id in await holds.held(unit)) is expected
    assert [row.action for row in await hotline.rows(trail_table, stream=f"case:{case_id}")].count("hold.added") == 3


async def test_what_is_not_there_or_not_held_is_refused(hotline: Hotline) -> None:
    case_id = await hotline.child("em", TELLING)
    async with hotline.database.transaction() as unit:
        with pytest.raises(NoSuchCase):
            await holds.add(unit, "nothing", reason="letter", by="lan", now=hotline.now)
        with pytest.raises(WrongState, match="not held"):
            await holds.release(unit, case_id, reason="letter", by="lan", now=hotline.now)


@pytest.mark.parametrize(("role", "shown"), [("supervisor", True), ("counsellor", False)])
async def test_the_case_page_shows_the_hold_to_who_supervises(desk: Desk, world: World, role: str, shown: bool) -> None:
    case_id = await world.child(Said(text=TELLING))
    async with world.database.transaction() as unit:
        await holds.add(unit, case_id, reason="letter", by="lan", now=world.now)
    browser = await desk.of(await world.member("mai", role=role))
    page = await (await browser.get(f"/desk/cases/{case_id}")).text()
    assert ("Giữ theo yêu cầu" in page) is shown
