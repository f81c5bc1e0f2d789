import asyncio

from hypothesis import given
from hypothesis import strategies as st

from bot.channels.pace import Bucket, Pace


class Time:
    """A clock that moves only by sleeping."""

    def __init__(self) -> None:
        self.now = 100.0
        self.waits: list[float] = []

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


async def test_a_chat_gets_a_burst_and_then_one_a_second() -> None:
    time = Time()
    pace = Pace(clock=time.clock, sleep=time.sleep)
    for _ in range(7):
        await pace.wait("42")
    assert time.waits == [1.0, 1.0, 1.0]
    await pace.wait("43")
    assert len(time.waits) == 3


async def test_a_chat_that_rested_has_its_burst_again() -> None:
    time = Time()
    pace = Pace(clock=time.clock, sleep=time.sleep)
    for _ in range(2):
        for _ in range(4):
            await pace.wait("42")
        time.now += 4
    assert time.waits == []


async def test_all_chats_together_get_so_many_a_second() -> None:
    time = Time()
    pace = Pace(clock=time.clock, sleep=time.sleep)
    for chat in range(125):
        await pace.wait(str(chat))
    assert 3.9 < time.now - 100 < 4.1


async def test_deletions_count_for_the_bot_alone() -> None:
    time = Time()
    pace = Pace(clock=time.clock, sleep=time.sleep)
    for _ in range(25):
        await pace.wait()
    assert time.waits == []
    await pace.wait()
    assert len(time.waits) == 1


async def test_those_who_wait_together_are_spread() -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    pace = Pace(clock=lambda: 100.0, sleep=sleep)
    await asyncio.gather(*(pace.wait("42") for _ in range(6)))
    assert waits == [1.0, 2.0]


async def test_chats_at_rest_are_forgotten() -> None:
    time = Time()
    pace = Pace(clock=time.clock, sleep=time.sleep)
    for chat in range(50):
        await pace.wait(str(chat))
    time.now += 61
    await pace.wait("new")
    assert list(pace._chats) == ["new"]


@given(st.lists(st.floats(min_value=0, max_value=3), max_size=60), st.integers(min_value=1, max_value=5))
def test_no_window_holds_more_than_burst_and_rate(gaps: list[float], burst: int) -> None:
    bucket = Bucket(per_second=1, burst=burst)
    now, went = 50.0, []
    for gap in gaps:
        now += gap
        went.append(now + bucket.take(now))
    for start, first in enumerate(went):
        for end, last in enumerate(went[start:], start=start):
            assert end - start + 1 <= burst + (last - first) + 1e-6
