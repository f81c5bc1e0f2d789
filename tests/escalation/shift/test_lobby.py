"""The lobby is a number: none under three, none the moment a child writes, none after its time or for other roles."""

from datetime import timedelta
from typing import get_args

import pytest

from escalation.errors import NotAllowed
from escalation.permissions import POLICY, Role
from escalation.shift import lobby
from tests.escalation.hotline import Hotline

pytest_plugins = ("tests.store.databases", "tests.escalation.hotline_fixture")


async def heard(hotline: Hotline, how_many: int, urgency: str = "high") -> None:
    async with hotline.database.transaction() as unit:
        for number in range(how_many):
            until = hotline.now + timedelta(minutes=30)
            await lobby.note(unit, f"{urgency}-{number}", urgency, now=hotline.now, until=until)


async def counts(hotline: Hotline, role: Role = "supervisor") -> dict[str, int | None]:
    staff = await hotline.staff(f"s{hotline.now.timestamp()}{role}", role)
    async with hotline.database.reading() as unit:
        return {one.urgency: one.count for one in await lobby.counts(unit, staff, hotline.now)}


@pytest.mark.parametrize(("there", "told"), [(0, None), (1, None), (2, None), (3, 3), (7, 7)])
async def test_fewer_than_three_look_like_none(hotline: Hotline, there: int, told: int | None) -> None:
    await heard(hotline, there)
    hotline.pass_time(60)
    assert await counts(hotline) == {"emergency": None, "high": told, "moderate": None}


async def test_a_child_is_counted_from_the_next_minute_until_half_an_hour_after_it_last_wrote(hotline: Hotline) -> None:
    hotline.pass_time(20)
    await heard(hotline, 3)
    hotline.pass_time(39)
    assert (await counts(hotline))["high"] is None
    hotline.pass_time(1)
    assert (await counts(hotline))["high"] == 3
    await heard(hotline, 3, "high")  # they write again: still three
    hotline.pass_time(29 * 60)
    assert (await counts(hotline))["high"] == 3
    hotline.pass_time(60)
    assert (await counts(hotline))["high"] is None


async def test_a_conversation_that_leaves_is_counted_no_more(hotline: Hotline) -> None:
    await heard(hotline, 3)
    async with hotline.database.transaction() as unit:
        await lobby.leave(unit, "high-0")
    hotline.pass_time(60)
    assert (await counts(hotline))["high"] is None


@pytest.mark.parametrize("role", get_args(Role))
async def test_only_who_counsels_or_supervises_sees_the_number(lite_hotline: Hotline, role: Role) -> None:
    if "lobby.view" in POLICY[role]:
        await counts(lite_hotline, role)
        return
    with pytest.raises(NotAllowed):
        await counts(lite_hotline, role)
