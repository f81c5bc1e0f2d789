"""Open pages that look one after the other."""

import asyncio

import pytest

from escalation.desk.turns import Turns


async def test_of_many_pages_only_two_look_at_once_and_each_has_its_turn() -> None:
    turns, looking, most, seen = Turns(), 0, 0, 0

    async def look() -> None:
        nonlocal looking, most, seen
        async with turns.turn():
            looking += 1
            most = max(most, looking)
            await asyncio.sleep(0)
            looking -= 1
            seen += 1

    await asyncio.gather(*(look() for _ in range(20)))
    assert (most, seen) == (2, 20)


async def test_a_look_that_fails_leaves_the_others_their_turns() -> None:
    turns = Turns()
    for _ in range(5):
        with pytest.raises(ConnectionError):
            async with turns.turn():
                raise ConnectionError
    async with asyncio.timeout(5), turns.turn():
        pass
