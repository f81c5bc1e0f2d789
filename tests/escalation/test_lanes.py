"""Turns at the password hash: a flood from one place makes nobody from another wait."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation.staff.errors import TryLater
from escalation.staff.lanes import Lanes


class Hall:
    """People who come through lanes, one turn of the loop after the other, and who was let through."""

    def __init__(self, at_once: int, most: int) -> None:
        self.lanes = Lanes(at_once, most)
        self.inside = 0
        self.busiest = 0
        self.through: list[str] = []

    async def come(self, lane: str) -> None:
        async with self.lanes.turn(lane):
            self.inside += 1
            self.busiest = max(self.busiest, self.inside)
            try:
                await asyncio.sleep(0)
                self.through.append(lane)
            finally:
                self.inside -= 1


async def test_who_comes_from_elsewhere_waits_for_one_of_a_flood_and_not_for_all() -> None:
    hall = Hall(at_once=1, most=50)
    flood = [asyncio.create_task(hall.come("crowd")) for _ in range(40)]
    await asyncio.sleep(0)
    await asyncio.gather(hall.come("office"), hall.come("home"))
    assert len(hall.through) <= 6
    await asyncio.gather(*flood)
    assert hall.through.count("crowd") == 40


async def test_a_lane_in_which_too_many_wait_is_closed_and_the_others_are_not() -> None:
    hall = Hall(at_once=1, most=3)
    flood = [asyncio.create_task(hall.come("crowd")) for _ in range(10)]
    await asyncio.sleep(0)
    await hall.come("office")
    refused = [one for one in await asyncio.gather(*flood, return_exceptions=True) if one is not None]
    assert len(refused) == 6  # one inside and three waiting are served
    assert all(isinstance(one, TryLater) for one in refused)
    await hall.come("crowd")


@given(
    comers=st.lists(st.tuples(st.sampled_from("abc"), st.booleans(), st.integers(0, 4)), max_size=30),
    at_once=st.integers(1, 3),
)
def test_every_turn_is_given_on_whoever_goes_away(comers: list[tuple[str, bool, int]], at_once: int) -> None:
    async def play() -> None:
        hall = Hall(at_once, most=100)
        tasks = []
        for lane, goes_away, after in comers:
            tasks.append(asyncio.create_task(hall.come(lane)))
            for _ in range(after):
                await asyncio.sleep(0)
            if goes_away:
                tasks[-1].cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        assert hall.busiest <= at_once
        assert len(hall.through) == sum(one is None for one in ended)
        async with asyncio.timeout(5):
            await asyncio.gather(*(hall.come("after") for _ in range(at_once + 1)))

    asyncio.run(play())


async def test_a_refusal_says_when_to_come_again() -> None:
    hall = Hall(at_once=1, most=0)
    first = asyncio.create_task(hall.come("crowd"))
    await asyncio.sleep(0)
    with pytest.raises(TryLater):
        await hall.come("crowd")
    await first
